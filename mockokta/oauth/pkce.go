package oauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"regexp"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var challengePattern = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// CheckChallenge is the first half of PKCE (RFC 7636 section 4.4.1): the challenge of an authorize request.
func CheckChallenge(client *state.Client, params url.Values) *wire.OAuthError {
	challenge := params.Get("code_challenge")
	if challenge == "" {
		if client.RequirePKCE || !client.Confidential() {
			return wire.BadRequest("invalid_request", "PKCE code challenge is required by the application.")
		}
		return nil
	}
	if params.Get("code_challenge_method") != "S256" {
		return wire.BadRequest("invalid_request", "PKCE code challenge method is not supported. Valid values: [S256]")
	}
	if !challengePattern.MatchString(challenge) {
		return wire.BadRequest("invalid_request", "PKCE code challenge contains illegal characters.")
	}
	return nil
}

// checkVerifier is PKCE's second half (RFC 7636 section 4.6).
func checkVerifier(challenge, verifier string) *wire.OAuthError {
	switch {
	case challenge == "" && verifier == "":
		return nil
	case challenge == "":
		return wire.BadRequest("invalid_request", "PKCE code challenge should be specified in the authorize request for code verification.")
	case verifier == "":
		return wire.BadRequest("invalid_request", "PKCE code verifier is required by the application.")
	}
	sum := sha256.Sum256([]byte(verifier))
	if subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) != 1 {
		return wire.BadRequest("invalid_grant", "PKCE verification failed.")
	}
	return nil
}
