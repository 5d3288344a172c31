package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
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
			app := apptest.Start(t, newGuarded().setup(nil))
			b := app.Browser()
			b.SignIn("/login", testkit.Ada)
			app.Clock.Add(tc.later)
			query := apptest.AuthorizeQuery(t, app, b.Get(tc.path))
			for _, name := range []string{"acr_values", "max_age", "prompt"} {
				if got := query.Get(name); got != tc.asked.Get(name) {
					t.Errorf("%s=%q, want %q", name, got, tc.asked.Get(name))
				}
			}
			back := b.SignIn(tc.path, testkit.Ada)
			if back.StatusCode != http.StatusOK || back.Body != closedBody || back.Request.URL.RequestURI() != tc.path {
				t.Errorf("afterwards: status %d at %s", back.StatusCode, back.Request.URL)
			}
			if again := b.Get(tc.path); again.StatusCode != http.StatusOK {
				t.Errorf("the next visit: status %d", again.StatusCode)
			}
		})
	}
}

// TestStepUpOfAForm: what was posted waits until the person has authenticated, and can be
// sent then.
func TestStepUpOfAForm(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Front: beside(func(auth further) {
		form := func(c *gin.Context) { c.String(http.StatusOK, "the form") }
		auth.Handle(http.MethodGet, "/transfer", auth.RequireLogin(), form)
		auth.Handle(http.MethodPost, "/transfer/do", auth.RequireACR(strong), form)
	})})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	first := b.Post("/transfer/do", nil, "Referer", app.URL+"/transfer?to=9", "Origin", app.URL)
	page := b.Follow(first)
	back := b.Follow(b.Submit(page, url.Values{"username": {testkit.Ada}, "password": {testkit.PasswordOf(testkit.Ada)}}))
	if back.StatusCode != http.StatusOK || back.Page(t).Find(`main .actions a[href="/transfer?to=9"]`).Length() != 1 {
		t.Errorf("status %d at %s, want the page that shows the form", back.StatusCode, back.Request.URL)
	}
	if r := sendKept(b, back); r.StatusCode != http.StatusOK || r.Body != "the form" {
		t.Errorf("sending: status %d: %s", r.StatusCode, r.Body)
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
			app := apptest.Start(t, g.setup(nil))
			b := app.Browser()
			b.SignIn("/login", testkit.Ada)
			app.Clock.Add(20 * time.Minute)
			app.Org.Set(tc.knobs)
			refused := b.SignIn(tc.path, testkit.Ada)
			if refused.StatusCode < 400 || app.Line(refused)["reason"] != tc.reason {
				t.Errorf("status %d at %s, reason %v", refused.StatusCode, refused.Request.URL.Path, app.Line(refused)["reason"])
			}
			page := refused.Page(t)
			if heading := page.Find(".problem h1").Text(); tc.reason != "untrusted" && heading != stepUpHeading {
				t.Errorf("heading %q", heading)
			}
			again := page.Find(`.problem a[href^="`+testkit.LoginPath+`"]`).First().AttrOr("href", "")
			if want := testkit.LoginPath + "?return_to=" + url.QueryEscape(tc.path); again != want {
				t.Errorf("try again leads to %q, want %q", again, want)
			}
			if g.ran[tc.path].Load() != 0 {
				t.Error("the closed handler ran")
			}
			if !b.SignedIn() {
				t.Error("the session from before is gone")
			}
			app.Org.Set(func(k *mockokta.Knobs) { k.UnmetACR, k.TamperIDToken = false, nil })
			if back := b.SignIn(tc.path, testkit.Ada); back.Body != closedBody {
				t.Errorf("once Okta can: status %d at %s", back.StatusCode, back.Request.URL)
			}
		})
	}
}

func TestSomeoneElseAtStepUpGetsASessionOfTheirOwn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, newGuarded().setup(nil))
	b, copied := app.Browser(), app.Browser()
	b.SignIn("/login", testkit.Ada)
	copied.TakeAttempts(b)
	back := b.SignIn("/strong", testkit.Grace)
	if back.Body != closedBody {
		t.Fatalf("status %d at %s", back.StatusCode, back.Request.URL)
	}
	if got := strings.TrimSpace(b.Get(apptest.ProfilePath).Page(t).Find("#claim-email").Text()); got != testkit.Grace {
		t.Errorf("the session is %q's, want %q's", got, testkit.Grace)
	}
	if copied.SignedIn() {
		t.Error("the session from before still works")
	}
}

func TestRulesInARowEndWithThePage(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Front: beside(func(auth further) {
		auth.Handle(http.MethodGet, "/vault", auth.RequireACR(strong), auth.RequireRecentLogin(10*time.Minute), func(c *gin.Context) {
			c.String(http.StatusOK, closedBody)
		})
	})})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	b.SignIn("/vault", testkit.Ada)
	app.Clock.Add(20 * time.Minute)
	for range 3 {
		if r := b.SignIn("/vault", testkit.Ada); r.Body == closedBody {
			return
		}
	}
	t.Error("three sign-ins have not been enough for two rules")
}

func TestStepUpWithPromptNoneStillAsksThePerson(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, newGuarded().setup(map[string]string{"OKTA_PROMPT": "none"}))
	b := app.Browser()
	b.SignIn("/login?prompt=login", testkit.Ada)
	if got := apptest.AuthorizeQuery(t, app, b.Get("/strong")).Get("prompt"); got != "login" {
		t.Errorf("prompt=%q, want login", got)
	}
}

// TestStepUpDoesNotGoInCircles: the session that was not good enough for the page
// is no reason to go back to it when Okta refuses the code of the step-up.
func TestStepUpDoesNotGoInCircles(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, newGuarded().setup(nil))
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	app.Clock.Add(20 * time.Minute)
	app.Org.Set(apptest.Answer("token", http.StatusBadRequest, "application/json", `{"error":"invalid_grant"}`))
	if r := b.SignIn("/recent", testkit.Ada); r.StatusCode != http.StatusBadRequest || r.Page(t).Find("h1").Length() != 1 {
		t.Errorf("got status %d at %s, want a page that explains", r.StatusCode, r.Request.URL)
	}
}
