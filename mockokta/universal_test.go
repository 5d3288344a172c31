package mockokta_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

func TestUniversalLogout(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	var gotBody, gotAuth string
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		r.Body.Read(body)
		gotBody, gotAuth = string(body), r.Header.Get("Authorization")
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(app.Close)
	token := org.LogoutToken(app.URL+"/gtr", nil)
	status, err := org.UniversalLogout(t.Context(), app.URL+"/gtr", token, map[string]string{"format": "email", "email": "ada@acme.test"})
	if err != nil || status != http.StatusNoContent || gotAuth != "Bearer "+token || gotBody != `{"sub_id":{"email":"ada@acme.test","format":"email"}}` {
		t.Errorf("status %d, error %v, body %s", status, err, gotBody)
	}
	claims := claimsOf(t, token)
	if part(t, token, 0)["typ"] != "global-token-revocation+jwt" || claims["iss"] != org.OrgIssuer() || claims["aud"] != app.URL+"/gtr" || claims["sub"] != mockokta.DefaultClientID {
		t.Errorf("token %v", claims)
	}
	set, _ := newBrowser(t, org).atOrg().keySet()
	if !signs(set, token) {
		t.Error("the org's keys do not verify the token")
	}
	broken := org.LogoutToken("x", func(header, claims map[string]any) { header["typ"] = "JWT"; delete(claims, "jti") })
	if part(t, broken, 0)["typ"] != "JWT" || claimsOf(t, broken)["jti"] != nil {
		t.Error("change was not applied")
	}
}

func TestGlobalTokenRevocation(t *testing.T) {
	t.Parallel()
	type call struct {
		Body  string
		Token string
	}
	calls := make(chan call, 4)
	apps := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		calls <- call{string(body), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")}
		http.Error(w, "an answer that changes nothing", http.StatusInternalServerError)
	}))
	t.Cleanup(apps.Close)
	first, second := mockokta.DefaultClient(), mockokta.MachineClient()
	first.UniversalLogoutURI = apps.URL + "/first"
	second.UniversalLogoutURI, second.UniversalLogoutByEmail = apps.URL+"/second", true
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{first, second}}))
	tokens := b.tokens("ada@acme.test", renewable)
	revoke := func(authorization string, subject map[string]any) reply {
		return b.json("/oauth2/v1/global-token-revocation", map[string]any{"sub_id": subject}, http.Header{"Authorization": {authorization}})
	}
	const admin = "SSWS " + mockokta.DefaultAPIToken
	wantAPIError(t, revoke("SSWS x", map[string]any{"format": "opaque", "id": "00u9mockAdaLove1a5d7"}), 401, "E0000011", "Invalid token provided")
	for _, subject := range []map[string]any{
		{"format": "opaque", "id": "nobody"}, {}, {"format": "iss_sub", "iss": "https://other.example", "sub": "00u9mockAdaLove1a5d7"},
	} {
		wantAPIError(t, revoke(admin, subject), 400, "E0000001", "Api validation failed: sub_id")
	}
	if !b.signedIn() || len(calls) > 0 {
		t.Fatal("a refused call did something")
	}
	if got := revoke(admin, map[string]any{"format": "iss_sub", "iss": b.org.OrgIssuer(), "sub": "00u9mockAdaLove1a5d7"}); got.StatusCode != http.StatusNoContent {
		t.Fatalf("got %d %s", got.StatusCode, got.body)
	}
	if b.refresh(tokens["refresh_token"]).StatusCode == http.StatusOK || b.authorize(map[string]string{"prompt": "none"}).redirect(t, callback).Has("code") {
		t.Error("a session or a token goes on")
	}
	for _, want := range [][3]string{ // in the order of the clients
		{"/first", mockokta.DefaultClientID, `{"sub_id":{"format":"iss_sub","iss":"` + b.org.OrgIssuer() + `","sub":"00u9mockAdaLove1a5d7"}}`},
		{"/second", mockokta.MachineClientID, `{"sub_id":{"email":"ada@acme.test","format":"email"}}`},
	} {
		got := <-calls
		if claims := claimsOf(t, got.Token); claims["aud"] != apps.URL+want[0] || claims["sub"] != want[1] || got.Body != want[2] {
			t.Errorf("got %s with %v, want %v", got.Body, claims, want)
		}
	}
}
