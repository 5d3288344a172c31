package apptest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/testkit"
)

// AdminPath is the operator's console.
const AdminPath = "/admin/sessions"

// Headings of pages that say why there was no sign-in.
const (
	StartedElsewhere = "This sign-in has expired or was started elsewhere"
	KeepsNoCookies   = "Your browser keeps no cookies of this site"
	NotUnderstood    = "That request can't be understood"
	Unverified       = "Okta's answer could not be verified"
)

// Changed returns the callback URL with its parameters changed.
func Changed(t testing.TB, callback string, change func(url.Values)) string {
	t.Helper()
	u, err := url.Parse(callback)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	change(query)
	u.RawQuery = query.Encode()
	return u.String()
}

// Directives are those of a Content-Security-Policy, by name.
func Directives(csp string) map[string]string {
	all := map[string]string{}
	for directive := range strings.SplitSeq(csp, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), " ")
		all[name] = value
	}
	return all
}

// ProblemJSON reads the body of a problem for programs (RFC 9457) and reports
// what is missing in it.
func ProblemJSON(t *testing.T, r testkit.Reply) map[string]any {
	t.Helper()
	var p map[string]any
	if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
		t.Fatalf("status %d with %q: %v", r.StatusCode, r.Body, err)
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

// CheckRefused reports where r is not the error page with that status and
// heading, or where somebody is signed in after it.
func CheckRefused(t *testing.T, b *Browser, r testkit.Reply, status int, heading string) {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("status %d, want %d: %s", r.StatusCode, status, r.Body)
	}
	page := r.Page(t)
	if got := page.Find(".problem h1").Text(); got != heading {
		t.Errorf("heading %q, want %q", got, heading)
	}
	if page.Find(".problem .lead").Text() == "" {
		t.Error("the page explains nothing")
	}
	if got := page.Find(".problem .request code").Text(); got == "" || got != r.Header.Get("X-Request-Id") {
		t.Errorf("request id on the page %q, in the header %q", got, r.Header.Get("X-Request-Id"))
	}
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if b.SignedIn() {
		t.Error("somebody is signed in")
	}
}

// AuthorizeQuery returns the parameters with which r sends a browser to Okta.
func AuthorizeQuery(t *testing.T, a *App, r testkit.Reply) url.Values {
	t.Helper()
	target, err := url.Parse(r.Location())
	if err != nil || r.StatusCode != http.StatusFound || !strings.HasPrefix(r.Location(), a.Org.URL()+"/oauth2/") || !strings.HasSuffix(target.Path, "/v1/authorize") {
		t.Fatalf("status %d to %q, want a redirect to the authorize endpoint", r.StatusCode, r.Location())
	}
	return target.Query()
}
