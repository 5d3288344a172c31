package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

var popupPath = loginPath + "?display=popup&origin=" + url.QueryEscape(frontEndOrigin)

// checkPopup looks for the page that tells result and reason to the front end
// and to nobody else.
func checkPopup(t *testing.T, r reply, status int, result, reason string) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("status: got %d, want %d", r.StatusCode, status)
	}
	done := r.page(t).Find("#popup-done")
	for name, want := range map[string]string{"data-origin": frontEndOrigin, "data-result": result, "data-reason": reason} {
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
	app := start(t, setup{env: withFrontEnd})
	b := app.browser()
	r := b.get(b.toCallback(popupPath, ada))
	checkPopup(t, r, http.StatusOK, "success", "")
	if !b.signedIn() {
		t.Error("nobody is signed in")
	}
	for _, secret := range []string{ada, "Lovelace", "eyJ"} {
		if strings.Contains(r.body, secret) {
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
		before func(*app)
		change func(url.Values) // of the callback
		status int
		reason string
	}{
		{name: "not assigned", login: eve, status: http.StatusForbidden, reason: "access_denied"},
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
			before: func(a *app) { a.org.Stop() },
		},
		{
			name: "an ID token for another sign-in", status: http.StatusUnauthorized, reason: "untrusted",
			before: func(a *app) {
				a.org.Set(func(k *mockokta.Knobs) {
					k.TamperIDToken = func(_, claims map[string]any) { claims["nonce"] = "other" }
				})
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := start(t, setup{env: withFrontEnd})
			b := app.browser()
			login := ada
			if test.login != "" {
				login = test.login
			}
			callback := b.toCallback(popupPath, login)
			if test.before != nil {
				test.before(app)
			}
			if test.change != nil {
				callback = edit(callback, test.change)
			}
			r := b.get(callback)
			checkPopup(t, r, test.status, "error", test.reason)
			if r.page(t).Find("main p").Length() < 2 {
				t.Error("the page does not say what went wrong")
			}
			if b.signedIn() {
				t.Error("somebody is signed in")
			}
		})
	}
}

func TestPopupWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withFrontEnd})
	app.org.Stop()
	checkPopup(t, app.browser().get(popupPath), http.StatusServiceUnavailable, "error", "okta_unreachable")
}

func TestPopupThatTookTooLongStartsAgainOnce(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withFrontEnd})
	b := app.browser()
	callback := b.toCallback(popupPath, ada)
	app.clock.add(11 * time.Minute)
	again := b.get(callback)
	if !strings.HasPrefix(again.location(), app.org.Issuer()+"/v1/authorize?") {
		t.Fatalf("got %d to %q, want a new sign-in", again.StatusCode, again.location())
	}
	second := b.get(again.location()) // Okta still knows the person
	app.clock.add(11 * time.Minute)
	checkPopup(t, b.get(second.location()), http.StatusBadRequest, "error", "expired")
}

// TestPopupUnknown is about answers to a sign-in that this browser did not
// begin: who would have to be told is not known either.
func TestPopupUnknown(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withFrontEnd})
	callback := app.browser().toCallback(popupPath, ada)
	r := app.browser().get(callback)
	if r.StatusCode != http.StatusBadRequest || r.page(t).Find("#popup-done").Length() > 0 || strings.Contains(r.body, frontEndOrigin) {
		t.Errorf("got %d and %s, want an error page that tells nobody", r.StatusCode, r.body)
	}
}

func TestPopupForOriginsThatAreNotAllowed(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: withFrontEnd})
	for name, origin := range foreignOrigins {
		r := app.browser().get(loginPath + "?" + url.Values{"display": {"popup"}, "origin": {origin}}.Encode())
		if r.StatusCode != http.StatusBadRequest || r.location() != "" || len(r.Cookies()) > 0 {
			t.Errorf("%s: got %d to %q with %d cookies, want 400 and no sign-in", name, r.StatusCode, r.location(), len(r.Cookies()))
		}
	}
}

// Where no pop-up is under way, the steps of a sign-in have no opener either.
func TestSignInCutsOffItsOpener(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	callback := b.toCallback("/greet", ada)
	for name, r := range map[string]reply{
		"the start": b.get(loginPath + "?prompt=login"), "a wrong start": b.get(loginPath + "?return_to=x"),
		"the callback": b.get(callback), "a wrong callback": b.get(callbackPath + "?state=x"),
	} {
		if got := r.Header.Get("Cross-Origin-Opener-Policy"); got != "same-origin" {
			t.Errorf("%s: status %d, Cross-Origin-Opener-Policy %q", name, r.StatusCode, got)
		}
	}
}
