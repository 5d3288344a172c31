package okta

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/oauth2"

	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/okta/oktahttp"
)

// unsaidLifetime is how long an access token lasts if the answer does not say
// (RFC 6749 section 5.1): Okta's default.
const unsaidLifetime = time.Hour

// redeem trades an authorization code for tokens.
func (rp *RelyingParty) redeem(ctx context.Context, code string, a Attempt) (*oauth2.Token, error) {
	return rp.requestTokens(ctx, "redeem the authorization code", a.Key, url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {rp.redirect}, "code_verifier": {a.Verifier},
	})
}

// redeemInteraction trades an interaction code of Identity Engine for tokens.
func (rp *RelyingParty) redeemInteraction(ctx context.Context, code string, a Attempt) (*oauth2.Token, error) {
	return rp.requestTokens(ctx, "redeem the interaction code", a.Key, url.Values{
		"grant_type": {"interaction_code"}, "interaction_code": {code}, "code_verifier": {a.Verifier},
	})
}

// refresh trades a refresh token for tokens. The answer's refresh token is the
// same one if Okta has not rotated it.
func (rp *RelyingParty) refresh(ctx context.Context, refreshToken string, key *dpop.Key) (*oauth2.Token, error) {
	token, err := rp.requestTokens(ctx, "renew the tokens", key, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refreshToken}})
	if err == nil && token.RefreshToken == "" {
		token.RefreshToken = refreshToken
	}
	return token, err
}

// requestTokens asks the token endpoint for what grant stands for, bound to key unless
// that is nil. Errors are those of postProved, and of fetching the metadata.
func (rp *RelyingParty) requestTokens(ctx context.Context, doing string, key *dpop.Key, grant url.Values) (*oauth2.Token, error) {
	meta, err := rp.metadata.Get(ctx)
	if err != nil {
		return nil, err
	}
	if len(rp.cfg.Resources) > 0 {
		grant["resource"] = rp.cfg.Resources
	}
	body, err := rp.postProved(ctx, meta.tokenEndpoint(), grant, key, http.StatusOK)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, rp.advised(err, key != nil))
	}
	token, err := parseTokens(body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return token, nil
}

// parseTokens reads a token answer (RFC 6749 section 5.1). Members of the wrong type
// count as missing; the access token must not be, and expires_in must be a number of
// seconds where it is there. An OAuth error is a *Refusal also with status 200.
func parseTokens(body []byte) (*oauth2.Token, error) {
	var answer map[string]any
	if err := oktahttp.DecodeJSON(body, &answer); err != nil {
		return nil, oktahttp.Untrusted("the token answer is not a JSON object: %w", err)
	}
	if refusal, ok := refusalIn(answer, http.StatusOK); ok {
		return nil, refusal
	}
	text := func(name string) string {
		value, _ := answer[name].(string)
		return value
	}
	token := &oauth2.Token{AccessToken: text("access_token"), TokenType: text("token_type"), RefreshToken: text("refresh_token")}
	if token.AccessToken == "" {
		return nil, oktahttp.Untrusted("the token answer has no access token")
	}
	if expires := answer["expires_in"]; expires != nil {
		seconds, ok := wholeSeconds(expires)
		if !ok {
			return nil, oktahttp.Untrusted("the token answer's expires_in is no number of seconds")
		}
		token.ExpiresIn = seconds
	}
	return token.WithExtra(map[string]any{"id_token": text("id_token")}), nil
}

// wholeSeconds reads a number, which some servers put between quotes.
func wholeSeconds(value any) (int64, bool) {
	text, ok := value.(string)
	if number, exact := value.(json.Number); exact {
		text, ok = number.String(), true
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	return min(seconds, math.MaxInt32), ok && err == nil
}

func lifetime(token *oauth2.Token) time.Duration {
	if token.ExpiresIn <= 0 {
		return unsaidLifetime
	}
	return time.Duration(token.ExpiresIn) * time.Second
}
