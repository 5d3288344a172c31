package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

func TestOktaRefuses(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	const (
		notIn    = "Okta did not let you in"
		ask      = "Okta needs to ask you something"
		refused  = "Okta refused the sign-in"
		trouble  = "Okta has a problem"
		stronger = "A stronger or more recent sign-in is needed"
		again    = loginPath + "?return_to=%2Fgreet"
		other    = loginPath + "?prompt=login&return_to=%2Fgreet"
	)
	tests := []struct {
		code, reason string
		status       int
		heading, way string
	}{
		{"access_denied", "access_denied", 403, notIn, again},
		{"login_required", "login_required", 401, ask, other},
		{"consent_required", "consent_required", 401, ask, other},
		{"interaction_required", "interaction_required", 401, ask, other},
		{"account_selection_required", "account_selection_required", 401, ask, other},
		{"temporarily_unavailable", "temporarily_unavailable", 503, trouble, again},
		{"server_error", "server_error", 503, trouble, again},
		{"unmet_authentication_requirements", "unmet_authentication_requirements", 403, stronger, again},
		{"invalid_scope", "invalid_scope", 502, refused, again},
		{"invalid_request", "invalid_request", 502, refused, again},
		{"unauthorized_client", "unauthorized_client", 502, refused, again},
		{"unsupported_response_type", "unsupported_response_type", 502, refused, again},
		{"invalid_grant", "invalid_grant", 502, refused, again},
		{"<script>alert(1)</script>", "oauth_error", 502, refused, again},
		{"", "oauth_error", 502, refused, again},
	}
	const says = `</blockquote><script src="https://evil.example/x.js"></script><b onclick=x>&amp;"'`
	for _, test := range tests {
		t.Run(test.code, func(t *testing.T) {
			t.Parallel()
			b := app.browser()
			asError := func(q url.Values) { q.Del("code"); q.Set("error", test.code); q.Set("error_description", says) }
			callback := changed(t, b.toCallback("/greet", ada), asError)

			stranger := app.browser()
			foreign := stranger.get(callback)
			checkRefused(t, stranger, foreign, http.StatusBadRequest, keepsNoCookies)
			if strings.Contains(foreign.body, "evil.example") {
				t.Error("anybody can put words on the page")
			}

			r := b.get(callback)
			checkRefused(t, b, r, test.status, test.heading)
			page := r.page(t)
			if got := page.Find("blockquote").Text(); got != says {
				t.Errorf("Okta is quoted as %q", got)
			}
			if page.Find("blockquote *").Length() != 0 || page.Find("script").Length() != foreign.page(t).Find("script").Length() {
				t.Error("Okta's words are markup")
			}
			if got := page.Find(".actions a.button").First().AttrOr("href", ""); got != test.way {
				t.Errorf("the way on leads to %q, want %q", got, test.way)
			}
			offered := page.Find(".actions a.button.plain").AttrOr("href", "")
			if want := map[bool]string{true: other}[test.code == "access_denied"]; offered != want {
				t.Errorf("another account is offered at %q, want %q", offered, want)
			}
			if got := r.Header.Get("Retry-After") != ""; got != (test.status == http.StatusServiceUnavailable) {
				t.Errorf("Retry-After %q", r.Header.Get("Retry-After"))
			}
			if got := app.line(r)["reason"]; got != test.reason {
				t.Errorf("logged reason %q, want %q", got, test.reason)
			}
			if again := b.get(callback); again.StatusCode != http.StatusBadRequest {
				t.Errorf("the same answer again: status %d", again.StatusCode)
			}
		})
	}
}

func TestPersonNotAssignedChoosesAnotherAccount(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	r := b.signIn("/greet", eve)
	checkRefused(t, b, r, http.StatusForbidden, "Okta did not let you in")
	if got := r.page(t).Find("blockquote").Text(); got != "User is not assigned to the client application." {
		t.Errorf("Okta is quoted as %q", got)
	}
	r = b.signIn(r.page(t).Find(".actions a.button.plain").AttrOr("href", ""), grace)
	if r.StatusCode != http.StatusOK || r.Request.URL.Path != "/greet" || !strings.Contains(r.page(t).Find("h1").Text(), "Grace") {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
}

func TestOktasOwnRefusals(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	tests := []struct {
		name, path string
		knob       func(*mockokta.Knobs)
		status     int
		heading    string
	}{
		{"no policy", "/greet", func(k *mockokta.Knobs) { k.NoPolicy = true }, 403, "Okta did not let you in"},
		{"consent denied", "/greet", func(k *mockokta.Knobs) { k.DenyConsent = true }, 403, "Okta did not let you in"},
		{"prompt none", loginPath + "?prompt=none", func(*mockokta.Knobs) {}, 401, "Okta needs to ask you something"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app.org.Set(func(k *mockokta.Knobs) { k.NoPolicy, k.DenyConsent = false, false; test.knob(k) })
			b := app.browser()
			r := b.signIn(test.path, ada)
			checkRefused(t, b, r, test.status, test.heading)
			if r.page(t).Find("blockquote").Text() == "" {
				t.Error("Okta's words are missing")
			}
		})
	}
}

// Whatever Okta says, and however long it is, the person sees the error itself, and
// the operator a line.
func TestOktasWordsHideNothing(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"CORS_ALLOWED_ORIGINS": "http://localhost:3000"}})
	for name, says := range map[string]string{
		"line breaks and tabs": "First line.\r\nSecond\tline.\x0b", "HTML": "<b>No</b><script>alert(1)</script>",
		"4 KB": strings.Repeat("no ", 1365), "4 KB of Japanese": strings.Repeat("許可", 683), "right to left": "\u202eدخول مرفوض",
		"NUL and others": "a\x00b\x1b[31m", "not UTF-8": "\xff\xfe\xfd", "nothing": "",
	} {
		for _, start := range []string{"/greet", loginPath + "?display=popup&origin=http://localhost:3000"} {
			b := app.browser()
			r := b.get(changed(t, b.toCallback(start, ada), func(q url.Values) {
				q.Del("code")
				q.Set("error", "access_denied")
				q.Set("error_description", says)
			}))
			if r.StatusCode != http.StatusForbidden || !strings.Contains(r.body, "Okta did not let you in") || strings.Contains(r.body, "<script>alert") {
				t.Errorf("%s at %s: status %d: %.300s", name, start, r.StatusCode, r.body)
			}
			line := app.line(r)
			if line["reason"] != "access_denied" || strings.ContainsAny(line["error"].(string), "\r\n\t\x00\x1b\u202e") || len(line["error"].(string)) > 3000 {
				t.Errorf("%s: logged %v", name, line)
			}
		}
	}
}
