package answers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestOktaRefuses(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	const (
		notIn    = "Okta did not let you in"
		ask      = "Okta needs to ask you something"
		refused  = "Okta refused the sign-in"
		trouble  = "Okta has a problem"
		stronger = "A stronger or more recent sign-in is needed"
		again    = testkit.LoginPath + "?return_to=%2Fgreet"
		other    = testkit.LoginPath + "?prompt=login&return_to=%2Fgreet"
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
			b := app.Browser()
			asError := func(q url.Values) { q.Del("code"); q.Set("error", test.code); q.Set("error_description", says) }
			callback := apptest.Changed(t, b.ToCallback("/greet", testkit.Ada), asError)

			stranger := app.Browser()
			foreign := stranger.Get(callback)
			apptest.CheckRefused(t, stranger, foreign, http.StatusBadRequest, apptest.KeepsNoCookies)
			if strings.Contains(foreign.Body, "evil.example") {
				t.Error("anybody can put words on the page")
			}

			r := b.Get(callback)
			apptest.CheckRefused(t, b, r, test.status, test.heading)
			page := r.Page(t)
			if got := page.Find("blockquote").Text(); got != says {
				t.Errorf("Okta is quoted as %q", got)
			}
			if page.Find("blockquote *").Length() != 0 || page.Find("script").Length() != foreign.Page(t).Find("script").Length() {
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
			if got := app.Line(r)["reason"]; got != test.reason {
				t.Errorf("logged reason %q, want %q", got, test.reason)
			}
			if again := b.Get(callback); again.StatusCode != http.StatusBadRequest {
				t.Errorf("the same answer again: status %d", again.StatusCode)
			}
		})
	}
}

func TestPersonNotAssignedChoosesAnotherAccount(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	r := b.SignIn("/greet", testkit.Eve)
	apptest.CheckRefused(t, b, r, http.StatusForbidden, "Okta did not let you in")
	if got := r.Page(t).Find("blockquote").Text(); got != "User is not assigned to the client application." {
		t.Errorf("Okta is quoted as %q", got)
	}
	r = b.SignIn(r.Page(t).Find(".actions a.button.plain").AttrOr("href", ""), testkit.Grace)
	if r.StatusCode != http.StatusOK || r.Request.URL.Path != "/greet" || !strings.Contains(r.Page(t).Find("h1").Text(), "Grace") {
		t.Errorf("status %d at %s", r.StatusCode, r.Request.URL)
	}
}

func TestOktasOwnRefusals(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	tests := []struct {
		name, path string
		knob       func(*mockokta.Knobs)
		status     int
		heading    string
	}{
		{"no policy", "/greet", func(k *mockokta.Knobs) { k.NoPolicy = true }, 403, "Okta did not let you in"},
		{"consent denied", "/greet", func(k *mockokta.Knobs) { k.DenyConsent = true }, 403, "Okta did not let you in"},
		{"prompt none", testkit.LoginPath + "?prompt=none", func(*mockokta.Knobs) {}, 401, "Okta needs to ask you something"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app.Org.Set(func(k *mockokta.Knobs) { k.NoPolicy, k.DenyConsent = false, false; test.knob(k) })
			b := app.Browser()
			r := b.SignIn(test.path, testkit.Ada)
			apptest.CheckRefused(t, b, r, test.status, test.heading)
			if r.Page(t).Find("blockquote").Text() == "" {
				t.Error("Okta's words are missing")
			}
		})
	}
}

// Whatever Okta says, and however long it is, the person sees the error itself, and
// the operator a line.
func TestOktasWordsHideNothing(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"CORS_ALLOWED_ORIGINS": "http://localhost:3000"}})
	for name, says := range map[string]string{
		"line breaks and tabs": "First line.\r\nSecond\tline.\x0b", "HTML": "<b>No</b><script>alert(1)</script>",
		"4 KB": strings.Repeat("no ", 1365), "4 KB of Japanese": strings.Repeat("許可", 683), "right to left": "\u202eدخول مرفوض",
		"NUL and others": "a\x00b\x1b[31m", "not UTF-8": "\xff\xfe\xfd", "nothing": "",
	} {
		for _, start := range []string{"/greet", testkit.LoginPath + "?display=popup&origin=http://localhost:3000"} {
			b := app.Browser()
			r := b.Get(apptest.Changed(t, b.ToCallback(start, testkit.Ada), func(q url.Values) {
				q.Del("code")
				q.Set("error", "access_denied")
				q.Set("error_description", says)
			}))
			if r.StatusCode != http.StatusForbidden || !strings.Contains(r.Body, "Okta did not let you in") || strings.Contains(r.Body, "<script>alert") {
				t.Errorf("%s at %s: status %d: %.300s", name, start, r.StatusCode, r.Body)
			}
			line := app.Line(r)
			if line["reason"] != "access_denied" || strings.ContainsAny(line["error"].(string), "\r\n\t\x00\x1b\u202e") || len(line["error"].(string)) > 3000 {
				t.Errorf("%s: logged %v", name, line)
			}
		}
	}
}
