package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/mockokta"
)

const stepUpHeading = "A stronger or more recent sign-in is needed"

func TestStepUpAsksOktaForWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, path string
		later      time.Duration // from sign-in to the visit
		asked      url.Values    // of Okta
	}{
		{"assurance", "/strong?tab=2", 0, url.Values{"acr_values": {strong}}},
		{"recent sign-in", "/recent?tab=2", 20 * time.Minute, url.Values{"max_age": {"600"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			app := start(t, newGuarded().setup(nil))
			b := app.browser()
			b.signIn("/login", ada)
			app.clock.add(tc.later)
			query := authorizeQuery(t, app, b.get(tc.path))
			for _, name := range []string{"acr_values", "max_age", "prompt"} {
				if got := query.Get(name); got != tc.asked.Get(name) {
					t.Errorf("%s=%q, want %q", name, got, tc.asked.Get(name))
				}
			}
			back := b.signIn(tc.path, ada)
			if back.StatusCode != http.StatusOK || back.body != closedBody || back.Request.URL.RequestURI() != tc.path {
				t.Errorf("afterwards: status %d at %s", back.StatusCode, back.Request.URL)
			}
			if again := b.get(tc.path); again.StatusCode != http.StatusOK {
				t.Errorf("the next visit: status %d", again.StatusCode)
			}
		})
	}
}

// TestStepUpOfAForm: what was posted waits until the person has authenticated, and can be
// sent then.
func TestStepUpOfAForm(t *testing.T) {
	t.Parallel()
	app := start(t, setup{routes: func(auth further) {
		form := func(c *gin.Context) { c.String(http.StatusOK, "the form") }
		auth.Handle(http.MethodGet, "/transfer", auth.RequireLogin(), form)
		auth.Handle(http.MethodPost, "/transfer/do", auth.RequireACR(strong), form)
	}})
	b := app.browser()
	b.signIn("/login", ada)
	first := b.post("/transfer/do", nil, "Referer", app.URL+"/transfer?to=9", "Origin", app.URL)
	page := b.follow(first)
	back := b.follow(b.submit(page, url.Values{"username": {ada}, "password": {passwordOf(ada)}}))
	if back.StatusCode != http.StatusOK || back.page(t).Find(`main .actions a[href="/transfer?to=9"]`).Length() != 1 {
		t.Errorf("status %d at %s, want the page that shows the form", back.StatusCode, back.Request.URL)
	}
	if r := b.sendKept(back); r.StatusCode != http.StatusOK || r.body != "the form" {
		t.Errorf("sending: status %d: %s", r.StatusCode, r.body)
	}
}

func TestUnmetStepUpExplainsAndDoesNotLoop(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, path string
		reason     string
		knobs      func(*mockokta.Knobs)
	}{
		{"Okta can't", "/strong", "unmet_authentication_requirements", func(k *mockokta.Knobs) { k.UnmetACR = true }},
		{"Okta signs in without", "/strong", "unmet_authentication_requirements", func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { delete(claims, "acr") }
		}},
		{"Okta signs in with less", "/strong", "unmet_authentication_requirements", func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { claims["acr"] = "urn:okta:loa:1fa:any" }
		}},
		{"auth_time is old", "/recent", "unmet_authentication_requirements", func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { claims["auth_time"] = claims["iat"].(int64) - 900 }
		}},
		{"auth_time is ahead", "/recent", "unmet_authentication_requirements", func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { claims["auth_time"] = claims["iat"].(int64) + 900 }
		}},
		{"auth_time is a word", "/recent", "unmet_authentication_requirements", func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { claims["auth_time"] = "just now" }
		}},
		{"auth_time is missing", "/recent", "untrusted", func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { delete(claims, "auth_time") }
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			g := newGuarded()
			app := start(t, g.setup(nil))
			b := app.browser()
			b.signIn("/login", ada)
			app.clock.add(20 * time.Minute)
			app.org.Set(tc.knobs)
			refused := b.signIn(tc.path, ada)
			if refused.StatusCode < 400 || app.line(refused)["reason"] != tc.reason {
				t.Errorf("status %d at %s, reason %v", refused.StatusCode, refused.Request.URL.Path, app.line(refused)["reason"])
			}
			page := refused.page(t)
			if heading := page.Find(".problem h1").Text(); tc.reason != "untrusted" && heading != stepUpHeading {
				t.Errorf("heading %q", heading)
			}
			again := page.Find(`.problem a[href^="`+loginPath+`"]`).First().AttrOr("href", "")
			if want := loginPath + "?return_to=" + url.QueryEscape(tc.path); again != want {
				t.Errorf("try again leads to %q, want %q", again, want)
			}
			if g.ran[tc.path].Load() != 0 {
				t.Error("the closed handler ran")
			}
			if !b.signedIn() {
				t.Error("the session from before is gone")
			}
			app.org.Set(func(k *mockokta.Knobs) { k.UnmetACR, k.TamperIDToken = false, nil })
			if back := b.signIn(tc.path, ada); back.body != closedBody {
				t.Errorf("once Okta can: status %d at %s", back.StatusCode, back.Request.URL)
			}
		})
	}
}

func TestSomeoneElseAtStepUpGetsASessionOfTheirOwn(t *testing.T) {
	t.Parallel()
	app := start(t, newGuarded().setup(nil))
	b, copied := app.browser(), app.browser()
	b.signIn("/login", ada)
	copied.takeCookies(b)
	back := b.signIn("/strong", grace)
	if back.body != closedBody {
		t.Fatalf("status %d at %s", back.StatusCode, back.Request.URL)
	}
	if got := strings.TrimSpace(b.get(profilePath).page(t).Find("#claim-email").Text()); got != grace {
		t.Errorf("the session is %q's, want %q's", got, grace)
	}
	if copied.signedIn() {
		t.Error("the session from before still works")
	}
}

func TestRulesInARowEndWithThePage(t *testing.T) {
	t.Parallel()
	app := start(t, setup{routes: func(auth further) {
		auth.Handle(http.MethodGet, "/vault", auth.RequireACR(strong), auth.RequireRecentLogin(10*time.Minute), func(c *gin.Context) {
			c.String(http.StatusOK, closedBody)
		})
	}})
	b := app.browser()
	b.signIn("/login", ada)
	b.signIn("/vault", ada)
	app.clock.add(20 * time.Minute)
	for range 3 {
		if r := b.signIn("/vault", ada); r.body == closedBody {
			return
		}
	}
	t.Error("three sign-ins have not been enough for two rules")
}

func TestStepUpWithPromptNoneStillAsksThePerson(t *testing.T) {
	t.Parallel()
	app := start(t, newGuarded().setup(map[string]string{"OKTA_PROMPT": "none"}))
	b := app.browser()
	b.signIn("/login?prompt=login", ada)
	if got := authorizeQuery(t, app, b.get("/strong")).Get("prompt"); got != "login" {
		t.Errorf("prompt=%q, want login", got)
	}
}

// TestStepUpDoesNotGoInCircles: the session that was not good enough for the page
// is no reason to go back to it when Okta refuses the code of the step-up.
func TestStepUpDoesNotGoInCircles(t *testing.T) {
	t.Parallel()
	app := start(t, newGuarded().setup(nil))
	b := app.browser()
	b.signIn("/login", ada)
	app.clock.add(20 * time.Minute)
	app.org.Set(answer("token", http.StatusBadRequest, "application/json", `{"error":"invalid_grant"}`))
	if r := b.signIn("/recent", ada); r.StatusCode != http.StatusBadRequest || r.page(t).Find("h1").Length() != 1 {
		t.Errorf("got status %d at %s, want a page that explains", r.StatusCode, r.Request.URL)
	}
}
