package mockokta_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestCommonHeaders(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	for _, path := range []string{"/", "/oauth2/v1/keys", "/api/v1/users/me", "/nowhere"} {
		got := b.get(path)
		if id := got.Header.Get("X-Okta-Request-Id"); !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) {
			t.Errorf("%s: request id %q", path, id)
		}
		if got.Header.Get("Date") != now.Now().UTC().Format(http.TimeFormat) {
			t.Errorf("%s: Date %q", path, got.Header.Get("Date"))
		}
	}
	if got := b.get("/api/v1/users/me"); got.Header.Get("Content-Type") != "application/json" || got.Header.Get("Expires") != "0" {
		t.Errorf("headers %v", got.Header)
	}
}

func TestRateLimitHeaders(t *testing.T) {
	t.Parallel()
	now := newClock()
	b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
	now.add(17 * time.Second) // windows begin with a request, not with the minute
	for _, tt := range []struct {
		path                    string
		after                   time.Duration
		limit, remaining, reset string
	}{
		{"/api/v1/users/me", 0, "50", "49", "1790000077"},
		{"/api/v1/users/me", 59 * time.Second, "50", "48", "1790000077"},
		{"/api/v1/users/me/groups", 0, "50", "49", "1790000136"},
		{"/api/v1/users/me", time.Second, "50", "49", "1790000137"},
		{"/oauth2/v1/keys", 0, "", "", ""},
		{"/oauth2/default/.well-known/openid-configuration", 0, "", "", ""},
		{"/", 0, "", "", ""},
	} {
		now.add(tt.after)
		h := b.get(tt.path).Header
		if h.Get("X-Rate-Limit-Limit") != tt.limit || h.Get("X-Rate-Limit-Remaining") != tt.remaining || h.Get("X-Rate-Limit-Reset") != tt.reset {
			t.Errorf("%s: %s of %s until %s, want %+v", tt.path, h.Get("X-Rate-Limit-Remaining"), h.Get("X-Rate-Limit-Limit"), h.Get("X-Rate-Limit-Reset"), tt)
		}
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	now := newClock()
	org := start(t, mockokta.Options{Now: now.Now})
	b := newBrowser(t, org)
	org.Set(func(k *mockokta.Knobs) {
		k.RateLimited = func(endpoint string) bool { return endpoint == "keys" }
		k.RateLimitReset = 7 * time.Second
	})
	got := b.get("/oauth2/v1/keys")
	body := got.json(t)
	if got.StatusCode != http.StatusTooManyRequests || body["errorCode"] != "E0000047" || body["errorSummary"] != "API call exceeded rate limit due to too many requests." ||
		got.Header.Get("X-Rate-Limit-Remaining") != "0" || got.Header.Get("X-Rate-Limit-Reset") != "1790000007" {
		t.Errorf("got %d %v %v", got.StatusCode, body, got.Header)
	}
	if got := b.get("/.well-known/openid-configuration"); got.StatusCode != http.StatusOK {
		t.Errorf("another endpoint: %d", got.StatusCode)
	}
}
