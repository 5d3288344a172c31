package e2e_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
)

// TestSignedOutOutlivesAKill kills the program as soon as it has answered a sign-out:
// a copy of the cookie is out at the next one too.
func TestSignedOutOutlivesAKill(t *testing.T) {
	t.Parallel()
	a := startApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")})
	v, other := newVisitor(t, a), newVisitor(t, a)
	v.signIn("/", ada)
	other.signIn("/", many)
	origin, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookies := v.client.Jar.Cookies(origin)
	if r, err := v.send(a.URL+logoutPath, url.Values{}); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("signing out: %v %v", r.Response, err)
	}
	if err := a.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-a.done
	a.start()
	a.waitFor("/healthz", http.StatusOK)
	v.client.Jar.SetCookies(origin, cookies)
	if v.signedIn() {
		t.Error("a copy of the cookie works again after the program was killed")
	}
	if !other.signedIn() {
		t.Error("somebody else was signed out")
	}
}
