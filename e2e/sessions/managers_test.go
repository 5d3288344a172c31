package sessions_test

import (
	"net/http"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestChangePassword: a password manager that keeps what was typed into the widget finds where the password is changed.
// Where people type it at the org alone, the manager asks the org.
func TestChangePassword(t *testing.T) {
	t.Parallel()
	const path = "/.well-known/change-password"
	widget, redirect := hosts.App(t, map[string]string{"SIGN_IN": "widget"}), hosts.App(t, nil)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if r := scanner(t).ask(method, widget.URL+path, nil); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != widget.Org.URL()+"/enduser/settings" {
			t.Errorf("%s: status %d, to %q", method, r.StatusCode, r.Header.Get("Location"))
		}
	}
	for _, url := range []string{redirect.URL + path, widget.URL + "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"} {
		if r := scanner(t).get(url); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", url, r.StatusCode)
		}
	}
}

// TestManagersKnowTheFields: what asks for a name, a password or a code on the stand-in's pages says so to password
// managers, as Okta's own pages do, and none keeps them from filling it in.
func TestManagersKnowTheFields(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	for name, page := range map[string]func(b browser) answer{
		"sign-in": func(b browser) answer { r, _ := b.follow(a.URL+"/login", ""); return r },
		"factor":  func(b browser) answer { return b.password(a, "alan@acme.test") },
		"set-up":  func(b browser) answer { return b.password(a, "nora@acme.test") },
	} {
		r := page(newBrowser(t))
		r.Find("input:not([type=hidden]):not([type=submit])").Each(func(_ int, field *goquery.Selection) {
			want := map[string]string{"username": "username", "password": "current-password", "code": "one-time-code"}[field.AttrOr("name", "")]
			if got := field.AttrOr("autocomplete", ""); got != want || want == "" {
				t.Errorf("%s: the field %q has autocomplete=%q, want %q", name, field.AttrOr("name", ""), got, want)
			}
		})
		if r.Find("input:not([type=hidden]):not([type=submit])").Length() == 0 {
			t.Errorf("%s has no field", name)
		}
	}
}

// password sends the form of the org's sign-in page for login, and returns what comes then.
func (b browser) password(a *hosts.Host, login string) answer {
	b.T.Helper()
	page, _ := b.follow(a.URL+"/login", "")
	return b.ask(http.MethodPost, a.Org.URL()+"/login/signin", map[string][]string{
		"transaction": {page.Find("input[name=transaction]").AttrOr("value", "")}, "username": {login}, "password": {drive.PasswordOf(login)},
	})
}
