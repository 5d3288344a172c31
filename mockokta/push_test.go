package mockokta_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// pushParams is a good pushed request with changes.
func pushParams(changes map[string]string) url.Values {
	params := authorizeParams(nil)
	params.Set("client_secret", mockokta.DefaultClientSecret)
	for name, value := range changes {
		params.Del(name)
		if value != "" {
			params.Set(name, value)
		}
	}
	return params
}

func (b *browser) push(changes map[string]string) string {
	b.t.Helper()
	got := b.post(b.as+"/v1/par", pushParams(changes))
	uri, _ := got.json(b.t)["request_uri"].(string)
	if got.StatusCode != http.StatusOK || uri == "" {
		b.t.Fatalf("push: %d %s", got.StatusCode, got.body)
	}
	return uri
}

func (b *browser) pull(client, uri string) reply {
	b.t.Helper()
	return b.get(b.as + "/v1/authorize?" + url.Values{"client_id": {client}, "request_uri": {uri}}.Encode())
}

func startPushing(t *testing.T, now func() time.Time) *browser {
	t.Helper()
	other := mockokta.Client{ID: "0oaother", Secret: "another-secret-of-thirty-two-chars", RedirectURIs: []string{"https://other.example/callback"}}
	b := newBrowser(t, start(t, mockokta.Options{Now: now, Clients: []mockokta.Client{mockokta.DefaultClient(), other}}))
	b.org.Set(func(k *mockokta.Knobs) { k.PAR = true })
	return b
}

func TestPushedRequest(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := startPushing(t, now.Now)
	if endpoint := b.get("/oauth2/default/.well-known/openid-configuration").json(t)["pushed_authorization_request_endpoint"]; endpoint != b.org.URL()+"/oauth2/default/v1/par" {
		t.Errorf("offered at %v", endpoint)
	}
	answer := b.post(b.as+"/v1/par", pushParams(nil)).json(t)
	uri := answer["request_uri"].(string)
	if answer["expires_in"] != 3600.0 || !strings.HasPrefix(uri, "urn:okta:") {
		t.Errorf("got %v", answer)
	}
	code := b.submit(b.pull(mockokta.DefaultClientID, uri), "ada@acme.test", "correct-horse-ada").redirect(t, callback)
	if code.Get("state") != "state-1" || b.token(tokenParams(code.Get("code"), nil)).StatusCode != http.StatusOK {
		t.Errorf("got %v", code)
	}
	if n := b.org.Count("par"); n != 1 {
		t.Errorf("counted %d", n)
	}

	// used, and too old: the app is told
	dead := func(name, uri string) {
		if got := b.pull(mockokta.DefaultClientID, uri).redirect(t, callback); got.Get("error") != "invalid_request_uri" || got.Get("state") != "state-1" {
			t.Errorf("%s: %v", name, got)
		}
	}
	dead("used", uri)
	late := b.push(nil)
	now.add(time.Hour)
	dead("too old", late)
}

func TestPushRefuses(t *testing.T) {
	t.Parallel()
	b := startPushing(t, nil)
	post := func(changes map[string]string) reply { return b.post(b.as+"/v1/par", pushParams(changes)) }
	wantOAuthError(t, post(map[string]string{"client_secret": "wrong"}), 401, "invalid_client", "The client secret supplied")
	wantOAuthError(t, post(map[string]string{"client_secret": ""}), 401, "invalid_client", "Client authentication failed.")
	wantOAuthError(t, post(map[string]string{"request_uri": "urn:okta:x"}), 400, "invalid_request", "The 'request_uri' parameter must not be present")
	wantOAuthError(t, post(map[string]string{"scope": "openid nothing"}), 400, "invalid_scope", "One or more scopes")
	wantOAuthError(t, post(map[string]string{"response_type": "token"}), 400, "unsupported_response_type", "The response type")
	wantOAuthError(t, post(map[string]string{"response_mode": "fax"}), 400, "unsupported_response_mode", "The response mode")
	wantOAuthError(t, post(map[string]string{"redirect_uri": "https://evil.example/"}), 400, "invalid_request", "The 'redirect_uri' parameter")
	b.org.Set(func(k *mockokta.Knobs) { k.DenyPush = true })
	wantOAuthError(t, post(nil), 403, "access_denied", "Policy evaluation failed")

	b.org.Set(func(k *mockokta.Knobs) {
		k.DenyPush, k.TamperPush = false, func(resp map[string]any) { delete(resp, "request_uri") }
	})
	if got := post(nil).json(t); got["request_uri"] != nil || got["expires_in"] == nil {
		t.Errorf("tampered: %v", got)
	}
	b.org.Set(func(k *mockokta.Knobs) { k.PAR = false })
	if got := post(nil); got.StatusCode != http.StatusNotFound {
		t.Errorf("not offered: %d", got.StatusCode)
	}
}

// TestPulledRequestRefuses: nobody but the client that pushed a request may use it.
func TestPulledRequestRefuses(t *testing.T) {
	t.Parallel()
	b := startPushing(t, nil)
	uri := b.push(nil)
	for name, tc := range map[string]struct {
		answer reply
		says   string
	}{
		"another client": {b.pull("0oaother", uri), "does not match the expected value for the provided request_uri"},
		"another server": {b.atOrg().pull(mockokta.DefaultClientID, uri), "issued for another authorization server"},
		"unknown":        {b.pull(mockokta.DefaultClientID, "urn:okta:none"), "The authorize request_uri is invalid."},
	} {
		if tc.answer.StatusCode != http.StatusBadRequest || !strings.Contains(tc.answer.doc(t).Text(), tc.says) {
			t.Errorf("%s: %d %s", name, tc.answer.StatusCode, tc.answer.body)
		}
	}
	if got := b.pull(mockokta.DefaultClientID, uri); got.StatusCode != http.StatusOK {
		t.Errorf("those used it up: %s", got.body)
	}
}

func TestClientThatRequiresPush(t *testing.T) {
	t.Parallel()
	client := mockokta.DefaultClient()
	client.RequirePAR = true
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	b.org.Set(func(k *mockokta.Knobs) { k.PAR = true })
	if got := b.authorize(nil); got.StatusCode != http.StatusBadRequest || !strings.Contains(got.body, "pushed authorization requests") {
		t.Errorf("by the browser: %d %s", got.StatusCode, got.body)
	}
	if got := b.pull(client.ID, b.push(nil)); got.StatusCode != http.StatusOK {
		t.Errorf("pushed: %s", got.body)
	}
}
