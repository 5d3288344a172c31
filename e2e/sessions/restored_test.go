package sessions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestBrowserDropsCookies: who keeps no cookies between the trip to the org and back is told so, once, and not sent round.
func TestBrowserDropsCookies(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	kept := newBrowser(t)
	callback := kept.answered(a, "/greet")
	asked := a.Org.Count("authorize")
	r, at := scanner(t).follow(callback, "")
	if r.StatusCode != http.StatusBadRequest || at != callback || !strings.Contains(r.h1(), "cookies") {
		t.Errorf("status %d at %s: %q", r.StatusCode, at, r.h1())
	}
	if again := a.Org.Count("authorize") - asked; again != 0 {
		t.Errorf("sent to the org %d more times", again)
	}
	if r.Find(`main a[href*="`+drive.LoginPath+`"]`).Length() == 0 {
		t.Error("the page has no way to try again")
	}
	if r.Find(`meta[http-equiv="refresh"], script[src*="go-on"]`).Length() > 0 {
		t.Error("the page goes on by itself")
	}
}

// TestRestoredTabs: an address of sign-in that a browser brings back from its history is a page with a way on, and never
// an error of the server, for who is signed in and for who is not.
func TestRestoredTabs(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
	b := newBrowser(t)
	callback := b.answered(a, drive.ProfilePath)
	b.get(callback)
	widget, _ := url.Parse(callback)
	restored := map[string]string{
		"callback":                 callback,
		"callback that failed":     a.URL + callbackPath + "?error=access_denied&state=" + widget.Query().Get("state"),
		"widget":                   a.URL + drive.CustomPath + "?return_to=%2Fgreet&state=" + widget.Query().Get("state"),
		"sign-in":                  a.URL + drive.LoginPath + "?return_to=/greet",
		"question of sign-out":     a.URL + drive.LogoutPath,
		"sign-out on the way":      a.URL + drive.LogoutPath + "?state=gone",
		"signed out":               a.URL + signedOutPath,
		"signed out, with a state": a.URL + signedOutPath + "?state=gone",
	}
	for name, target := range restored {
		r, at := b.follow(target, "")
		if r.StatusCode != http.StatusOK || !strings.HasPrefix(at, a.URL) {
			t.Errorf("%s, signed in: status %d at %s", name, r.StatusCode, at)
		}
		if !b.signedIn(a) {
			t.Fatalf("%s has signed the person out", name)
		}
	}
	if r := b.get(a.URL + "/authorization-code/form?form=gone"); r.StatusCode != http.StatusGone || r.Find("main a[href]").Length() == 0 {
		t.Errorf("a form that is gone: status %d, %d ways on", r.StatusCode, r.Find("main a[href]").Length())
	}

	a.Ahead(3 * time.Hour) // all sessions are over, here and there
	for name, target := range restored {
		r, at := b.follow(target, "")
		ways := r.Find("main a[href], main button, main form, #sign-in-widget").Length()
		if r.StatusCode >= 500 || r.StatusCode == http.StatusNotFound || ways == 0 || !strings.HasPrefix(at, a.URL) && name != "sign-in" {
			t.Errorf("%s, nobody: status %d at %s, %d ways on", name, r.StatusCode, at, ways)
		}
	}
	r := b.get(callback)
	way := r.Find(`main a[href*="login"]`).First().AttrOr("href", "")
	if r.StatusCode != http.StatusBadRequest || way == "" {
		t.Fatalf("the callback, nobody: status %d, way %q", r.StatusCode, way)
	}
	if page, at := b.follow(a.URL+way, ""); page.StatusCode != http.StatusOK || page.Find("#sign-in-widget").Length() == 0 {
		t.Errorf("that way leads to %d at %s", page.StatusCode, at)
	}
}
