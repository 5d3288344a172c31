package auth_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// TestFormsAreCounted holds how many a browser has, and how much is kept of one person and
// of browsers of which nobody is known.
func TestFormsAreCounted(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}, nil)
	b := h.expired(testkit.Ada)
	first := send(b, "/notes", urlencoded, "a=first").Onward(t)
	for i := range 4 {
		h.clock.Add(time.Second)
		send(b, "/notes", urlencoded, fmt.Sprintf("a=%d", i))
	}
	kept := 0
	for _, name := range cookieNames(b) {
		if strings.Contains(name, "_form_") {
			kept++
		}
	}
	if kept != 4 {
		t.Errorf("%d forms, want 4", kept)
	}
	if r := b.Arrive(first, testkit.Ada); r.StatusCode != http.StatusGone {
		t.Errorf("the first of five: %d", r.StatusCode)
	}
	h.clock.Add(2 * time.Hour)
	body := "a=" + strings.Repeat("x", 60<<10)
	limit := func(b *testkit.Browser, most int) {
		t.Helper()
		for i := range most + 1 {
			if r := send(b, "/notes", urlencoded, body); (r.Onward(t) == "") != (i == most) {
				t.Errorf("form %d: %d leads to %q", i+1, r.StatusCode, r.Onward(t))
				return
			}
		}
	}
	limit(h.browser(), 4)
	h.clock.Add(15 * time.Minute)
	limit(h.browser(), 4)
}

// TestFormsAreDropped holds that a host can have it the old way.
func TestFormsAreDropped(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]*host{
		"by option":  first(formHost(t, nil, func(o *auth.Options) { o.DropForms = true })),
		"by setting": first(formHost(t, map[string]string{"KEPT_FORM_MAX": "0"}, nil)),
	} {
		b := h.expired(testkit.Ada)
		r := send(b, "/notes", urlencoded, "a=1", "Referer", h.URL+"/notes")
		if u, err := url.Parse(r.Onward(t)); err != nil || u.Query().Get("return_to") != "/notes" || strings.Contains(r.Body, "kept") {
			t.Errorf("%s: leads to %s: %s", name, u, r.Body)
		}
		b.Arrive("/notes", testkit.Ada)
		if r := b.Get(formPath); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: the page: %d", name, r.StatusCode)
		}
		if slices.ContainsFunc(cookieNames(b), func(name string) bool { return strings.Contains(name, "_person") }) {
			t.Errorf("%s: the browser knows who was here", name)
		}
	}
}

// TestFormOfReplicas holds that a form which one process has kept is shown and sent by
// another, and that of many clicks at once, at both, one sends it.
func TestFormOfReplicas(t *testing.T) {
	t.Parallel()
	got, env := &arrivals{}, map[string]string{"SESSION_STORE": redistest.Start(t).URL()}
	other := gin.New()
	h := start(t, setup{env: env, app: formApp(t, got), front: func(app *url.URL) http.Handler {
		first := proxy("")(app)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Replica") == "2" {
				other.ServeHTTP(w, r)
				return
			}
			first.ServeHTTP(w, r)
		})
	}})
	formApp(t, got)(newAuth(t, h, setup{env: env}), other)
	b := h.expired(testkit.Ada)
	page := after(b, send(b, "/notes", urlencoded, "a=1"), testkit.Ada)
	page = b.Get(page.Request.URL.String(), "X-Replica", "2")
	var sent, gone atomic.Int64
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			switch r := confirm(b, page, "X-Replica", strconv.Itoa(1+i%2)); r.StatusCode {
			case http.StatusSeeOther:
				sent.Add(1)
			case http.StatusGone:
				gone.Add(1)
			default:
				t.Errorf("%d %s", r.StatusCode, r.Body)
			}
		})
	}
	wait.Wait()
	if sent.Load() != 1 || gone.Load() != 19 || len(got.list()) != 1 {
		t.Errorf("sent %d times, gone %d, arrived %d", sent.Load(), gone.Load(), len(got.list()))
	}
}

// TestFormOutlivesARestart holds that a single process with STATE_FILE shows and sends what
// it kept before it was started anew.
func TestFormOutlivesARestart(t *testing.T) {
	t.Parallel()
	got, env := &arrivals{}, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}
	var now atomic.Pointer[gin.Engine]
	h := start(t, setup{env: env, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		formApp(t, got)(okta, r)
		now.Store(r)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now.Load().ServeHTTP(w, r) })
	}})
	b := h.expired(testkit.Ada)
	r := send(b, "/notes", urlencoded, "a=1")
	if err := h.auth.Close(); err != nil {
		t.Fatal(err)
	}
	next, again := gin.New(), newAuth(t, h, setup{env: env})
	t.Cleanup(func() { again.Close() })
	formApp(t, got)(again, next)
	now.Store(next)
	page := after(b, r, testkit.Ada)
	if r := confirm(b, page); r.Location() != "/saved" || len(got.list()) != 1 {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}
