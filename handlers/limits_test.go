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
)

var limits = map[string]string{"SESSION_IDLE_TIMEOUT": "30m", "SESSION_MAX_AGE": "4h"}

func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: limits})
	b := app.browser()
	b.signIn(profilePath, ada)
	for range 5 { // each use counts anew
		app.clock.add(29 * time.Minute)
		if !b.signedIn() {
			t.Fatal("signed out before the idle timeout")
		}
	}
	app.clock.add(30 * time.Minute)
	if b.signedIn() {
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
			app := start(t, setup{env: env})
			b := app.browser()
			b.signIn(profilePath, ada)
			for range 11 {
				app.clock.add(21 * time.Minute)
				if r := b.get("/api/me"); r.StatusCode != http.StatusOK {
					t.Fatalf("status %d before the absolute limit", r.StatusCode)
				}
			}
			app.clock.add(9 * time.Minute)
			if r := b.get("/api/me"); r.StatusCode != http.StatusUnauthorized {
				t.Errorf("status %d after the absolute limit", r.StatusCode)
			}
		})
	}
}

func TestCookieIsRewrittenAfterATenthOfTheIdleTime(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: limits})
	b := app.browser()
	b.signIn(profilePath, ada)
	rewritten := 0
	for range 60 { // half an hour, a page a minute
		app.clock.add(30 * time.Second)
		if len(b.get(profilePath).Cookies()) > 0 {
			rewritten++
		}
	}
	if rewritten < 8 || rewritten > 10 {
		t.Errorf("the cookie was set %d times in half an hour, want once in 3 minutes", rewritten)
	}
}

func TestProfileShowsBothLimits(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: limits})
	b := app.browser()
	b.signIn(profilePath, ada)
	app.clock.add(2 * time.Minute)
	page := b.get(profilePath).page(t)
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
	app := start(t, setup{env: map[string]string{"SESSION_IDLE_TIMEOUT": "4h", "SESSION_MAX_AGE": "4h"}, routes: withForm})
	b := app.browser()
	b.signIn("/order", ada)
	app.clock.add(4*time.Hour - 4*time.Minute)
	if r := b.post("/order/send", nil); r.StatusCode != http.StatusOK || r.body != "ordered" {
		t.Errorf("a form on its way: status %d", r.StatusCode)
	}
	if r := b.get("/order", "Accept", "application/json"); r.StatusCode != http.StatusOK {
		t.Errorf("a program: status %d", r.StatusCode)
	}
	if page := b.signIn("/order", ada); page.body != "the form" || page.Request.URL.Path != "/order" {
		t.Fatalf("came to %s: %s", page.Request.URL, page.body)
	}
	if n := app.org.Count("token"); n != 2 {
		t.Errorf("%d sign-ins, want 2", n)
	}
	app.clock.add(time.Hour)
	if r := b.post("/order/send", nil); r.StatusCode != http.StatusOK || r.body != "ordered" {
		t.Errorf("the form, an hour later: status %d", r.StatusCode)
	}
}

// TestFormAfterTheEndIsKept: what was typed can be sent on after signing in, in this app's
// look, and who does not want that goes back to the page that the form was on.
func TestFormAfterTheEndIsKept(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: limits, routes: withForm})
	for name, c := range map[string]struct{ referer, want string }{
		"from our page":    {app.URL + "/order?item=7", "/order?item=7"},
		"from nowhere":     {"", "/"},
		"from elsewhere":   {"https://evil.example/order", "/"},
		"from a lookalike": {app.URL + ".evil.example/order", "/"},
	} {
		t.Run(name, func(t *testing.T) {
			b := app.browser()
			b.signIn("/order", ada)
			app.clock.add(time.Hour)
			r := b.post("/order/send", url.Values{"item": {"7"}}, "Referer", c.referer)
			if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" {
				t.Fatalf("status %d", r.StatusCode)
			}
			page := b.signIn(r.onward(t), ada)
			p := page.page(t)
			if page.Request.URL.Path != "/authorization-code/form" || page.StatusCode != http.StatusOK || p.Find("header.site").Length() != 1 || !strings.Contains(p.Find("main dl").Text(), "item") {
				t.Fatalf("came to %s with status %d: %s", page.Request.URL, page.StatusCode, page.body)
			}
			if got := p.Find("main .actions a").AttrOr("href", ""); got != c.want {
				t.Errorf("the way back leads to %s, want %s", got, c.want)
			}
			if r := b.sendKept(page); r.body != "ordered" {
				t.Errorf("sending: %d %s", r.StatusCode, r.body)
			}
		})
	}
}

// sendKept clicks on the button of the page that shows a form.
func (b *browser) sendKept(r reply) reply {
	b.t.Helper()
	form := r.page(b.t).Find("form#kept-form")
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	return b.post(form.AttrOr("action", ""), fields)
}
