package okta

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"strconv"
	"time"

	"golang.org/x/oauth2"
)

// Attempt is what one sign-in must remember from the authorize URL to the
// callback. State, Nonce and Verifier are 256 random bits each, base64url.
type Attempt struct {
	State    string
	Nonce    string
	Verifier string         // the PKCE code verifier, RFC 7636
	MaxAge   *time.Duration // what was asked as max_age; nil when it was not
	ACR      string         // what was asked as acr_values; empty when it was not
}

// NewAttempt returns an attempt with fresh random values.
func NewAttempt() Attempt {
	return Attempt{State: random(), Nonce: random(), Verifier: random()}
}

// random returns 256 random bits. crypto/rand never fails (Go 1.24).
func random() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// Hints are the optional wishes of an authorize request (OpenID Connect Core
// section 3.1.2.1).
type Hints struct {
	LoginHint string
	Prompt    string // overrides the configured prompt when not empty
}

// AuthorizeURL returns where to send the browser to sign in. It asks Okta only
// if the metadata is not there yet; then the error is ErrUnreachable or
// ErrUntrusted.
func (rp *RelyingParty) AuthorizeURL(ctx context.Context, a Attempt, hints Hints) (string, error) {
	_, client, err := rp.oauth2Config(ctx)
	if err != nil {
		return "", err
	}
	params := []oauth2.AuthCodeOption{
		oauth2.S256ChallengeOption(a.Verifier),
		oauth2.SetAuthURLParam("nonce", a.Nonce),
		oauth2.SetAuthURLParam("response_mode", rp.cfg.ResponseMode),
	}
	add := func(name, value string) {
		if value != "" {
			params = append(params, oauth2.SetAuthURLParam(name, value))
		}
	}
	if hints.Prompt == "" {
		hints.Prompt = rp.cfg.Prompt
	}
	add("prompt", hints.Prompt)
	add("login_hint", hints.LoginHint)
	add("acr_values", a.ACR)
	if a.MaxAge != nil {
		add("max_age", strconv.Itoa(int(a.MaxAge.Seconds())))
	}
	return client.AuthCodeURL(a.State, params...), nil
}
