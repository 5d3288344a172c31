package mockokta_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwt"

	"example.com/okta-gin/mockokta"
)

func TestTokenErrors(t *testing.T) {
	t.Parallel()
	other := mockokta.Client{ID: "0oaother", Secret: "other-secret", RedirectURIs: []string{callback}}
	strict := mockokta.Client{ID: "0oapublic", RedirectURIs: []string{callback}}
	org := start(t, mockokta.Options{Clients: []mockokta.Client{mockokta.DefaultClient(), mockokta.MachineClient(), other, strict}})
	for name, tt := range map[string]struct {
		authorize   map[string]string
		token       map[string]string
		header      http.Header
		status      int
		code        string
		description string
	}{
		"no credentials":         {nil, map[string]string{"client_id": "", "client_secret": ""}, nil, 401, "invalid_client", "No client credentials found."},
		"unknown client":         {nil, map[string]string{"client_id": "0oanobody"}, nil, 401, "invalid_client", "Invalid value for 'client_id' parameter."},
		"wrong secret":           {nil, map[string]string{"client_secret": "wrong"}, nil, 401, "invalid_client", "The client secret supplied for a confidential client is invalid."},
		"secret left out":        {nil, map[string]string{"client_secret": ""}, nil, 401, "invalid_client", "Client authentication failed. Either the client or the client credentials are invalid."},
		"secret of a public app": {nil, map[string]string{"client_id": "0oapublic", "client_secret": "x"}, nil, 401, "invalid_client", "Client authentication failed. Either the client or the client credentials are invalid."},
		"header and body":        {nil, nil, http.Header{"Authorization": {"Basic YTpi"}}, 401, "invalid_request", "Cannot supply multiple client credentials."},
		"two client ids":         {nil, map[string]string{"client_id": "0oaother", "client_secret": ""}, http.Header{"Authorization": {"Basic " + basicAuth(mockokta.DefaultClientID, mockokta.DefaultClientSecret)}}, 401, "invalid_client", "Invalid value for 'client_id' parameter."},
		"odd header":             {nil, map[string]string{"client_id": "", "client_secret": ""}, http.Header{"Authorization": {"Bearer x"}}, 401, "invalid_client", "Found Authentication header but was not valid client credentials."},
		"no grant type":          {nil, map[string]string{"grant_type": ""}, nil, 400, "invalid_request", "The token request must specify a 'grant_type'. Valid values: ["},
		"unknown grant type":     {nil, map[string]string{"grant_type": "password"}, nil, 400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server. Configured grant types: ["},
		"grant type not given":   {nil, map[string]string{"grant_type": "client_credentials"}, nil, 400, "unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: [authorization_code, refresh_token, interaction_code]."},
		"no code":                {nil, map[string]string{"code": ""}, nil, 400, "invalid_request", "The required parameter 'code' is missing."},
		"no redirect URI":        {nil, map[string]string{"redirect_uri": ""}, nil, 400, "invalid_request", "The required parameter 'redirect_uri' is missing."},
		"unknown code":           {nil, map[string]string{"code": "nope"}, nil, 400, "invalid_grant", "The authorization code is invalid or has expired."},
		"other redirect URI":     {nil, map[string]string{"redirect_uri": signOut}, nil, 400, "invalid_grant", "The 'redirect_uri' does not match the redirection URI used in the authorization request."},
		"other client":           {nil, map[string]string{"client_id": "0oaother", "client_secret": "other-secret"}, nil, 400, "invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request."},
		"wrong verifier":         {nil, map[string]string{"code_verifier": verifier + "x"}, nil, 400, "invalid_grant", "PKCE verification failed."},
		"no verifier":            {nil, map[string]string{"code_verifier": ""}, nil, 400, "invalid_request", "PKCE code verifier is required by the application."},
		"verifier, no challenge": {map[string]string{"code_challenge": "", "code_challenge_method": ""}, nil, nil, 400, "invalid_request", "PKCE code challenge should be specified in the authorize request for code verification."},
		"foreign origin":         {nil, nil, http.Header{"Origin": {"https://evil.example"}}, 400, "invalid_request", "Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri."},
		"origin with a secret":   {nil, nil, http.Header{"Origin": {"http://localhost:8080"}}, 401, "invalid_client", "Browser requests to the token endpoint must use Proof Key for Code Exchange."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t, org)
			params := tokenParams(b.signIn("ada@acme.test", tt.authorize), tt.token)
			got := b.do(http.MethodPost, org.URL()+b.as+"/v1/token", params, tt.header)
			wantOAuthError(t, got, tt.status, tt.code, tt.description)
		})
	}
}

func TestTokenRequestShape(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	code := b.signIn("ada@acme.test", nil)
	endpoint := b.org.URL() + b.as + "/v1/token"

	twice := tokenParams(code, nil)
	twice.Add("code", "again")
	wantOAuthError(t, b.token(twice), 400, "invalid_request", "The request contained multiple parameters with the same name.")
	inQuery := b.do(http.MethodPost, endpoint+"?client_secret=x", tokenParams(code, nil), nil)
	wantOAuthError(t, inQuery, 400, "invalid_request", "Client credentials cannot be supplied via query parameters.")
	if got := b.do(http.MethodPost, endpoint, tokenParams(code, nil), http.Header{"Content-Type": {"application/json"}}); got.StatusCode != http.StatusBadRequest || got.json(t)["errorCode"] != "E0000021" {
		t.Errorf("JSON: %d", got.StatusCode)
	}
	if got := b.do(http.MethodGet, endpoint, nil, nil); got.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", got.StatusCode)
	}
	big := tokenParams(code, map[string]string{"code_verifier": strings.Repeat("x", 70<<10)})
	wantOAuthError(t, b.token(big), 400, "invalid_request", "Invalid request")

	// None of these used the code up.
	if got := b.token(tokenParams(code, nil)); got.StatusCode != http.StatusOK || got.Header.Get("Pragma") != "no-cache" || got.Header.Get("Cache-Control") != "no-cache, no-store" {
		t.Errorf("good request: %d %v %s", got.StatusCode, got.Header, got.body)
	}
}

func TestCodesWorkOnce(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	code := b.signIn("ada@acme.test", map[string]string{"scope": "openid offline_access"})
	tokens := b.token(tokenParams(code, nil)).json(t)
	if got := b.bearer(b.as+"/v1/userinfo", tokens["access_token"]); got.StatusCode != http.StatusOK {
		t.Fatalf("userinfo: %d", got.StatusCode)
	}
	wantOAuthError(t, b.token(tokenParams(code, nil)), 400, "invalid_grant", "The authorization code is invalid or has expired.")
	if got := b.bearer(b.as+"/v1/userinfo", tokens["access_token"]); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the access token outlived the reuse of its code: %d", got.StatusCode)
	}
	wantOAuthError(t, b.refresh(tokens["refresh_token"]), 400, "invalid_grant", "The refresh token is invalid or expired.")

	for after, want := range map[time.Duration]int{299 * time.Second: 200, 300 * time.Second: 400} {
		late := b.signIn("ada@acme.test", map[string]string{"prompt": "login"})
		now.add(after)
		if got := b.token(tokenParams(late, nil)); got.StatusCode != want {
			t.Errorf("after %v: %d %s", after, got.StatusCode, got.body)
		}
	}
	wantOAuthError(t, b.atOrg().token(tokenParams(b.signIn("ada@acme.test", map[string]string{"prompt": "login"}), nil)), 400, "invalid_request", "The grant was issued for another authorization server.")
}

func TestClientAuthentication(t *testing.T) {
	t.Parallel()
	now := newClock()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer := mockokta.Client{ID: "0oasigner", PublicKey: key.Public(), Grants: []string{"client_credentials"}}
	short := mockokta.Client{ID: "0oashort", Secret: "short", Grants: []string{"client_credentials"}}
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now, Clients: []mockokta.Client{mockokta.MachineClient(), signer, short}}))
	endpoint := b.org.URL() + "/oauth2/default/v1/token"
	secret := []byte(mockokta.MachineClientSecret)

	good := func(id string) map[string]any {
		return map[string]any{"iss": id, "sub": id, "aud": endpoint, "exp": now.Now().Add(time.Minute), "jti": id + "-1"}
	}
	assertion := func(alg jwa.SignatureAlgorithm, key any, claims map[string]any) url.Values {
		token := jwt.New()
		for name, value := range claims {
			if err := token.Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
		raw, err := jwt.Sign(token, jwt.WithKey(alg, key))
		if err != nil {
			t.Fatal(err)
		}
		return url.Values{
			"grant_type": {"client_credentials"}, "scope": {"messages:read"}, "client_assertion": {string(raw)},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		}
	}
	with := func(claims map[string]any, name string, value any) map[string]any {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
		return claims
	}

	basic := http.Header{"Authorization": {"Basic " + basicAuth(mockokta.MachineClientID, mockokta.MachineClientSecret)}}
	if got := b.do(http.MethodPost, endpoint, url.Values{"grant_type": {"client_credentials"}, "scope": {"messages:read"}}, basic); got.StatusCode != 200 {
		t.Errorf("client_secret_basic: %s", got.body)
	}
	machine := mockokta.MachineClientID
	for name, form := range map[string]url.Values{
		"client_secret_jwt HS256": assertion(jwa.HS256, secret, with(good(machine), "jti", "a")),
		"client_secret_jwt HS512": assertion(jwa.HS512, secret, with(good(machine), "jti", "b")),
		"private_key_jwt":         assertion(jwa.ES256, key, good("0oasigner")),
	} {
		if got := b.token(form); got.StatusCode != 200 {
			t.Errorf("%s: %s", name, got.body)
		}
		wantOAuthError(t, b.token(form), 401, "invalid_client", "The client_assertion token has already been used.")
	}
	for description, form := range map[string]url.Values{
		"The client_assertion signature is invalid.":                                                                     assertion(jwa.HS256, []byte("a wrong secret of more than 32 characters"), good(machine)),
		"The issuer claim for client_assertion is not a valid client_id.":                                                assertion(jwa.HS256, secret, with(good(machine), "iss", "x")),
		"The subject claim for client_assertion is not a valid client_id.":                                               assertion(jwa.HS256, secret, with(good(machine), "sub", "x")),
		"The audience claim for client_assertion must be the endpoint invoked for the request.":                          assertion(jwa.HS256, secret, with(good(machine), "aud", b.org.Issuer())),
		"The client_assertion must contain the 'exp' claim as seconds since epoch.":                                      assertion(jwa.HS256, secret, with(good(machine), "exp", nil)),
		"The client_assertion token is expired.":                                                                         assertion(jwa.HS256, secret, with(good(machine), "exp", now.Now())),
		"The client_assertion token has an expiration too far into the future.":                                          assertion(jwa.HS256, secret, with(good(machine), "exp", now.Now().Add(2*time.Hour))),
		"The client_assertion token must be issued before the current time.":                                             assertion(jwa.HS256, secret, with(good(machine), "iat", now.Now().Add(time.Hour))),
		"The client secret is too short to verify a JWT HMAC.":                                                           assertion(jwa.HS256, []byte("short"), good("0oashort")),
		"The client does not have a JWKSet configured, but the client_assertion requires one.":                           assertion(jwa.ES256, key, good(machine)),
		"The issuer and subject claim for client_assertion is invalid because the client does not have a client secret.": assertion(jwa.HS256, secret, good("0oasigner")),
		"The parsing of the client_assertion failed.": {
			"client_assertion": {"x.y.z"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		},
	} {
		wantOAuthError(t, b.token(form), 401, "invalid_client", description)
	}
	wantOAuthError(t, b.token(url.Values{"client_assertion": {"x"}}), 400, "invalid_request", "The client_assertion_type is invalid.")
}

func TestClientCredentials(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	ask := func(b *browser, scope string) reply {
		return b.token(url.Values{"grant_type": {"client_credentials"}, "scope": {scope}, "client_id": {mockokta.MachineClientID}, "client_secret": {mockokta.MachineClientSecret}})
	}
	answer := ask(b, "messages:read").json(t)
	if answer["id_token"] != nil || answer["refresh_token"] != nil {
		t.Errorf("more than an access token: %v", answer)
	}
	claims := claimsOf(t, answer["access_token"])
	if claims["sub"] != mockokta.MachineClientID || claims["cid"] != mockokta.MachineClientID || claims["uid"] != nil || claims["aud"] != "api://default" || claims["groups"] != nil {
		t.Errorf("claims %v", claims)
	}
	wantOAuthError(t, ask(b, ""), 400, "invalid_scope", "The authorization server resource does not have any configured default scopes, 'scope' must be provided.")
	wantOAuthError(t, ask(b, "openid"), 400, "invalid_scope", "Cannot request 'openid' scopes using client credentials.")
	wantOAuthError(t, ask(b, "cats"), 400, "invalid_scope", "One or more scopes are not configured for the authorization server resource.")
	wantOAuthError(t, ask(b.atOrg(), "okta.users.read"), 401, "invalid_client", "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.")
	if got := b.bearer(b.as+"/v1/userinfo", answer["access_token"]); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("userinfo without a person: %d", got.StatusCode)
	}
}
