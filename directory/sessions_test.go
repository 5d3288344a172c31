package directory_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/okta"
)

// management is Okta's management API as far as a test answers for it.
func management(t *testing.T, answer http.HandlerFunc) *directory.Directory {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	d, err := directory.New(config.Config{Issuer: server.URL + "/oauth2/default", APIToken: config.NewSecret("the token")}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEndSessions(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	d := management(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Method != http.MethodDelete || r.RequestURI != "/api/v1/users/"+ada+"/sessions?oauthTokens=true" || r.Header.Get("Authorization") != "SSWS the token" {
			t.Errorf("%s %s, Authorization %q", r.Method, r.RequestURI, r.Header.Get("Authorization"))
		}
		w.WriteHeader(http.StatusNoContent)
	})
	for range 2 {
		if err := d.EndSessions(t.Context(), ada); err != nil {
			t.Error(err)
		}
	}
	for _, id := range []string{"", "me", ".", "..", "ada", "ada@acme.test", ada + "/../x", ada[:19] + "/", ada[:19] + "%", ada[:19] + "?", ada + "\n", ada + "0", "00u9mockAdaLove1a5dü"} {
		if err := d.EndSessions(t.Context(), id); !errors.Is(err, directory.ErrNoUser) {
			t.Errorf("%q: got %v, want ErrNoUser", id, err)
		}
	}
	if got := asked.Load(); got != 2 {
		t.Errorf("asked %d times, want twice", got)
	}
}

func TestEndSessionsFails(t *testing.T) {
	t.Parallel()
	for status, unreachable := range map[int]bool{200: false, 302: false, 401: false, 403: false, 404: false, 500: true, 503: true} {
		d := management(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		})
		var got *okta.StatusError
		err := d.EndSessions(t.Context(), ada)
		if !errors.As(err, &got) || got.Status != status || errors.Is(err, okta.ErrUnreachable) != unreachable {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestEndSessionsRespectsTheRateLimit(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	d := management(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for range 3 {
		if err := d.EndSessions(t.Context(), ada); !errors.Is(err, directory.ErrRateLimited) {
			t.Errorf("got %v, want ErrRateLimited", err)
		}
	}
	if _, err := lookup(t, d, ada); !errors.Is(err, directory.ErrRateLimited) {
		t.Errorf("looking up: got %v, want ErrRateLimited", err)
	}
	if got := asked.Load(); got != 1 {
		t.Errorf("asked %d times, want once", got)
	}
}

// TestMoreGroupsThanAskedFor: whatever the org sends, no more are kept.
func TestMoreGroupsThanAskedFor(t *testing.T) {
	t.Parallel()
	d := management(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/groups") {
			fmt.Fprintf(w, `{"id":%q}`, ada)
			return
		}
		fmt.Fprint(w, `[`+strings.Repeat(`{"profile":{"name":"x"}},`, 250)+`{}]`)
	})
	if record, err := lookup(t, d, ada); err != nil || len(record.Groups) != 200 || !record.MoreGroups {
		t.Errorf("%d groups, more: %v, %v", len(record.Groups), record.MoreGroups, err)
	}
}

// TestLookupsAreBounded: what is more than fifty at a time is not begun.
func TestLookupsAreBounded(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	release := make(chan struct{})
	d := management(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		select {
		case <-release:
		case <-r.Context().Done():
		}
		w.WriteHeader(http.StatusNotFound)
	})
	id := func(i int) string { return ada[:18] + string(rune('a'+i/26)) + string(rune('a'+i%26)) }
	for i := range 50 {
		d.Prefetch(t.Context(), id(i))
	}
	for deadline := time.Now().Add(20 * time.Second); asked.Load() < 50 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if _, err := d.Lookup(t.Context(), ada); !errors.Is(err, directory.ErrSlow) {
		t.Errorf("one more: got %v, want ErrSlow", err)
	}
	if got := asked.Load(); got != 50 {
		t.Errorf("asked %d times, want 50", got)
	}
	close(release)
	if _, err := lookup(t, d, ada); !errors.As(err, new(*okta.StatusError)) {
		t.Errorf("once there is room: got %v", err)
	}
}
