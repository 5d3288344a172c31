package apptest

import (
	"encoding/json"
	"strings"

	"example.com/okta-gin/testkit"
)

// Lines returns what has been logged for one request, in order. It waits for
// the line that ends it: the response may arrive before that is written.
func (a *App) Lines(r testkit.Reply) []map[string]any {
	a.T.Helper()
	id := r.Header.Get("X-Request-Id")
	if id == "" {
		a.T.Fatalf("%s %s: no X-Request-Id", r.Request.Method, r.Request.URL.Path)
	}
	var found []map[string]any
	testkit.Await(a.T, "the log line of "+r.Request.URL.Path, func() bool {
		found = nil
		done := false
		for _, line := range a.AllLines() {
			if line["request_id"] == id {
				found = append(found, line)
				done = done || line["msg"] == "request"
			}
		}
		return done
	})
	return found
}

// AllLines are the lines of the log.
func (a *App) AllLines() []map[string]any {
	a.T.Helper()
	var all []map[string]any
	for text := range strings.Lines(a.Logs.String()) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			a.T.Fatalf("log line %q: %v", text, err)
		}
		all = append(all, line)
	}
	return all
}

// Line returns the one log line that a request gets when it is done.
func (a *App) Line(r testkit.Reply) map[string]any {
	a.T.Helper()
	var done []map[string]any
	for _, line := range a.Lines(r) {
		if line["msg"] == "request" {
			done = append(done, line)
		}
	}
	if len(done) != 1 {
		a.T.Fatalf("%s %s is logged %d times", r.Request.Method, r.Request.URL.Path, len(done))
	}
	return done[0]
}
