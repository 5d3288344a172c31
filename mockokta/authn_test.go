package mockokta_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func (b *browser) authn(body string, header http.Header) reply {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.org.URL()+"/api/v1/authn", strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for name, values := range header {
		req.Header[name] = values
	}
	recorder := httptest.NewRecorder()
	b.org.ServeHTTP(recorder, req)
	return reply{recorder.Result(), recorder.Body.String()}
}

func TestAuthn(t *testing.T) {
	t.Parallel()
	now := newClock()
	now.add(999 * time.Millisecond) // times are written to the second
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	const good = `{"username":"ada@acme.test","password":"correct-horse-ada"}`
	answer := b.authn(good, nil).json(t)
	token, _ := answer["sessionToken"].(string)
	if answer["status"] != "SUCCESS" || token == "" || answer["expiresAt"] != "2026-09-21T14:18:20.000Z" || !strings.Contains(fmt.Sprint(answer), "locale:en_GB") {
		t.Fatalf("answer %v", answer)
	}
	if got := b.authorize(map[string]string{"sessionToken": token}); got.redirect(t, callback).Get("code") == "" {
		t.Error("the session token gave no code")
	}
	if !b.signedIn() {
		t.Error("the session token started no session")
	}
	fresh := newBrowser(t, b.org)
	if got := fresh.authorize(map[string]string{"sessionToken": token}); got.StatusCode != http.StatusOK {
		t.Errorf("a used session token: %d", got.StatusCode)
	}
	late := b.authn(good, nil).json(t)["sessionToken"].(string)
	now.add(5 * time.Minute)
	if got := fresh.authorize(map[string]string{"sessionToken": late}); got.StatusCode != http.StatusOK {
		t.Errorf("an expired session token: %d", got.StatusCode)
	}
	for _, body := range []string{`{"username":"ada@acme.test","password":"wrong"}`, `{"username":"nobody","password":""}`} {
		wantAPIError(t, b.authn(body, nil), 401, "E0000004", "Authentication failed")
	}
	wantAPIError(t, b.authn(`{`, nil), 400, "E0000003", "The request body was not well-formed.")
	wantAPIError(t, b.authn(`{}`, nil), 400, "E0000001", "Api validation failed: authRequest")
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const trusted = "http://localhost:8080"
	b := newBrowser(t, start(t, mockokta.Options{TrustedOrigins: []string{trusted}}))
	preflight := func(path, origin string) http.Header {
		return b.do(http.MethodOptions, b.org.URL()+path, nil, http.Header{"Origin": {origin}, "Access-Control-Request-Method": {"POST"}}).Header
	}
	allowed := preflight("/api/v1/authn", trusted)
	if allowed.Get("Access-Control-Allow-Origin") != trusted || allowed.Get("Access-Control-Allow-Credentials") != "true" ||
		!strings.Contains(allowed.Get("Access-Control-Allow-Headers"), "x-okta-user-agent-extended") || allowed.Get("Access-Control-Allow-Methods") != "POST" || !slices.Contains(allowed.Values("Vary"), "Origin") {
		t.Errorf("trusted: %v", allowed)
	}
	for _, origin := range []string{"https://evil.example", "null", "http://localhost:8081"} {
		if got := preflight("/api/v1/authn", origin); got.Get("Access-Control-Allow-Origin") != "" || got.Get("Access-Control-Allow-Headers") != "" {
			t.Errorf("%s: %v", origin, got)
		}
	}
	if got := b.authn(`{"username":"ada","password":"correct-horse-ada"}`, http.Header{"Origin": {trusted}}); got.Header.Get("Access-Control-Allow-Origin") != trusted {
		t.Errorf("answer: %v", got.Header)
	}
	for _, path := range []string{"/oauth2/default/v1/keys", "/oauth2/default/.well-known/openid-configuration"} {
		if got := b.get(path); got.Header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", path, got.Header)
		}
		if got := preflight(path, "https://anywhere.example"); got.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(got.Get("Access-Control-Allow-Headers"), "content-type") {
			t.Errorf("%s from anywhere: %v", path, got)
		}
		if got := preflight(path, trusted); got.Get("Access-Control-Allow-Origin") != trusted || got.Get("Access-Control-Allow-Credentials") != "true" {
			t.Errorf("%s from a trusted origin: %v", path, got)
		}
	}
	token := preflight("/oauth2/default/v1/token", "https://anywhere.example")
	if token.Get("Access-Control-Allow-Origin") != "https://anywhere.example" || token.Get("Access-Control-Allow-Credentials") != "" || token.Get("Access-Control-Max-Age") != "3600" ||
		token.Get("Access-Control-Allow-Methods") != "POST" || !strings.Contains(token.Get("Access-Control-Allow-Headers"), "dpop") {
		t.Errorf("token: %v", token)
	}
}

func TestAuthnRefusesRecovery(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	b.org.Set(func(k *mockokta.Knobs) { k.NoRecovery = true })
	recover := func(what, login string) reply {
		return b.json("/api/v1/authn/recovery/"+what, map[string]any{"username": login, "factorType": "EMAIL"}, nil)
	}
	for _, login := range []string{"lou@acme.test", "nobody@acme.test"} {
		wantAPIError(t, recover("unlock", login), 403, "E0000032", "Unlock is not allowed for this user.")
		wantAPIError(t, recover("password", login), 403, "E0000034", "Forgot password not allowed on specified user.")
	}
	malformed := b.do("POST", b.org.URL()+"/api/v1/authn/recovery/unlock", nil, nil)
	if malformed.StatusCode != 400 {
		t.Errorf("without a body: %d", malformed.StatusCode)
	}
}
