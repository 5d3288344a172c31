package program_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestSignedOutOutlivesAKill kills the program as soon as it has answered a sign-out:
// a copy of the cookie is out at the next one too.
func TestSignedOutOutlivesAKill(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")})
	v, other := drive.NewVisitor(t, a), drive.NewVisitor(t, a)
	v.SignIn("/", drive.Ada)
	other.SignIn("/", drive.Many)
	origin, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	cookies := v.Client.Jar.Cookies(origin)
	if r, err := v.Send(a.URL+drive.LogoutPath, url.Values{}); err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("signing out: %v %v", r.Response, err)
	}
	if err := a.Cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-a.Done
	a.Start()
	a.WaitFor("/healthz", http.StatusOK)
	v.Client.Jar.SetCookies(origin, cookies)
	if v.SignedIn() {
		t.Error("a copy of the cookie works again after the program was killed")
	}
	if !other.SignedIn() {
		t.Error("somebody else was signed out")
	}
}
