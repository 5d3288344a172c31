package okta

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"example.com/okta-gin/okta/dpop"
)

// Attempt is what one sign-in must remember from the authorize URL to the
// callback. State, Nonce and Verifier are 256 random bits each, base64url.
type Attempt struct {
	State    string
	Nonce    string
	Verifier string         // the PKCE code verifier, RFC 7636
	MaxAge   *time.Duration // what was asked as max_age; nil when it was not
	ACR      string         // what was asked as acr_values; empty when it was not
	Key      *dpop.Key      // to which the tokens are to be bound; nil for plain bearer tokens
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

// Challenge is what Okta is told of Verifier before it is redeemed, by S256 (RFC
// 7636 section 4.2).
func (a Attempt) Challenge() string { return oauth2.S256ChallengeFromVerifier(a.Verifier) }

// Hints are the optional wishes of an authorize request (OpenID Connect Core
// section 3.1.2.1).
type Hints struct {
	LoginHint string
	Prompt    string // overrides the configured prompt when not empty
	// Extra are further parameters, such as idp or ui_locales, as CheckExtra allows
	// them.
	Extra url.Values
}

// reserved are the names of parameters that are the protocol's, or credentials, in
// lower case: a value that somebody else chose would undo a promise of this package.
var reserved = []string{
	"acr_values", "client_assertion", "client_assertion_type", "client_id", "client_secret", "code_challenge",
	"code_challenge_method", "code_verifier", "dpop_jkt", "id_token_hint", "login_hint", "max_age", "nonce", "prompt",
	"redirect_uri", "registration", "request", "request_uri", "resource", "response_mode", "response_type", "scope", "sessiontoken", "state",
}

// CheckExtra returns an error that names a parameter of extra which may not be
// sent with an authorize request: one of the protocol's own, in whatever case, one
// without a name, or one that is there more than once (RFC 6749 section 3.1).
func CheckExtra(extra url.Values) error {
	for name, values := range extra {
		switch {
		case name == "":
			return fmt.Errorf("an extra authorize parameter has no name")
		case slices.Contains(reserved, strings.ToLower(name)):
			return fmt.Errorf("the extra authorize parameter %q is the protocol's own", name)
		case len(values) != 1:
			return fmt.Errorf("the extra authorize parameter %q must have one value, not %d", name, len(values))
		}
	}
	return nil
}

// AuthorizeURL returns where to send the browser to sign in. Where Okta offers pushed
// authorization requests and OKTA_PAR allows them, it hands Okta the request first,
// and the address has nothing but client_id and request_uri (RFC 9126); where OKTA_JAR is
// on, the parameters are signed in either case (RFC 9101). Without a push it asks
// Okta only if the metadata is not there yet. Errors: that of CheckExtra; *Refusal,
// *StatusError; ErrUnreachable; ErrUntrusted.
func (rp *RelyingParty) AuthorizeURL(ctx context.Context, a Attempt, hints Hints) (string, error) {
	if err := CheckExtra(hints.Extra); err != nil {
		return "", err
	}
	meta, err := rp.metadata.Get(ctx)
	if err != nil {
		return "", err
	}
	request, err := rp.signed(rp.authorizeRequest(a, hints), meta)
	if err != nil {
		return "", err
	}
	if rp.pushes(meta) {
		uri, err := rp.push(ctx, meta.pushEndpoint(), request)
		if err != nil {
			return "", err
		}
		request = url.Values{"client_id": {rp.cfg.ClientID}, "request_uri": {uri}}
	}
	return withQuery(meta.AuthorizationEndpoint, request), nil
}

// authorizeRequest are the parameters of an authorize request.
func (rp *RelyingParty) authorizeRequest(a Attempt, hints Hints) url.Values {
	request := url.Values{
		"response_type": {"code"}, "client_id": {rp.cfg.ClientID}, "redirect_uri": {rp.redirect}, "state": {a.State}, "nonce": {a.Nonce},
		"code_challenge": {oauth2.S256ChallengeFromVerifier(a.Verifier)}, "code_challenge_method": {"S256"},
	}
	add := func(name, value string) {
		if value != "" {
			request.Set(name, value)
		}
	}
	if hints.Prompt == "" {
		hints.Prompt = rp.cfg.Prompt
	}
	if len(rp.cfg.Resources) > 0 {
		request["resource"] = rp.cfg.Resources
	}
	add("scope", strings.Join(rp.cfg.Scopes, " "))
	add("response_mode", rp.cfg.ResponseMode)
	add("prompt", hints.Prompt)
	add("login_hint", hints.LoginHint)
	add("acr_values", a.ACR)
	if a.Key != nil {
		add("dpop_jkt", a.Key.Thumbprint())
	}
	if a.MaxAge != nil {
		add("max_age", strconv.Itoa(int(a.MaxAge.Seconds())))
	}
	for name := range hints.Extra {
		add(name, hints.Extra.Get(name))
	}
	return request
}

// withQuery is an endpoint, which may have a query already, with parameters.
func withQuery(endpoint string, parameters url.Values) string {
	separator := "?"
	if strings.Contains(endpoint, "?") {
		separator = "&"
	}
	return endpoint + separator + parameters.Encode()
}
