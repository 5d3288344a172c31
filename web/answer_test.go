package web_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/web"
)

func TestFail(t *testing.T) {
	t.Parallel()
	full := &web.Problem{
		Status: http.StatusForbidden, Heading: "No", Detail: "Not you.", Reason: "not_you", Cause: errors.New("secret cause"),
		Needs: []string{"Admins"}, Challenge: "Bearer", RetryAfter: 1500 * time.Millisecond,
	}
	for _, tt := range []struct {
		name    string
		err     error
		status  int
		heading string
		level   string
	}{
		{"a problem", full, http.StatusForbidden, "No", "WARN"},
		{"a wrapped problem", fmt.Errorf("outer: %w", full), http.StatusForbidden, "No", "WARN"},
		{"an error that is explained", fmt.Errorf("outer: %w", errKnown), http.StatusServiceUnavailable, "Known", "ERROR"},
		{"any other", errors.New("secret cause"), http.StatusInternalServerError, "Something went wrong here", "ERROR"},
		{"a bad request", web.BadRequest("id must be a number."), http.StatusBadRequest, "That request can't be understood", "WARN"},
		{"no status", &web.Problem{Heading: "Odd"}, http.StatusInternalServerError, "Odd", "ERROR"},
		{"a status that is none", &web.Problem{Status: 9000, Heading: "Odd"}, http.StatusInternalServerError, "Odd", "ERROR"},
		{"a status of no failure", &web.Problem{Status: http.StatusFound, Heading: "Odd"}, http.StatusInternalServerError, "Odd", "ERROR"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, nil)
			a.GET("/x/:id", a.answers.Handle(func(c *gin.Context) error {
				c.Header("Content-Type", "text/csv")
				c.Header("Content-Disposition", "attachment")
				c.Header("Content-Length", "5")
				c.Header("Cache-Control", "public")
				return tt.err
			}), func(*gin.Context) { t.Error("the chain went on") })

			w := a.ask("GET", "/x/7?code=secret-code")
			if w.Code != tt.status || w.Body.String() != "PAGE "+tt.heading || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("page: %d %v %q", w.Code, w.Header(), w.Body)
			}
			if w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Content-Disposition") != "" {
				t.Errorf("headers of the answer that failed are left: %v", w.Header())
			}
			id := w.Header().Get("X-Request-Id")
			lines := a.logs.lines(t)
			if len(lines) != 1 || lines[0]["request_id"] != id || id == "" || lines[0]["route"] != "/x/:id" || lines[0]["level"] != tt.level {
				t.Errorf("request %q was logged as %v", id, lines)
			}
			if all := fmt.Sprint(lines); strings.Contains(all, "secret-code") || strings.Contains(tt.err.Error(), "cause") && !strings.Contains(all, "cause") {
				t.Errorf("logged %s", all)
			}

			if tt.status == http.StatusBadRequest && !strings.Contains(fmt.Sprint(lines), "id must be a number") {
				t.Errorf("the log does not say what of it is bad: %v", lines)
			}

			w = a.ask("GET", "/x/7", "Accept", "application/json")
			var body map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			if w.Code != tt.status || w.Header().Get("Content-Type") != "application/problem+json" || body["title"] != tt.heading ||
				body["status"] != float64(tt.status) || body["type"] != "about:blank" || body["request_id"] != w.Header().Get("X-Request-Id") {
				t.Errorf("JSON: %d %v %v", w.Code, w.Header(), body)
			}
			if strings.Contains(w.Body.String(), "cause") {
				t.Errorf("the cause is told: %s", w.Body)
			}
		})
	}
	a := newApp(t, nil)
	a.GET("/", a.answers.Handle(func(*gin.Context) error { return full }))
	w := a.ask("GET", "/", "Accept", "application/json")
	if w.Header().Get("Retry-After") != "2" || w.Header().Get("WWW-Authenticate") != "Bearer" || !strings.Contains(w.Body.String(), `"groups":["Admins"]`) {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

// TestFailTooLate holds that what has begun is not followed by an error's page, and is
// logged.
func TestFailTooLate(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	a.GET("/", a.answers.Handle(func(c *gin.Context) error {
		c.String(http.StatusOK, "half an answer")
		return errKnown
	}))
	w := a.ask("GET", "/")
	if w.Code != http.StatusOK || w.Body.String() != "half an answer" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if lines := a.logs.lines(t); len(lines) != 1 || lines[0]["reason"] != "known" {
		t.Errorf("logged %v", lines)
	}
}

// TestPageThatFails holds that a person gets an answer although the page can't be shown.
func TestPageThatFails(t *testing.T) {
	t.Parallel()
	a := newApp(t, func(*gin.Context, *web.Problem) error { return errors.New("no template") })
	a.GET("/", a.answers.Handle(func(*gin.Context) error { return errKnown }))
	w := a.ask("GET", "/")
	if w.Code != http.StatusInternalServerError || w.Body.String() != "Something went wrong here.\n" || w.Header().Get("X-Request-Id") == "" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if all := fmt.Sprint(a.logs.lines(t)); !strings.Contains(all, "no template") || !strings.Contains(all, "known cause") {
		t.Errorf("logged %s", all)
	}
}

func TestLogRequests(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	a.Use(a.site.LogRequests(a.log), a.answers.Recover)
	a.GET("/x/:id", func(c *gin.Context) {
		c.String(http.StatusTeapot, web.RequestID(c)+" "+web.RequestIDIn(c.Request.Context()))
	})
	a.GET("/fail", a.answers.Handle(func(*gin.Context) error { return errKnown }))
	a.GET("/panic", func(*gin.Context) { panic("secret words") })
	a.GET("/late", func(c *gin.Context) { c.String(http.StatusOK, "half"); panic("late") })
	for _, tt := range []struct {
		target, route string
		status        int
		reason        any
		lines         int
	}{
		{"/x/7?code=secret", "/x/:id", http.StatusTeapot, nil, 1},
		{"/fail?code=secret", "/fail", http.StatusServiceUnavailable, "known", 1},
		{"/panic", "/panic", http.StatusInternalServerError, "internal", 2},
		{"/late", "/late", http.StatusOK, "internal", 2},
		{"/nowhere?code=secret", "", http.StatusNotFound, nil, 1},
	} {
		before := len(a.logs.lines(t))
		w := a.ask("GET", tt.target)
		lines := a.logs.lines(t)[before:]
		last := lines[len(lines)-1]
		id := w.Header().Get("X-Request-Id")
		if w.Code != tt.status || len(lines) != tt.lines || last["route"] != tt.route || last["status"] != float64(tt.status) || last["reason"] != tt.reason ||
			last["method"] != "GET" || last["client"] != "192.0.2.1" || last["request_id"] != id || len(id) != 16 {
			t.Errorf("%s: %d, logged %v", tt.target, w.Code, lines)
		}
		if strings.Contains(fmt.Sprint(last), "secret") || strings.Contains(w.Body.String(), "secret words") {
			t.Errorf("%s: told or logged a secret: %v %s", tt.target, last, w.Body)
		}
		if tt.target[1] == 'x' && w.Body.String() != id+" "+id {
			t.Errorf("the handler saw the ids %q, not %s", w.Body, id)
		}
		if tt.target == "/panic" && (lines[0]["stack"] == nil || lines[0]["panic"] != "secret words" || w.Body.String() != "PAGE Something went wrong here") {
			t.Errorf("panic: %v %s", lines, w.Body)
		}
		if tt.target == "/late" && w.Body.String() != "half" {
			t.Errorf("late panic: %q", w.Body)
		}
	}
	if web.RequestIDIn(t.Context()) != "" {
		t.Error("an id where no request is")
	}
}

// TestRecoverLetsConnectionsDrop holds that net/http's own way to drop a connection
// stays one.
func TestRecoverLetsConnectionsDrop(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	a.Use(a.answers.Recover)
	a.GET("/", func(*gin.Context) { panic(http.ErrAbortHandler) })
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("swallowed")
		}
	}()
	a.ask("GET", "/")
}

func TestProblem(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	if err := web.Unexpected(cause); !errors.Is(err, cause) || err.Error() != "Something went wrong here: cause" {
		t.Errorf("%v", err)
	}
	if got := web.NotFound().Error(); got != "There is no such page" {
		t.Errorf("%s", got)
	}
	if p := web.WrongMethod("PUT"); p.Status != http.StatusMethodNotAllowed || p.Args["Method"] != "PUT" {
		t.Errorf("%+v", p)
	}
	a := newApp(t, nil)
	odd := &web.Problem{Heading: "Odd"}
	if got := a.answers.Problem(odd); got.Status != http.StatusInternalServerError || odd.Status != 0 {
		t.Errorf("%+v of %+v", got, odd)
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]string{
		"/a//b?x=//y#/z/../w":       "/a//b?x=//y#/z/../w",
		"/é?ü#ß":                    "/%c3%a9?%c3%bc#%c3%9f",
		"/a b":                      "/a%20b",
		"/a\r\nSet-Cookie: x":       "/a%0d%0aSet-Cookie:%20x",
		"/100%?q=100%":              "/100%?q=100%",
		"https://okta.example/a?b#": "https://okta.example/a?b#",
	} {
		a := newApp(t, nil)
		a.GET("/", func(c *gin.Context) { web.Redirect(c, http.StatusSeeOther, location) })
		w := a.ask("GET", "/")
		if got := w.Header().Get("Location"); got != want || w.Code != http.StatusSeeOther || w.Body.Len() != 0 {
			t.Errorf("%q: %d to %q, want %q", location, w.Code, got, want)
		}
	}
}
