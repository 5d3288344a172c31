package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

var limits = map[string]string{"SESSION_IDLE_TIMEOUT": "30m", "SESSION_MAX_AGE": "4h"}

func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: limits})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	for range 5 { // each use counts anew
		app.Clock.Add(29 * time.Minute)
		if !b.SignedIn() {
			t.Fatal("signed out before the idle timeout")
		}
	}
	app.Clock.Add(30 * time.Minute)
	if b.SignedIn() {
		t.Error("signed in after the idle timeout")
	}
}

func TestMaxAge(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"without renewal": limits,
		"with renewal":    {"SESSION_IDLE_TIMEOUT": "30m", "SESSION_MAX_AGE": "4h", "OKTA_SCOPES": "openid offline_access"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.Start(t, apptest.Setup{Env: env})
			b := app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			for range 11 {
				app.Clock.Add(21 * time.Minute)
				if r := b.Get("/api/me"); r.StatusCode != http.StatusOK {
					t.Fatalf("status %d before the absolute limit", r.StatusCode)
				}
			}
			app.Clock.Add(9 * time.Minute)
			if r := b.Get("/api/me"); r.StatusCode != http.StatusUnauthorized {
				t.Errorf("status %d after the absolute limit", r.StatusCode)
			}
		})
	}
}

func TestCookieIsRewrittenAfterATenthOfTheIdleTime(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: limits})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	rewritten := 0
	for range 60 { // half an hour, a page a minute
		app.Clock.Add(30 * time.Second)
		if len(b.Get(apptest.ProfilePath).Cookies()) > 0 {
			rewritten++
		}
	}
	if rewritten < 8 || rewritten > 10 {
		t.Errorf("the cookie was set %d times in half an hour, want once in 3 minutes", rewritten)
	}
}

func TestProfileShowsBothLimits(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: limits})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Clock.Add(2 * time.Minute)
	page := b.Get(apptest.ProfilePath).Page(t)
	for label, want := range map[string]struct{ left, of time.Duration }{
		"idle":    {28 * time.Minute, 30 * time.Minute}, // used, but not a tenth of it: the cookie is as it was
		"at-most": {4*time.Hour - 2*time.Minute, 4 * time.Hour},
	} {
		meter := page.Find(`.limits meter[aria-labelledby="` + label + `"]`)
		if got := seconds(t, meter, "value"); (got - want.left).Abs() > 20*time.Second {
			t.Errorf("%s: %v left, want %v", label, got, want.left)
		}
		if got := seconds(t, meter, "max"); (got - want.of).Abs() > time.Second {
			t.Errorf("%s: of %v, want %v", label, got, want.of)
		}
	}
}

func seconds(t *testing.T, s *goquery.Selection, attribute string) time.Duration {
	t.Helper()
	n, err := strconv.ParseFloat(s.AttrOr(attribute, ""), 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n * float64(time.Second))
}

// withForm adds a page with a form.
func withForm(auth further) {
	auth.Handle(http.MethodGet, "/order", auth.RequireLogin(), func(c *gin.Context) { c.String(http.StatusOK, "the form") })
	auth.Handle(http.MethodPost, "/order/send", auth.RequireLogin(), func(c *gin.Context) { c.String(http.StatusOK, "ordered") })
}

// TestPageBeforeTheEndSignsInFirst: whoever opens a form shortly before the
// absolute limit has a whole session to fill it in.
func TestPageBeforeTheEndSignsInFirst(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SESSION_IDLE_TIMEOUT": "4h", "SESSION_MAX_AGE": "4h"}, Front: beside(withForm)})
	b := app.Browser()
	b.SignIn("/order", testkit.Ada)
	app.Clock.Add(4*time.Hour - 4*time.Minute)
	if r := b.Post("/order/send", nil); r.StatusCode != http.StatusOK || r.Body != "ordered" {
		t.Errorf("a form on its way: status %d", r.StatusCode)
	}
	if r := b.Get("/order", "Accept", "application/json"); r.StatusCode != http.StatusOK {
		t.Errorf("a program: status %d", r.StatusCode)
	}
	if page := b.SignIn("/order", testkit.Ada); page.Body != "the form" || page.Request.URL.Path != "/order" {
		t.Fatalf("came to %s: %s", page.Request.URL, page.Body)
	}
	if n := app.Org.Count("token"); n != 2 {
		t.Errorf("%d sign-ins, want 2", n)
	}
	app.Clock.Add(time.Hour)
	if r := b.Post("/order/send", nil); r.StatusCode != http.StatusOK || r.Body != "ordered" {
		t.Errorf("the form, an hour later: status %d", r.StatusCode)
	}
}

// TestFormAfterTheEndIsKept: what was typed can be sent on after signing in, in this app's
// look, and who does not want that goes back to the page that the form was on.
func TestFormAfterTheEndIsKept(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: limits, Front: beside(withForm)})
	for name, c := range map[string]struct{ referer, want string }{
		"from our page":    {app.URL + "/order?item=7", "/order?item=7"},
		"from nowhere":     {"", "/"},
		"from elsewhere":   {"https://evil.example/order", "/"},
		"from a lookalike": {app.URL + ".evil.example/order", "/"},
	} {
		t.Run(name, func(t *testing.T) {
			b := app.Browser()
			b.SignIn("/order", testkit.Ada)
			app.Clock.Add(time.Hour)
			r := b.Post("/order/send", url.Values{"item": {"7"}}, "Referer", c.referer)
			if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" {
				t.Fatalf("status %d", r.StatusCode)
			}
			page := b.SignIn(r.Onward(t), testkit.Ada)
			p := page.Page(t)
			if page.Request.URL.Path != "/authorization-code/form" || page.StatusCode != http.StatusOK || p.Find("header.site").Length() != 1 || !strings.Contains(p.Find("main dl").Text(), "item") {
				t.Fatalf("came to %s with status %d: %s", page.Request.URL, page.StatusCode, page.Body)
			}
			if got := p.Find("main .actions a").AttrOr("href", ""); got != c.want {
				t.Errorf("the way back leads to %s, want %s", got, c.want)
			}
			if r := sendKept(b, page); r.Body != "ordered" {
				t.Errorf("sending: %d %s", r.StatusCode, r.Body)
			}
		})
	}
}

// sendKept clicks on the button of the page that shows a form.
func sendKept(b *apptest.Browser, r testkit.Reply) testkit.Reply {
	b.T.Helper()
	form := r.Page(b.T).Find("form#kept-form")
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	return b.Post(form.AttrOr("action", ""), fields)
}
