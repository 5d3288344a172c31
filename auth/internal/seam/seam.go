// Package seam is where package authtest takes Okta's part in the tests of apps.
// Nothing that comes over a network leads here: what a test puts in place goes by a
// key that no other package can make, and by the context of a request that the test
// itself hands over.
package seam

import (
	"context"
	"net/http"
	"time"

	"example.com/okta-gin/okta"
)

// Key opens Auth.ForTests. The zero Key opens nothing, and packages outside auth can
// make no other.
type Key struct{ cut bool }

// NewKey returns a Key that opens.
func NewKey() Key { return Key{cut: true} }

// Opens reports whether k is one of NewKey's.
func (k Key) Opens() bool { return k.cut }

// Seam is an auth.Auth as package authtest needs it.
type Seam struct {
	// Issuer and GroupsClaim are the settings of the Auth, Secure is whether its
	// cookies need https, and Now is its clock.
	Issuer      string
	GroupsClaim []string
	Secure      bool
	Now         func() time.Time

	// SignIn does what a sign-in does once Okta has proved claims: it asks the app's
	// hook and starts the session of the browser behind w and r.
	SignIn func(w http.ResponseWriter, r *http.Request, claims map[string]any) error
	// Owner is what WithToken wants.
	Owner any
}

type tokenKey struct{ owner any }

type token struct {
	raw    string
	bearer *okta.Bearer
}

// WithToken returns a context in which owner takes raw, in the Authorization header,
// for a token that Okta has verified as bearer's.
func WithToken(ctx context.Context, owner any, raw string, bearer *okta.Bearer) context.Context {
	return context.WithValue(ctx, tokenKey{owner}, token{raw, bearer})
}

// Token returns the bearer of raw by WithToken, nil where there is none.
func Token(ctx context.Context, owner any, raw string) *okta.Bearer {
	t, _ := ctx.Value(tokenKey{owner}).(token)
	if t.raw != raw {
		return nil
	}
	return t.bearer
}
