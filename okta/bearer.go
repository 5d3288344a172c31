package okta

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/url"
	"slices"
	"strings"
)

// ErrOpaque says that access tokens of the org authorization server are for
// Okta alone: their signing key is not published.
var ErrOpaque = errors.New("access tokens of the org authorization server cannot be verified by anyone but Okta")

// ErrBound says that an access token is bound to a key of its holder (cnf, RFC
// 7800: DPoP or mutual TLS) and so worth nothing as a plain bearer token. It comes
// wrapped in ErrBadToken.
var ErrBound = errors.New("the access token is bound to a key, and no proof of that key came with it")

// ErrUnbound says that an access token is not bound to the key of the DPoP proof that
// came with it. It comes wrapped in ErrBadToken.
var ErrUnbound = errors.New("the access token is not bound to the key of its DPoP proof")

// Bearer is what a verified access token says of its bearer. It is shared by all
// who present the token and not to be changed.
type Bearer struct {
	// Claims are the token's. Numbers in them are json.Number, with the digits that
	// were signed.
	Claims map[string]any
	// Subject is the person's id at the issuer: for Okta the user id (uid), never
	// the login that is sub; for another issuer sub. It is empty for a machine,
	// which acts for nobody.
	Subject string
	// ClientID is the app that the token was issued to: for Okta cid, for another
	// issuer the first that is there of cid, client_id and azp. It may be empty.
	ClientID string
	// Scopes are those of scp and scope.
	Scopes []string

	thumbprint string // of the key that the token is bound to; empty for none
}

// VerifyAccessToken returns what a bearer token says if it is a valid access
// token of this issuer for this API: Okta's verifier accepts it with the
// configured audience; it says that it is an access token, see bearerOf; and its
// client is one of the configured ids where there are any. ID tokens and other
// tokens that the same keys sign are refused, and so are tokens bound to a key
// (ErrBound). A verified token is believed for a minute, but not past its end and
// not beyond the key set that verified it.
// Errors: ErrBadToken, ErrUnreachable, ErrUntrusted, ErrOpaque.
func (rp *RelyingParty) VerifyAccessToken(ctx context.Context, raw string) (*Bearer, error) {
	bearer, err := rp.bearer(ctx, raw)
	if err == nil && bearer.thumbprint != "" {
		return nil, badToken("access token: %w", ErrBound)
	}
	return bearer, err
}

// VerifyBoundAccessToken is VerifyAccessToken for a token that came with a DPoP proof of
// the key with that thumbprint: the token must be bound to it (RFC 9449 section 7.1), else
// it is ErrUnbound.
func (rp *RelyingParty) VerifyBoundAccessToken(ctx context.Context, raw, thumbprint string) (*Bearer, error) {
	bearer, err := rp.bearer(ctx, raw)
	if err == nil && (thumbprint == "" || subtle.ConstantTimeCompare([]byte(bearer.thumbprint), []byte(thumbprint)) != 1) {
		return nil, badToken("access token: %w", ErrUnbound)
	}
	return bearer, err
}

// bearer is what a token says, however it came.
func (rp *RelyingParty) bearer(ctx context.Context, raw string) (*Bearer, error) {
	if rp.shape == oktaOrg {
		return nil, ErrOpaque
	}
	if bearer, ok := rp.bearers.get(raw, rp.keys.Believed()); ok {
		return bearer, nil
	}
	token, err := rp.verifier.verify(ctx, accessToken, raw, map[string]string{"aud": rp.cfg.APIAudience})
	if err != nil {
		return nil, err
	}
	bearer, err := bearerOf(token, rp.shape)
	if err == nil {
		err = checkClient(bearer, rp.cfg.APIClientIDs)
	}
	if err != nil {
		return nil, badToken("access token: %w", err)
	}
	if exp, ok := numericDate(token.claims["exp"]); ok && len(raw) <= bearerLength {
		rp.bearers.add(raw, bearer, token.keys, exp)
	}
	return bearer, nil
}

// BearersForgotten counts the verified access tokens that were forgotten before
// their time because more than bearerCount came. They are verified again.
func (rp *RelyingParty) BearersForgotten() int64 { return rp.bearers.forgotten.Load() }

// Bearers says how many verified access tokens are remembered, and how many may be.
func (rp *RelyingParty) Bearers() (used, most int) { return rp.bearers.entries.Len(), bearerCount }

func checkClient(b *Bearer, allowed []string) error {
	if len(allowed) > 0 && !slices.Contains(allowed, b.ClientID) {
		return errors.New("its client is not one of the configured ones")
	}
	return nil
}

// issuerShape says what an issuer's tokens look like.
type issuerShape int

const (
	otherIssuer issuerShape = iota
	oktaOrg                 // https://ORG
	oktaCustom              // https://ORG/oauth2/ID
)

func shapeOf(issuer string) issuerShape {
	u, err := url.Parse(issuer)
	if err != nil {
		return otherIssuer
	}
	if u.Path == "" {
		return oktaOrg
	}
	if id, ok := strings.CutPrefix(u.Path, "/oauth2/"); ok && id != "" && !strings.Contains(id, "/") {
		return oktaCustom
	}
	return otherIssuer
}

// marks are claims that other tokens of an issuer have and access tokens do not:
// ID tokens carry nonce or, when they come with an access token or code, a hash of
// it (OpenID Connect Core sections 3.1.3.6 and 3.3.2.11); logout tokens and other
// security events carry events (RFC 8417).
var marks = []string{"nonce", "at_hash", "c_hash", "s_hash", "events"}

// bearerOf tells an access token from the other tokens that an issuer signs with
// the same keys. It must say what it is, by the header type at+jwt of RFC 9068 or by
// scopes (scp at Okta, scope elsewhere), which no other token has; and it must not
// carry what only others do. Tokens with a type of their own, such as logout+jwt,
// have been refused before.
func bearerOf(token verified, shape issuerShape) (*Bearer, error) {
	claims := token.claims
	for _, mark := range marks {
		if _, present := claims[mark]; present {
			return nil, errors.New("it is no access token: it has the claim " + mark)
		}
	}
	thumbprint, err := confirmationOf(claims)
	if err != nil {
		return nil, err
	}
	scopes, stated, err := scopesOf(claims)
	if err != nil {
		return nil, err
	}
	if !stated && token.header.Type != "at+jwt" {
		return nil, errors.New("nothing says that it is an access token: it has no scopes, and not the type at+jwt")
	}
	if err := checkSubject(claims); err != nil {
		return nil, err
	}
	bearer := &Bearer{Claims: claims, Scopes: scopes, thumbprint: thumbprint}
	person, clients := "sub", []string{"cid", "client_id", "azp"}
	if shape == oktaCustom {
		person, clients = "uid", clients[:1]
	}
	for _, name := range clients {
		id, err := optionalText(claims, name)
		if err != nil {
			return nil, err
		}
		if bearer.ClientID == "" {
			bearer.ClientID = id
		}
	}
	if bearer.Subject, err = optionalText(claims, person); err != nil {
		return nil, err
	}
	if bearer.Subject == bearer.ClientID { // client credentials: RFC 9068 section 2.2
		bearer.Subject = ""
	}
	return bearer, nil
}

// confirmationOf returns the thumbprint of the key that a token is bound to by DPoP, empty
// for a plain bearer token. One that is bound otherwise, or to more, is ErrBound: nothing
// here proves that.
func confirmationOf(claims map[string]any) (string, error) {
	confirmation, bound := claims["cnf"]
	if !bound {
		return "", nil
	}
	members, _ := confirmation.(map[string]any)
	if thumbprint := boundTo(claims); thumbprint != "" && len(members) == 1 {
		return thumbprint, nil
	}
	return "", ErrBound
}

// scopesOf reads scp, a list, and scope, words separated by spaces (RFC 8693
// section 4.2), and reports whether either is there.
func scopesOf(claims map[string]any) (scopes []string, stated bool, err error) {
	if scp, present := claims["scp"]; present {
		list, ok := scp.([]any)
		if !ok {
			return nil, false, errors.New("scp is not a list")
		}
		for _, scope := range list {
			name, ok := scope.(string)
			if !ok {
				return nil, false, errors.New("scp is not a list of strings")
			}
			scopes = append(scopes, name)
		}
		stated = true
	}
	if scope, present := claims["scope"]; present {
		words, ok := scope.(string)
		if !ok {
			return nil, false, errors.New("scope is not a string")
		}
		for _, name := range strings.Fields(words) {
			if !slices.Contains(scopes, name) {
				scopes = append(scopes, name)
			}
		}
		stated = true
	}
	return scopes, stated, nil
}

// optionalText returns the claim of that name, empty where there is none. A claim
// that is there must be a non-empty string.
func optionalText(claims map[string]any, name string) (string, error) {
	value, present := claims[name]
	text, _ := value.(string)
	if present && text == "" {
		return "", errors.New(name + " is not a non-empty string")
	}
	return text, nil
}
