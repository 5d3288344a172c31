package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// The cookie outlives the attempt, so that it can say where to go; and a
// step-up asks for the same thing again.
func TestExpiredStepUpAsksTheSame(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Front: beside(func(auth further) {
		ok := func(c *gin.Context) { c.String(http.StatusOK, "inside") }
		auth.Handle(http.MethodGet, "/recent", auth.RequireRecentLogin(0), ok)
		auth.Handle(http.MethodGet, "/strong", auth.RequireACR("phr"), ok)
	})})
	for path, want := range map[string][2]string{"/recent": {"max_age", "0"}, "/strong": {"acr_values", "phr"}} {
		b := app.Browser()
		b.SignIn("/greet", testkit.Ada)
		app.Clock.Add(5 * time.Minute)
		r := b.Get(path)
		if got := apptest.AuthorizeQuery(t, app, r).Get(want[0]); got != want[1] {
			t.Errorf("%s: %s is %q, want %q", path, want[0], got, want[1])
		}
		for _, c := range r.Cookies() {
			if strings.HasPrefix(c.Name, "okta_session_attempt_") && c.MaxAge != 3600 {
				t.Errorf("the attempt's cookie is kept for %d s", c.MaxAge)
			}
		}
		callback := b.ToCallback(r.Location(), testkit.Ada)
		b.Forget("okta_session")
		app.Clock.Add(10 * time.Minute)
		before, q := apptest.AuthorizeQuery(t, app, r), apptest.AuthorizeQuery(t, app, b.Get(callback))
		before.Del("ui_locales") // of the session that has gone
		if got := q.Get(want[0]); got != want[1] || len(q) != len(before) {
			t.Errorf("%s again: %v, want %s=%s", path, q, want[0], want[1])
		}
	}
}

// What a step-up asked for must be in the ID token that answers it.
func TestIDTokenAnswersTheStepUp(t *testing.T) {
	t.Parallel()
	const second = "urn:okta:loa:2fa:any"
	site := apptest.Start(t, apptest.Setup{Front: beside(func(auth further) {
		ok := func(c *gin.Context) { c.String(http.StatusOK, "inside") }
		auth.Handle(http.MethodGet, "/strong", auth.RequireACR(second), ok)
		auth.Handle(http.MethodGet, "/recent", auth.RequireRecentLogin(5*time.Minute), ok)
	})})
	stronger := "A stronger or more recent sign-in is needed"
	tests := []struct {
		name, page string
		tamper     func(a *apptest.App, header, claims apptest.Object)
		status     int
		heading    string
	}{
		{"acr as asked", "/strong", apptest.Claim("acr", second), 200, ""},
		{"a stronger acr", "/strong", apptest.Claim("acr", "phr"), 200, ""},
		{"no acr", "/strong", apptest.Without("acr"), 403, stronger},
		{"a weaker acr", "/strong", apptest.Claim("acr", "urn:okta:loa:1fa:any"), 403, stronger},
		{"an acr that Okta doesn't have", "/strong", apptest.Claim("acr", "best"), 403, stronger},
		{"acr of another type", "/strong", apptest.Claim("acr", []string{second}), 403, stronger},
		{"auth_time as asked", "/recent", apptest.In(-6*time.Minute, "auth_time"), 200, ""},
		{"too long ago", "/recent", apptest.In(-7*time.Minute-5*time.Second, "auth_time"), 403, stronger},
		{"no auth_time", "/recent", apptest.Without("auth_time"), 401, apptest.Unverified},
		{"auth_time of another type", "/recent", apptest.Claim("auth_time", "now"), 403, stronger},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			apptest.TokenTest{}.Apply(site)
			b := site.Browser()
			if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
				t.Fatalf("first sign-in: status %d", r.StatusCode)
			}
			site.Clock.Add(10 * time.Minute) // so that /recent asks again
			apptest.TokenTest{Tamper: test.tamper}.Apply(site)
			r := b.SignIn(test.page, testkit.Ada)
			if r.StatusCode != test.status || r.Page(t).Find(".problem h1").Text() != test.heading {
				t.Errorf("status %d: %s", r.StatusCode, r.Body)
			}
			if again := b.Get(test.page); (again.StatusCode == http.StatusOK) != (test.status == http.StatusOK) {
				t.Errorf("then the page answers with status %d", again.StatusCode)
			}
		})
	}
}

func TestWidgetStepsUp(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget, Front: beside(func(auth further) {
		auth.Handle(http.MethodGet, "/strong", auth.RequireACR(strong), func(c *gin.Context) { c.String(http.StatusOK, "inside") })
		auth.Handle(http.MethodGet, "/recent", auth.RequireRecentLogin(0), func(c *gin.Context) { c.String(http.StatusOK, "inside") })
	})})
	b := app.Browser()
	b.Get(b.Interact(b.Widget(b.Get(apptest.CustomPath)), testkit.Ada))
	if !b.SignedIn() {
		t.Fatal("nobody is signed in")
	}
	if got := app.Okta().LoginURL("/greet"); got != apptest.CustomPath+"?return_to=%2Fgreet" {
		t.Errorf("LoginURL is %q", got)
	}
	for path, option := range map[string]string{"/strong": "acrValues=" + strong, "/recent": "maxAge=0"} {
		app.Clock.Add(3 * time.Minute)
		r := b.Follow(b.Get(path))
		w := b.Widget(r)
		name, want, _ := strings.Cut(option, "=")
		if got := w.Widget.AuthParams[name]; got != want {
			t.Errorf("%s: %s is %v", path, name, got)
		}
		hosted := r.Page(t).Find("#hosted-sign-in").AttrOr("href", "")
		if q := apptest.AuthorizeQuery(t, app, b.Get(hosted)); q.Get("acr_values")+q.Get("max_age") != want {
			t.Errorf("%s: the hosted page is asked %v", path, q)
		}
		if r := b.Follow(b.Get(b.Interact(w, testkit.Ada))); r.Body != "inside" {
			t.Errorf("%s: status %d at %s", path, r.StatusCode, r.Request.URL)
		}
	}
}
