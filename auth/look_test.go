package auth_test

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// lookFunc is a Look.
type lookFunc func(c *gin.Context, status int, page auth.Page) error

func (f lookFunc) Show(c *gin.Context, status int, page auth.Page) error { return f(c, status, page) }

// shown writes down what a look is given: the type and the fields.
func shown(c *gin.Context, status int, page auth.Page) error {
	c.Header("Content-Security-Policy", "default-src 'self'")
	c.String(status, "%s", fmt.Sprintf("%T %+v", page, page))
	return nil
}

// everyPage goes to each page of sign-in in turn.
func everyPage(h *host) map[string]testkit.Reply {
	b := h.browser()
	pages := map[string]testkit.Reply{
		"error":               b.Get(testkit.CallbackPath + "?state=x&code=y"),
		"nothing to sign out": b.Get(testkit.LogoutPath),
		"signed out":          b.Get(testkit.SignedOutPath),
		"form after the end":  b.Post("/form", url.Values{"a": {"1"}}),
		"resubmit":            b.Post(testkit.CallbackPath, url.Values{"state": {"x"}, "code": {"y"}}),
	}
	b.Visit(testkit.LoginPath+"?return_to_lost=1", testkit.Ada)
	pages["arrived"] = b.Get(testkit.LoginPath + "?return_to_lost=1")
	pages["confirm"] = b.Get(testkit.LogoutPath)
	pages["onward"] = b.Post(testkit.LogoutPath, nil)
	popup := h.browser()
	pages["pop-up"], _ = popup.Visit(testkit.LoginPath+"?display=popup&origin=https%3A%2F%2Fspa.example", testkit.Ada)
	return pages
}

func lookHost(t *testing.T, look auth.Look) *host {
	return start(t, setup{
		env:     map[string]string{"CORS_ALLOWED_ORIGINS": "https://spa.example"},
		options: func(o *auth.Options) { o.Look = look },
		app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
			r.SetHTMLTemplate(template.Must(template.New("half.html").Parse(`<p>{{.Missing.Field}}`)))
			mount(t, okta, r)
			r.GET("/", say(okta, "front"))
			r.POST("/form", okta.RequireLogin(), say(okta, "form"))
			r.GET("/gone", okta.Handle(func(*gin.Context) error { return auth.NotFound() }))
			return nil
		},
	})
}

// TestOwnLook holds that each page of sign-in is shown in the host's look, with what it
// is about, and with the host's own policy.
func TestOwnLook(t *testing.T) {
	t.Parallel()
	pages := everyPage(lookHost(t, lookFunc(shown)))
	for name, want := range map[string][]string{
		"error":               {"pages.Error", "Status:400", "Reason:no_cookies", "RequestID:"},
		"nothing to sign out": {"pages.ConfirmSignOut", "Person:<nil>", "Action:" + testkit.LogoutPath},
		"signed out":          {"pages.SignedOut", "Ended:false", "SignIn:" + testkit.LoginPath},
		"form after the end":  {"pages.Onward", "SigningIn:true", "URL:" + testkit.LoginPath},
		"resubmit":            {"pages.Resubmit", "Action:" + testkit.CallbackPath, "{Name:code Value:y}"},
		"arrived":             {"pages.Arrived", "Continue:/"},
		"confirm":             {"pages.ConfirmSignOut", "Person:0x"},
		"onward":              {"pages.Onward", "SigningIn:false", "URL:" + testkit.LogoutPath + "?state="},
		"pop-up":              {"pages.PopupDone", "Origin:https://spa.example", "Result:success"},
	} {
		for _, part := range want {
			if !strings.Contains(pages[name].Body, part) {
				t.Errorf("%s lacks %q: %s", name, part, pages[name].Body)
			}
		}
		if got := pages[name].Header.Get("Content-Security-Policy"); got != "default-src 'self'" {
			t.Errorf("%s: the policy is %q", name, got)
		}
		if got := pages[name].Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control is %q", name, got)
		}
	}
}

// TestLookThatFails holds that the default look answers where the host's can't, with
// the status that was meant and with its own headers.
func TestLookThatFails(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		look   lookFunc
		logged string // what the operator learns
	}{
		"leaves them all":      {func(*gin.Context, int, auth.Page) error { return auth.ErrDefaultLook }, ""},
		"leaves them, wrapped": {func(*gin.Context, int, auth.Page) error { return fmt.Errorf("acme: %w", auth.ErrDefaultLook) }, ""},
		"returns an error":     {func(*gin.Context, int, auth.Page) error { return errors.New("no such template") }, "no such template"},
		"sets headers, then fails": {func(c *gin.Context, _ int, _ auth.Page) error {
			c.Header("Content-Type", "text/weird")
			c.Header("Content-Security-Policy", "x")
			c.Status(201)
			return errors.New("late")
		}, "late"},
		"panics":                   {func(*gin.Context, int, auth.Page) error { panic("no session of the host's") }, "no session of the host's"},
		"c.HTML, no such template": {func(c *gin.Context, status int, p auth.Page) error { c.HTML(status, "missing.html", p); return nil }, "missing.html"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := lookHost(t, tt.look)
			for name, r := range everyPage(h) {
				if !strings.HasPrefix(r.Body, "<!doctype html>") || !strings.Contains(r.Header.Get("Content-Security-Policy"), "default-src 'none'") ||
					r.Header.Get("Content-Type") != "text/html; charset=utf-8" || r.StatusCode == 201 {
					t.Errorf("%s: %d %v\n%.200s", name, r.StatusCode, r.Header, r.Body)
				}
			}
			if got := strings.Contains(h.logs.String(), "look failed"); got != (tt.logged != "") || !strings.Contains(h.logs.String(), tt.logged) {
				t.Errorf("logged:\n%s", h.logs)
			}
		})
	}
}

// TestDefaultPages holds what a browser needs of each page in the default look: a
// policy, nothing inline, whole HTML, files that are there, and a way on without
// scripts.
func TestDefaultPages(t *testing.T) {
	t.Parallel()
	h := lookHost(t, nil)
	b := h.browser()
	for name, r := range everyPage(h) {
		p := r.Page(t)
		if csp := r.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s: the policy is %q", name, csp)
		}
		if r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Referrer-Policy") == "" || r.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: headers %v", name, r.Header)
		}
		if coop := r.Header.Get("Cross-Origin-Opener-Policy"); (coop == "same-origin") == (name == "pop-up" || name == "resubmit") {
			t.Errorf("%s: Cross-Origin-Opener-Policy is %q", name, coop)
		}
		if got := p.Find("script:not([src]), style, [style], [onclick], [onload], [onsubmit]").Length(); got != 0 {
			t.Errorf("%s has %d pieces of inline script or style", name, got)
		}
		if p.Find("html[lang]").Length() != 1 || p.Find("title").Text() == "" || p.Find("h1").Length() != 1 || p.Find("main").Length() != 1 || p.Find(`meta[name="viewport"]`).Length() != 1 {
			t.Errorf("%s lacks language, title, heading, main or viewport", name)
		}
		for _, file := range []string{"script[src]", "link[rel=stylesheet]"} {
			src := p.Find(file).AttrOr("src", p.Find(file).AttrOr("href", ""))
			if src == "" {
				continue
			}
			got := b.Get(src)
			if got.StatusCode != http.StatusOK || !strings.Contains(got.Header.Get("Cache-Control"), "immutable") || got.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: %s: %d %v", name, src, got.StatusCode, got.Header)
			}
		}
		if name != "pop-up" && p.Find("main a[href], main form button").Length() == 0 {
			t.Errorf("%s is a dead end without scripts", name)
		}
	}
	if r := b.Get("/authorization-code/assets/sign-in.css"); r.StatusCode != http.StatusNotFound {
		t.Errorf("a file without its hash: %d", r.StatusCode)
	}
	if r := b.Get("/gone"); r.StatusCode != http.StatusNotFound || !strings.Contains(r.Body, "There is no such page") {
		t.Errorf("the host's own error: %d", r.StatusCode)
	}
}

// TestOnwardGoesWhereItShould holds that a form posted without a session leads, by
// itself and by its link, back to the page that the form was on, whatever its address.
func TestOnwardGoesWhereItShould(t *testing.T) {
	t.Parallel()
	h := start(t, setup{options: func(o *auth.Options) { o.DropForms = true }, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.POST("/form", okta.RequireLogin(), say(okta, "form"))
		return nil
	}})
	for _, page := range []string{
		"/form", "/form?a=1&b=2", "/form?q='%22%3E%3Cscript%3E", "/form;url=https://evil.example", "/form?x=%0d%0aevil", "/form?q=%E2%82%AC%20%25", "/form?;url=//evil.example",
	} {
		r := h.browser().Post("/form", url.Values{}, "Referer", h.URL+page)
		onward := r.Onward(t)
		if r.StatusCode != http.StatusUnauthorized || onward == "" || onward != r.Page(t).Find("a#go-on").AttrOr("href", "") {
			t.Errorf("%s: %d, leads to %q and %q", page, r.StatusCode, onward, r.Page(t).Find("a#go-on").AttrOr("href", ""))
		}
		u, err := url.Parse(onward)
		if err != nil || u.Host != "" || u.Path != testkit.LoginPath {
			t.Fatalf("%s leads to %q", page, onward)
		}
		if got := u.Query().Get("return_to"); got != page {
			t.Errorf("%s comes back to %s", page, got)
		}
	}
}

// TestProblemsOfTheHosts holds what becomes of errors that a host hands to Fail.
func TestProblemsOfTheHosts(t *testing.T) {
	t.Parallel()
	banned := &auth.Problem{Status: http.StatusTeapot, Heading: "Tea <only>", Detail: "No coffee & no milk.", Reason: "tea"}
	for _, tt := range []struct {
		name   string
		err    error
		status int
		want   string
		not    string
	}{
		{"a problem", banned, http.StatusTeapot, "Tea <only>", "\x00"},
		{"a wrapped problem", fmt.Errorf("brew: %w", banned), http.StatusTeapot, "No coffee & no milk.", "brew"},
		{"any error", errors.New("dial 10.0.0.7"), http.StatusInternalServerError, "Something went wrong", "10.0.0.7"},
		{"a problem without a status", &auth.Problem{Heading: "Odd"}, http.StatusInternalServerError, "Odd", "\x00"},
		{"a problem that says all is well", &auth.Problem{Status: 200, Heading: "Odd"}, http.StatusInternalServerError, "Odd", "\x00"},
		{"time is over", context.DeadlineExceeded, http.StatusInternalServerError, "Something went wrong", "deadline"},
		{"wrong method", auth.WrongMethod("PUT"), http.StatusMethodNotAllowed, "PUT", "\x00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				mount(t, okta, r)
				r.GET("/", okta.Handle(func(*gin.Context) error { return tt.err }), func(*gin.Context) { t.Error("the chain went on") })
				return nil
			}})
			r := h.browser().Get("/")
			if text := r.Page(t).Text(); r.StatusCode != tt.status || !strings.Contains(text, tt.want) || strings.Contains(text, tt.not) {
				t.Errorf("page: %d\n%s", r.StatusCode, r.Body)
			}
			id := r.Header.Get("X-Request-Id")
			if got := strings.Count(h.logs.String(), id); id == "" || got != 1 || !strings.Contains(r.Body, id) {
				t.Errorf("request id %q, logged %d times:\n%s", id, got, h.logs)
			}
			if r := h.browser().Get("/", "Accept", "application/json"); r.StatusCode != tt.status || r.Header.Get("Content-Type") != "application/problem+json" || strings.Contains(r.Body, tt.not) {
				t.Errorf("JSON: %d %s\n%s", r.StatusCode, r.Header.Get("Content-Type"), r.Body)
			}
		})
	}
}
