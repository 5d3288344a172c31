package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

var popupPath = testkit.LoginPath + "?display=popup&origin=" + url.QueryEscape(apptest.FrontEndOrigin)

// checkPopup looks for the page that tells result and reason to the front end
// and to nobody else.
func checkPopup(t *testing.T, r testkit.Reply, status int, result, reason string) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("status: got %d, want %d", r.StatusCode, status)
	}
	done := r.Page(t).Find("#popup-done")
	for name, want := range map[string]string{"data-origin": apptest.FrontEndOrigin, "data-result": result, "data-reason": reason} {
		if got := done.AttrOr(name, "missing"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := r.Header.Get("Cross-Origin-Opener-Policy"); got != "" {
		t.Errorf("Cross-Origin-Opener-Policy: got %q, which cuts off the opener", got)
	}
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: got %q, want no-store", got)
	}
}

func TestPopupSuccess(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	b := app.Browser()
	r := b.Get(b.ToCallback(popupPath, testkit.Ada))
	checkPopup(t, r, http.StatusOK, "success", "")
	if !b.SignedIn() {
		t.Error("nobody is signed in")
	}
	for _, secret := range []string{testkit.Ada, "Lovelace", "eyJ"} {
		if strings.Contains(r.Body, secret) {
			t.Errorf("the page holds %q", secret)
		}
	}
}

func TestPopupFailures(t *testing.T) {
	t.Parallel()
	edit := func(callback string, change func(url.Values)) string {
		u, _ := url.Parse(callback)
		query := u.Query()
		change(query)
		u.RawQuery = query.Encode()
		return u.String()
	}
	tests := []struct {
		name   string
		login  string // default ada
		before func(*apptest.App)
		change func(url.Values) // of the callback
		status int
		reason string
	}{
		{name: "not assigned", login: testkit.Eve, status: http.StatusForbidden, reason: "access_denied"},
		{
			name: "an error of Okta's", status: http.StatusServiceUnavailable, reason: "temporarily_unavailable",
			change: func(q url.Values) { q.Del("code"); q.Set("error", "temporarily_unavailable") },
		},
		{
			name: "an error that nobody knows", status: http.StatusBadGateway, reason: "oauth_error",
			change: func(q url.Values) { q.Del("code"); q.Set("error", "<b>") },
		},
		{
			name: "another issuer", status: http.StatusBadRequest, reason: "wrong_issuer",
			change: func(q url.Values) { q.Set("iss", "https://evil.example") },
		},
		{
			name: "no code", status: http.StatusBadRequest, reason: "bad_request",
			change: func(q url.Values) { q.Del("code") },
		},
		{
			name: "Okta away when the code is redeemed", status: http.StatusServiceUnavailable, reason: "okta_unreachable",
			before: func(a *apptest.App) { a.Org.Stop() },
		},
		{
			name: "an ID token for another sign-in", status: http.StatusUnauthorized, reason: "untrusted",
			before: func(a *apptest.App) {
				a.Org.Set(func(k *mockokta.Knobs) {
					k.TamperIDToken = func(_, claims map[string]any) { claims["nonce"] = "other" }
				})
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
			b := app.Browser()
			login := testkit.Ada
			if test.login != "" {
				login = test.login
			}
			callback := b.ToCallback(popupPath, login)
			if test.before != nil {
				test.before(app)
			}
			if test.change != nil {
				callback = edit(callback, test.change)
			}
			r := b.Get(callback)
			checkPopup(t, r, test.status, "error", test.reason)
			if r.Page(t).Find("main p").Length() < 2 {
				t.Error("the page does not say what went wrong")
			}
			if b.SignedIn() {
				t.Error("somebody is signed in")
			}
		})
	}
}

func TestPopupWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	app.Org.Stop()
	checkPopup(t, app.Browser().Get(popupPath), http.StatusServiceUnavailable, "error", "okta_unreachable")
}

func TestPopupThatTookTooLongStartsAgainOnce(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	b := app.Browser()
	callback := b.ToCallback(popupPath, testkit.Ada)
	app.Clock.Add(11 * time.Minute)
	again := b.Get(callback)
	if !strings.HasPrefix(again.Location(), app.Org.Issuer()+"/v1/authorize?") {
		t.Fatalf("got %d to %q, want a new sign-in", again.StatusCode, again.Location())
	}
	second := b.Get(again.Location()) // Okta still knows the person
	app.Clock.Add(11 * time.Minute)
	checkPopup(t, b.Get(second.Location()), http.StatusBadRequest, "error", "expired")
}

// TestPopupUnknown is about answers to a sign-in that this browser did not
// begin: who would have to be told is not known either.
func TestPopupUnknown(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	callback := app.Browser().ToCallback(popupPath, testkit.Ada)
	r := app.Browser().Get(callback)
	if r.StatusCode != http.StatusBadRequest || r.Page(t).Find("#popup-done").Length() > 0 || strings.Contains(r.Body, apptest.FrontEndOrigin) {
		t.Errorf("got %d and %s, want an error page that tells nobody", r.StatusCode, r.Body)
	}
}

func TestPopupForOriginsThatAreNotAllowed(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithFrontEnd})
	for name, origin := range apptest.ForeignOrigins {
		r := app.Browser().Get(testkit.LoginPath + "?" + url.Values{"display": {"popup"}, "origin": {origin}}.Encode())
		if r.StatusCode != http.StatusBadRequest || r.Location() != "" || len(r.Cookies()) > 0 {
			t.Errorf("%s: got %d to %q with %d cookies, want 400 and no sign-in", name, r.StatusCode, r.Location(), len(r.Cookies()))
		}
	}
}

// Where no pop-up is under way, the steps of a sign-in have no opener either.
func TestSignInCutsOffItsOpener(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	callback := b.ToCallback("/greet", testkit.Ada)
	for name, r := range map[string]testkit.Reply{
		"the start": b.Get(testkit.LoginPath + "?prompt=login"), "a wrong start": b.Get(testkit.LoginPath + "?return_to=x"),
		"the callback": b.Get(callback), "a wrong callback": b.Get(testkit.CallbackPath + "?state=x"),
	} {
		if got := r.Header.Get("Cross-Origin-Opener-Policy"); got != "same-origin" {
			t.Errorf("%s: status %d, Cross-Origin-Opener-Policy %q", name, r.StatusCode, got)
		}
	}
}
