package okta

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"example.com/okta-gin/okta/advice"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/okta/oktahttp"
)

// dpopOn is the word of config.Config.DPoP.
const dpopOn = "on"

// useNonce is the code with which a server asks for its nonce (RFC 9449 section 8).
const useNonce = "use_dpop_nonce"

// Transport sends each request by next with accessToken in the header Authorization: bound
// to key, with a proof that is made for the request, or as a plain bearer token where key
// is nil. It is [dpop.Sender.Transport].
func (rp *RelyingParty) Transport(next http.RoundTripper, accessToken string, key *dpop.Key) http.RoundTripper {
	return rp.sender.Transport(next, key, accessToken)
}

// Key is [dpop.Sender.Key]: a session's key, nil for an empty text.
func (rp *RelyingParty) Key(text string) (*dpop.Key, error) { return rp.sender.Key(text) }

// NewAttempt is [NewAttempt], with a key where OKTA_DPOP is on.
func (rp *RelyingParty) NewAttempt() (Attempt, error) {
	a := NewAttempt()
	var err error
	a.Key, err = rp.keyOr(nil)
	return a, err
}

// keyOr returns key, which Okta may have bound something to, or, where OKTA_DPOP is on,
// one in the place of none.
func (rp *RelyingParty) keyOr(key *dpop.Key) (*dpop.Key, error) {
	if key != nil || rp.cfg.DPoP != dpopOn {
		return key, nil
	}
	return dpop.NewKey()
}

// checkProofs says why OKTA_DPOP can't be on.
func checkProofs(setting string, meta *metadata) error {
	if setting == dpopOn && len(meta.ProofAlgorithms) > 0 && !slices.Contains(meta.ProofAlgorithms, dpop.Algorithm) {
		return oktahttp.Untrusted("OKTA_DPOP is on, but by its metadata the authorization server takes DPoP proofs signed with %q alone, and not with %s",
			oktahttp.Quoted(strings.Join(meta.ProofAlgorithms, " ")), dpop.Algorithm)
	}
	return nil
}

// checkBinding holds a token answer against what was asked for. Without a key the token
// must be a plain bearer token; one of no type must not be used (RFC 6749 sections 5.1
// and 7.1). With a key it must be bound to that by its type and, where this app can look
// into it, by its thumbprint (RFC 9449 sections 5 and 6.1): those of Okta's custom
// authorization servers can be looked into, those of its org server are not to be, and
// those of others may be opaque.
func (rp *RelyingParty) checkBinding(token *oauth2.Token, key *dpop.Key) error {
	if key == nil {
		if !strings.EqualFold(token.TokenType, "Bearer") {
			return oktahttp.Untrusted("the token answer's token_type is %q, not Bearer", oktahttp.Quoted(token.TokenType))
		}
		return nil
	}
	if !strings.EqualFold(token.TokenType, dpop.Scheme) {
		return oktahttp.Untrusted("OKTA_DPOP is on, and the token answer's token_type is %q: tick %s: %w", oktahttp.Quoted(token.TokenType), advice.AtDPoP, ErrPlain)
	}
	claims, err := decodePayload(token.AccessToken)
	if rp.shape == oktaOrg || rp.shape == otherIssuer && err != nil {
		return nil
	}
	if subtle.ConstantTimeCompare([]byte(boundTo(claims)), []byte(key.Thumbprint())) != 1 {
		return oktahttp.Untrusted("the access token's cnf does not name the key of its DPoP proof: %w", ErrPlain)
	}
	return nil
}

// boundTo returns the thumbprint of the key to which a token with these claims is bound
// by DPoP (RFC 9449 section 6.1), empty where there is none.
func boundTo(claims map[string]any) string {
	confirmation, _ := claims["cnf"].(map[string]any)
	thumbprint, _ := confirmation["jkt"].(string)
	return thumbprint
}

// Keys says how many keys of bound sessions are remembered, and how many may be.
func (rp *RelyingParty) Keys() (used, most int) { return rp.sender.Keys() }
