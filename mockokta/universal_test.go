package mockokta_test

import (
	"net/http"
	"net/http/httptest"
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
