package sessions_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestFederatedSignOut has Okta hand the browser on to another provider's sign-out,
// which brings it back. Browsers would hold the redirects of a form to the policy of
// the page that the form was on.
func TestFederatedSignOut(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.Query().Get("back"), http.StatusFound)
	}))
	t.Cleanup(elsewhere.Close)
	other := strings.Replace(elsewhere.URL, "127.0.0.1", "localhost", 1)
	for _, scripts := range []bool{true, false} {
		b := drive.NewTab(t)
		if !scripts {
			b.WithoutScripts()
		}
		b.Open(a.URL + "/greet")
		b.SignIn(drive.Ada)
		b.WaitFor("#logout-button")
		a.Org.Set(func(k *mockokta.Knobs) {
			k.Intercept = func(endpoint string, w http.ResponseWriter, r *http.Request) bool {
				if endpoint != "logout" {
					return false
				}
				back := r.URL.Query().Get("post_logout_redirect_uri") + "?state=" + r.URL.Query().Get("state")
				http.Redirect(w, r, other+"/?back="+strings.NewReplacer("?", "%3F", "=", "%3D", "&", "%26").Replace(back), http.StatusFound)
				return true
			}
		})
		b.Follow("#logout-button")
		b.WaitFor("#login-button")
		if got := b.Text("h1"); got != "You are signed out" {
			t.Errorf("with scripts %v the page says %q", scripts, got)
		}
		a.Org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
	}
}
