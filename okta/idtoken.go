package okta

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"

	"example.com/okta-gin/okta/oktahttp"
)

// verifyIDToken returns the claims of an ID token that answers attempt a. Beyond
// Okta's verifier (RS256, iss, aud, exp, iat, nonce) it makes the checks of
// OpenID Connect Core sections 3.1.3.7 and 3.1.3.8 that the verifier leaves out.
func (rp *RelyingParty) verifyIDToken(ctx context.Context, raw, accessToken string, a Attempt) (map[string]any, error) {
	token, err := rp.verifier.verify(ctx, idToken, raw, map[string]string{"aud": rp.cfg.ClientID, "nonce": a.Nonce})
	if err != nil {
		return nil, err
	}
	claims := token.claims
	for _, check := range []error{
		checkSubject(claims),
		checkAuthorizedParty(claims, rp.cfg.ClientID),
		checkAccessTokenHash(claims, accessToken),
		checkACR(claims, a),
		rp.checkAuthTime(claims, a),
	} {
		if check != nil {
			return nil, badToken("ID token: %w", check)
		}
	}
	return claims, nil
}

func checkSubject(claims map[string]any) error {
	if sub, ok := claims["sub"].(string); !ok || sub == "" {
		return errors.New("sub is not a non-empty string")
	}
	return nil
}

// checkAuthorizedParty: a token for several audiences, or for another party's
// use, must have been issued to us.
func checkAuthorizedParty(claims map[string]any, clientID string) error {
	azp, present := claims["azp"]
	if present && azp != clientID {
		return errors.New("azp is another client")
	}
	if others, ok := claims["aud"].([]any); ok && !present {
		if slices.ContainsFunc(others, func(aud any) bool { return aud != clientID }) {
			return errors.New("aud names other clients and there is no azp")
		}
	}
	return nil
}

func checkAccessTokenHash(claims map[string]any, accessToken string) error {
	hash, present := claims["at_hash"]
	if !present {
		return nil
	}
	sum := sha256.Sum256([]byte(accessToken))
	want := base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
	got, _ := hash.(string)
	if subtle.ConstantTimeCompare([]byte(got), []byte(want)) != 1 {
		return errors.New("at_hash does not match the access token")
	}
	return nil
}

func checkACR(claims map[string]any, a Attempt) error {
	if a.ACR == "" {
		return nil
	}
	got, _ := claims["acr"].(string)
	if !SatisfiesACR(got, a.ACR) {
		return fmt.Errorf("%w: acr is %q, asked was %q", ErrUnmet, oktahttp.Quoted(got), a.ACR)
	}
	return nil
}

// checkAuthTime: when max_age was asked, the person must have authenticated
// within it, counted back from now.
func (rp *RelyingParty) checkAuthTime(claims map[string]any, a Attempt) error {
	if a.MaxAge == nil {
		return nil
	}
	if _, present := claims["auth_time"]; !present {
		return errors.New("auth_time is missing although max_age was asked")
	}
	if !AuthenticatedWithin(claims, *a.MaxAge, rp.now()) {
		return fmt.Errorf("%w: auth_time is not within the max_age asked", ErrUnmet)
	}
	return nil
}
