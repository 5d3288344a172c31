package handlers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// lines returns what has been logged for one request, in order. It waits for
// the line that ends it: the response may arrive before that is written.
func (a *app) lines(r reply) []map[string]any {
	a.t.Helper()
	id := r.Header.Get("X-Request-Id")
	if id == "" {
		a.t.Fatalf("%s %s: no X-Request-Id", r.Request.Method, r.Request.URL.Path)
	}
	var found []map[string]any
	waitFor(a.t, "the log line of "+r.Request.URL.Path, func() bool {
		found = nil
		done := false
		for _, line := range a.allLines() {
			if line["request_id"] == id {
				found = append(found, line)
				done = done || line["msg"] == "request"
			}
		}
		return done
	})
	return found
}

func (a *app) allLines() []map[string]any {
	a.t.Helper()
	var all []map[string]any
	for text := range strings.Lines(a.logs.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			a.t.Fatalf("log line %q: %v", text, err)
		}
		all = append(all, line)
	}
	return all
}

// line returns the one log line that a request gets when it is done.
func (a *app) line(r reply) map[string]any {
	a.t.Helper()
	var done []map[string]any
	for _, line := range a.lines(r) {
		if line["msg"] == "request" {
			done = append(done, line)
		}
	}
	if len(done) != 1 {
		a.t.Fatalf("%s %s is logged %d times", r.Request.Method, r.Request.URL.Path, len(done))
	}
	return done[0]
}

// waitFor waits until condition holds.
func waitFor(t testing.TB, what string, condition func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !condition() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// problemJSON reads the body of a problem for programs (RFC 9457) and reports
// what is missing in it.
func problemJSON(t *testing.T, r reply) map[string]any {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(r.body), &p); err != nil {
		t.Fatalf("status %d with %q: %v", r.StatusCode, r.body, err)
	}
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	if p["type"] != "about:blank" || p["status"] != float64(r.StatusCode) || p["request_id"] != r.Header.Get("X-Request-Id") {
		t.Errorf("problem %v with status %d and request id %q", p, r.StatusCode, r.Header.Get("X-Request-Id"))
	}
	for _, member := range []string{"title", "detail", "reason"} {
		if text, _ := p[member].(string); text == "" {
			t.Errorf("problem without %s: %v", member, p)
		}
	}
	return p
}
