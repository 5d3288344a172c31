// Package caller is who a request comes from, and where that is kept while the
// request is answered.
package caller

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/okta-gin/notes"
	"example.com/okta-gin/session"
)

// Caller is who a request comes from: a person signed in here, or the bearer of
// an access token.
type Caller struct {
	// Subject is the person's id at the issuer: a session's `sub`, an access token's
	// `uid`. It is empty for a bearer that is no person.
	Subject string
	// ClientID is the client that an access token was issued to; empty for a person
	// signed in here.
	ClientID string
	// Claims are the verified claims. They are shared: do not change them. Numbers
	// are of type json.Number, with the digits that were signed.
	Claims map[string]any
	// Scopes are what an access token allows its bearer; nil for a person signed in
	// here, whom no scope limits.
	Scopes []string
	// Bound says that an access token is bound to a key of its bearer's, who has proved that
	// it came from them (DPoP, RFC 9449); false for a person signed in here.
	Bound bool
	// Groups are the caller's groups or roles, by the claim that the options name.
	Groups []string
	// Data is what the SignedIn hook added to the session. Do not change it.
	Data map[string]string

	// SignedInAt, IdleEnds and Ends are the session's times; zero for a bearer.
	SignedInAt, IdleEnds, Ends time.Time

	// Session is nil for a bearer.
	Session *session.Session
}

// SignedIn reports whether the caller is a person with a session of this app, and
// not the bearer of a token.
func (c *Caller) SignedIn() bool { return c.Session != nil }

// Name is how to address the caller: the first that is there of the claims name,
// preferred_username and email, else the subject or the client's id.
func (c *Caller) Name() string {
	for _, claim := range []string{"name", "preferred_username", "email"} {
		if name := c.Text(claim); strings.TrimSpace(name) != "" {
			return name
		}
	}
	if c.Subject != "" {
		return c.Subject
	}
	return c.ClientID
}

// Email is the `email` claim, which Okta may not have verified, or empty.
func (c *Caller) Email() string { return c.Text("email") }

// JSON returns the claims as a JSON object. Do not change it.
func (c *Caller) JSON() ([]byte, error) {
	if c.Session != nil {
		return c.Session.Claims, nil
	}
	return json.Marshal(c.Claims)
}

// Version changes whenever the claims of a session do, and tells sessions apart. It
// reveals nothing. It is empty for a bearer.
func (c *Caller) Version() string {
	if c.Session == nil {
		return ""
	}
	return c.Session.Generation()
}

// Text returns the claim of that name if it is a string.
func (c *Caller) Text(claim string) string {
	text, _ := c.Claims[claim].(string)
	return text
}

// In reports whether the caller is in at least one of the named groups.
func (c *Caller) In(groups ...string) bool {
	return slices.ContainsFunc(c.Groups, func(group string) bool { return slices.Contains(groups, group) })
}

// AccessToken returns the person's access token at Okta, to ask other services
// on their behalf: never show or log it. It has half a minute left or more, unless
// Okta is away. It is empty without offline_access, and for a bearer. With OKTA_DPOP it
// is worth nothing alone: Auth.Transport sends it with proofs.
func (c *Caller) AccessToken() string {
	if c.Session == nil {
		return ""
	}
	return c.Session.AccessToken
}

// Found is what looking for a request's caller has come to.
type Found struct {
	Caller *Caller // nil where nobody was found
	Err    error   // why not
}

// Note keeps what owner, an *auth.Auth's own mark, has found out of r, which it returns
// with the note. A nil f forgets it.
func Note(r *http.Request, owner any, f *Found) *http.Request {
	r, known := notes.Begin(r)
	known.Put(owner, f)
	return r
}

// From returns what owner has found, nil where it has not looked.
func From(ctx context.Context, owner any) *Found {
	f, _ := notes.In(ctx).Get(owner).(*Found)
	return f
}
