package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/directory"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/okta"
)

const ada = "00u9mockAdaLove1a5d7"

func (a *org) directory() *directory.Directory {
	a.t.Helper()
	d, err := directory.New(a.cfg, a.now, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return d
}

// lookup is Lookup with more patience, for the machine may be busy.
func lookup(t *testing.T, d *directory.Directory, sub string) (directory.Record, error) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		record, err := d.Lookup(t.Context(), sub)
		if !errors.Is(err, directory.ErrSlow) || time.Now().After(deadline) {
			return record, err
		}
	}
}

func (a *org) asked() int { return a.org.Count("users") + a.org.Count("groups") }

func TestDirectoryRecord(t *testing.T) {
	t.Parallel()
	a := startOrg(t, nil)
	record, err := lookup(t, a.directory(), ada)
	if err != nil {
		t.Fatal(err)
	}
	if record.Status != "ACTIVE" || record.Created.IsZero() || record.PasswordChanged.IsZero() || !record.LastLogin.IsZero() {
		t.Errorf("record %+v of somebody who never signed in", record)
	}
	if got := fmt.Sprint(record.Groups); got != "[Everyone Admins Engineers]" || record.MoreGroups {
		t.Errorf("groups %s, more: %v", got, record.MoreGroups)
	}
}

func TestDirectoryManyGroups(t *testing.T) {
	t.Parallel()
	a := startOrg(t, nil)
	d := a.directory()
	for count, listed := range map[int]int{120: 120, 200: 200, 201: 200, 450: 200} {
		groups := make([]string, count)
		for i := range groups {
			groups[i] = "group " + strconv.Itoa(i)
		}
		login := strconv.Itoa(count) + "@acme.test"
		id := fmt.Sprintf("00u9mockMany%08d", count)
		a.org.AddPerson(mockokta.Person{ID: id, Login: login, Groups: groups})
		record, err := lookup(t, d, id)
		if err != nil || len(record.Groups) != listed || record.MoreGroups != (listed < count) {
			t.Errorf("%d groups: %d listed, more: %v, %v", count, len(record.Groups), record.MoreGroups, err)
		}
	}
}

func TestDirectoryKeepsARecordForFiveMinutes(t *testing.T) {
	t.Parallel()
	a := startOrg(t, nil)
	d := a.directory()
	for _, step := range []struct {
		after time.Duration
		asked int // requests so far
	}{{0, 2}, {4*time.Minute + 50*time.Second, 2}, {20 * time.Second, 4}, {0, 4}} {
		a.pass(step.after)
		if _, err := lookup(t, d, ada); err != nil {
			t.Fatal(err)
		}
		if got := a.asked(); got != step.asked {
			t.Errorf("%v later: asked %d times, want %d", step.after, got, step.asked)
		}
	}
}

func TestDirectoryPrefetch(t *testing.T) {
	t.Parallel()
	a := startOrg(t, nil)
	d := a.directory()
	ctx, cancel := context.WithCancel(t.Context())
	d.Prefetch(ctx, ada)
	cancel() // the request that began it may be over
	if _, err := lookup(t, d, ada); err != nil {
		t.Fatal(err)
	}
	if got := a.asked(); got != 2 {
		t.Errorf("asked %d times, want twice: for the person and the groups", got)
	}
}

func TestDirectoryFailures(t *testing.T) {
	t.Parallel()
	status := func(code int) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(code) }
	}
	body := func(text string) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) { fmt.Fprint(w, text) }
	}
	notOK := func(err error) bool { return errors.As(err, new(*okta.StatusError)) }
	untrusted := func(err error) bool { return errors.Is(err, okta.ErrUntrusted) }
	unreachable := func(err error) bool { return errors.Is(err, okta.ErrUnreachable) }
	for name, tc := range map[string]struct {
		answer func(w http.ResponseWriter)
		is     func(error) bool
	}{
		"401":                   {status(401), notOK},
		"403":                   {status(403), notOK},
		"404":                   {status(404), notOK},
		"204":                   {status(204), notOK},
		"500":                   {status(500), unreachable},
		"503":                   {status(503), unreachable},
		"a page":                {body("<html>"), untrusted},
		"nothing":               {body(""), untrusted},
		"half an answer":        {body(`{"id":"` + ada), untrusted},
		"a list":                {body(`[]`), untrusted},
		"nobody":                {body(`{}`), untrusted},
		"null":                  {body(`null`), untrusted},
		"another person":        {body(`{"id":"00uSomeoneElse","status":"ACTIVE"}`), untrusted},
		"a time that is none":   {body(`{"id":"` + ada + `","created":"yesterday"}`), untrusted},
		"more than it may send": {body(`{"id":"` + strings.Repeat("x", 2<<20) + `"}`), untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startOrg(t, nil)
			d := a.directory()
			a.org.Set(func(k *mockokta.Knobs) {
				k.Intercept = func(endpoint string, w http.ResponseWriter, _ *http.Request) bool {
					if endpoint == "users" {
						tc.answer(w)
					}
					return endpoint == "users"
				}
			})
			for range 3 {
				_, err := lookup(t, d, ada)
				if !tc.is(err) {
					t.Errorf("got %v", err)
				} else if strings.Contains(err.Error(), mockokta.DefaultAPIToken) {
					t.Errorf("the error holds the API token: %v", err)
				}
			}
			if got := a.asked(); got != 1 {
				t.Errorf("asked %d times, want once in ten seconds", got)
			}
			a.org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
			a.pass(10 * time.Second)
			if _, err := lookup(t, d, ada); err != nil {
				t.Errorf("once it works: %v", err)
			}
		})
	}
}

func TestDirectorySlow(t *testing.T) {
	t.Parallel()
	a := startOrg(t, nil)
	d := a.directory()
	release := make(chan struct{})
	a.org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(string, http.ResponseWriter, *http.Request) bool {
			<-release
			return false
		}
	})
	for range 2 {
		began := time.Now()
		if _, err := d.Lookup(t.Context(), ada); !errors.Is(err, directory.ErrSlow) {
			t.Fatalf("got %v, want ErrSlow", err)
		}
		if waited := time.Since(began); waited < 290*time.Millisecond || waited > 4*time.Second {
			t.Errorf("waited %v, want 300 ms", waited)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Lookup(ctx, ada); !errors.Is(err, context.Canceled) {
		t.Errorf("for a request that is over: got %v", err)
	}
	close(release)
	if _, err := lookup(t, d, ada); err != nil {
		t.Errorf("released: %v", err)
	}
	if got := a.asked(); got != 2 {
		t.Errorf("asked %d times, want twice: waiting is no reason to ask again", got)
	}
}

func TestDirectoryRateLimit(t *testing.T) {
	t.Parallel()
	a := startOrg(t, nil)
	d := a.directory()
	limited := new(atomic.Bool)
	limited.Store(true)
	a.org.Set(func(k *mockokta.Knobs) {
		k.RateLimited = func(string) bool { return limited.Load() }
		k.RateLimitReset = 40 * time.Second
	})
	if _, err := lookup(t, d, ada); !errors.Is(err, directory.ErrRateLimited) {
		t.Fatalf("got %v, want ErrRateLimited", err)
	}
	limited.Store(false)
	for range 2 {
		for _, sub := range []string{ada, "00u9mockGraceHop15d7"} {
			d.Prefetch(t.Context(), sub)
			if _, err := lookup(t, d, sub); !errors.Is(err, directory.ErrRateLimited) {
				t.Errorf("before the reset: got %v, want ErrRateLimited", err)
			}
		}
		a.pass(19 * time.Second)
	}
	if got := a.asked(); got != 1 {
		t.Errorf("asked %d times before the reset, want once", got)
	}
	a.pass(15 * time.Second)
	if _, err := lookup(t, d, ada); err != nil {
		t.Errorf("after the reset: %v", err)
	}
}

func TestDirectoryRateLimitOfNoSense(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ reset, date string }{
		"a year ahead": {strconv.FormatInt(time.Now().AddDate(1, 0, 0).Unix(), 10), ""},
		"past":         {"12", ""},
		"missing":      {"", ""},
		"a word":       {"soon", ""},
		"no date":      {strconv.FormatInt(time.Now().Unix(), 10), "whenever"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := startOrg(t, nil)
			d := a.directory()
			a.org.Set(func(k *mockokta.Knobs) {
				k.Intercept = func(_ string, w http.ResponseWriter, _ *http.Request) bool {
					w.Header()["X-Rate-Limit-Reset"] = []string{tc.reset}
					if tc.date != "" {
						w.Header().Set("Date", tc.date)
					}
					w.WriteHeader(http.StatusTooManyRequests)
					return true
				}
			})
			if _, err := lookup(t, d, ada); !errors.Is(err, directory.ErrRateLimited) {
				t.Fatalf("got %v, want ErrRateLimited", err)
			}
			a.org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
			a.pass(75 * time.Second)
			if _, err := lookup(t, d, ada); err != nil {
				t.Errorf("over a minute later: %v", err)
			}
		})
	}
}

// TestDirectoryTokenStaysAtTheOrg: neither a redirect nor a link to another page
// takes the API token to another host.
func TestDirectoryTokenStaysAtTheOrg(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		elsewhere.Add(1)
		fmt.Fprint(w, `[]`)
	}))
	t.Cleanup(other.Close)
	a := startOrg(t, nil)
	var sent atomic.Value
	a.org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, w http.ResponseWriter, r *http.Request) bool {
			sent.Store(r.Header.Get("Authorization"))
			if endpoint == "groups" {
				w.Header().Set("Link", `<`+other.URL+`/api/v1/users/x/groups?after=1>; rel="next"`)
				fmt.Fprint(w, `[]`)
			}
			return endpoint == "groups"
		}
	})
	if record, err := lookup(t, a.directory(), ada); err != nil || !record.MoreGroups {
		t.Errorf("with a link elsewhere: %+v, %v", record, err)
	}
	if got := sent.Load(); got != "SSWS "+mockokta.DefaultAPIToken {
		t.Error("the org was not given the API token")
	}
	for _, status := range []int{301, 302, 303, 307, 308} {
		a.org.Set(func(k *mockokta.Knobs) {
			k.Intercept = func(_ string, w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, other.URL+r.URL.Path, status)
				return true
			}
		})
		if _, err := lookup(t, a.directory(), ada); err == nil {
			t.Errorf("redirected with %d: got a record", status)
		}
	}
	if got := elsewhere.Load(); got != 0 {
		t.Errorf("the other host was asked %d times", got)
	}
}

func TestDirectoryAsksTheOrgOfTheIssuer(t *testing.T) {
	t.Parallel()
	a := startOrg(t, map[string]string{"OKTA_OAUTH2_ISSUER": "org"})
	if _, err := lookup(t, a.directory(), ada); err != nil {
		t.Error(err)
	}
	for _, sub := range []string{"me", "..", ".", "../groups", "x/y", "ada@acme.test", "?", "ada"} {
		if record, err := lookup(t, a.directory(), sub); !errors.Is(err, directory.ErrNoUser) {
			t.Errorf("%q: got %+v, %v, want ErrNoUser", sub, record, err)
		}
	}
}
