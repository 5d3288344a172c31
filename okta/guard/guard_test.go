package guard_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/okta/guard"
	"example.com/okta-gin/okta/oktahttp"
)

// rig is a Guard before an Okta that answers as the test says.
type rig struct {
	t      *testing.T
	now    time.Time
	sent   atomic.Int64
	answer func(*http.Request) (*http.Response, error)
	guard  *guard.Guard
	over   http.RoundTripper
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func newRig(t *testing.T) *rig {
	r := &rig{t: t, now: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), answer: status(200)}
	r.guard = guard.New(func() time.Time { return r.now })
	r.over = r.guard.Transport(transport(func(req *http.Request) (*http.Response, error) {
		r.sent.Add(1)
		return r.answer(req)
	}))
	return r
}

var errDown = errors.New("connection refused")

func down(*http.Request) (*http.Response, error) { return nil, errDown }

func status(code int, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		header := http.Header{}
		for i := 0; i < len(headers); i += 2 {
			header.Set(headers[i], headers[i+1])
		}
		return &http.Response{StatusCode: code, Header: header, Body: io.NopCloser(strings.NewReader(""))}, nil
	}
}

// ask sends a request to endpoint.
func (r *rig) ask(method, endpoint string) error {
	r.t.Helper()
	return r.askIn(r.t.Context(), method, endpoint)
}

func (r *rig) askIn(ctx context.Context, method, endpoint string) error {
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader("grant_type=authorization_code")
	}
	req, err := http.NewRequestWithContext(oktahttp.WithEndpoint(ctx, endpoint), method, "https://acme.okta.com/x", body)
	if err != nil {
		r.t.Fatal(err)
	}
	_, err = r.over.RoundTrip(req)
	return err
}

// wantSent holds how many requests have reached Okta.
func (r *rig) wantSent(what string, want int64) {
	r.t.Helper()
	if got := r.sent.Load(); got != want {
		r.t.Errorf("%s: %d requests were sent, want %d", what, got, want)
	}
}

func (r *rig) wantMode(endpoint string, want guard.Mode) guard.State {
	r.t.Helper()
	for _, state := range r.guard.States() {
		if state.Endpoint == endpoint {
			if state.Mode != want {
				r.t.Errorf("the breaker of %s stands at %d, want %d", endpoint, state.Mode, want)
			}
			return state
		}
	}
	r.t.Errorf("no breaker of %s", endpoint)
	return guard.State{}
}

func resting(t *testing.T, err error) *oktahttp.Resting {
	t.Helper()
	rest := new(oktahttp.Resting)
	if !errors.As(err, &rest) || !errors.Is(err, oktahttp.ErrUnreachable) {
		t.Fatalf("got %v, want a Resting", err)
	}
	return rest
}

// open fails requests until the breaker of endpoint opens.
func (r *rig) open(endpoint string) {
	r.t.Helper()
	r.answer = down
	for range 5 {
		if err := r.ask(http.MethodPost, endpoint); !errors.Is(err, errDown) {
			r.t.Fatalf("got %v", err)
		}
	}
	r.wantMode(endpoint, guard.Open)
}

// TestOpensAndTriesAndCloses holds the life of a breaker: five failures, a rest, one
// request to see, and all of them again.
func TestOpensAndTriesAndCloses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("token")
	rest := resting(t, r.ask(http.MethodPost, "token"))
	if rest.Endpoint != "token" || rest.Wait < 5*time.Second || rest.Wait > 6*time.Second || rest.Limited {
		t.Errorf("%+v", rest)
	}
	r.wantSent("open", 5)
	if state := r.wantMode("token", guard.Open); state.Spared != 1 {
		t.Errorf("%d requests were spared, want 1", state.Spared)
	}
	if err := r.guard.Check("keys"); err != nil {
		t.Errorf("another endpoint: %v", err)
	}

	r.now = r.now.Add(6 * time.Second)
	r.wantMode("token", guard.HalfOpen)
	r.answer = func(req *http.Request) (*http.Response, error) {
		resting(t, r.ask(http.MethodPost, "token")) // who comes meanwhile
		return down(req)
	}
	if err := r.ask(http.MethodPost, "token"); !errors.Is(err, errDown) {
		t.Errorf("the one that is tried: %v", err)
	}
	r.wantSent("half open", 6)
	if rest := resting(t, r.guard.Check("token")); rest.Wait < 10*time.Second || rest.Wait > 12*time.Second {
		t.Errorf("the second rest is %v", rest.Wait)
	}
	for range 5 { // it doubles up to half a minute
		r.now = r.now.Add(time.Minute)
		r.answer = down
		_ = r.ask(http.MethodPost, "token")
	}
	if rest := resting(t, r.guard.Check("token")); rest.Wait < 30*time.Second || rest.Wait > 36*time.Second {
		t.Errorf("a late rest is %v", rest.Wait)
	}
	r.now, r.answer = r.now.Add(time.Minute), status(400)
	if err := r.ask(http.MethodPost, "token"); err != nil {
		t.Error(err)
	}
	r.wantMode("token", guard.Closed)
}

// TestWhatIsNoFailure holds what does not open a breaker.
func TestWhatIsNoFailure(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]func(r *rig){
		"answers that say no": func(r *rig) { r.answer = status(401); _ = r.ask(http.MethodPost, "token") },
		"whoever asked has gone": func(r *rig) {
			r.answer = func(*http.Request) (*http.Response, error) { return nil, context.Canceled }
			_ = r.ask(http.MethodPost, "token")
		},
		"failures far apart": func(r *rig) { r.answer = down; _ = r.ask(http.MethodPost, "token"); r.now = r.now.Add(2 * time.Minute) },
		"failures between answers": func(r *rig) {
			r.answer = down
			_ = r.ask(http.MethodPost, "token")
			r.answer = status(200)
			_ = r.ask(http.MethodPost, "token")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			for range 12 {
				step(r)
			}
			r.wantMode("token", guard.Closed)
		})
	}
}

// TestTriedOneThatIsGivenUp holds that another may be tried then.
func TestTriedOneThatIsGivenUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.open("token")
	r.now = r.now.Add(6 * time.Second)
	r.answer = func(*http.Request) (*http.Response, error) { return nil, context.Canceled }
	_ = r.ask(http.MethodPost, "token")
	r.answer = status(200)
	if err := r.ask(http.MethodPost, "token"); err != nil {
		t.Error(err)
	}
	r.wantMode("token", guard.Closed)
}

// TestOktaSaysHowLong holds that Okta is left alone as long as it asks, and no longer than
// a minute and a second.
func TestOktaSaysHowLong(t *testing.T) {
	t.Parallel()
	const date = "Tue, 01 Jan 2030 09:00:00 GMT" // by Okta's clock, which is not ours
	for name, tc := range map[string]struct {
		answer func(*http.Request) (*http.Response, error)
		want   time.Duration
	}{
		"a rate limit":        {status(429, "Date", date, "X-Rate-Limit-Reset", "1893488440"), 41 * time.Second},
		"Retry-After":         {status(429, "Retry-After", "7"), 8 * time.Second},
		"a date":              {status(429, "Date", date, "Retry-After", "Tue, 01 Jan 2030 09:00:20 GMT"), 21 * time.Second},
		"maintenance":         {status(503, "Retry-After", "30"), 31 * time.Second},
		"a year":              {status(429, "Retry-After", "31536000"), 61 * time.Second},
		"the past":            {status(429, "Date", date, "X-Rate-Limit-Reset", "12"), time.Second},
		"nothing":             {status(429), 61 * time.Second},
		"nothing that counts": {status(429, "Retry-After", "soon", "X-Rate-Limit-Reset", "later"), 61 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.answer = tc.answer
			if err := r.ask(http.MethodGet, "userinfo"); err != nil {
				t.Fatal(err)
			}
			if rest := resting(t, r.guard.Check("userinfo")); rest.Wait != tc.want || !rest.Limited {
				t.Errorf("%+v, want %v", rest, tc.want)
			}
			r.answer = status(200)
			resting(t, r.ask(http.MethodGet, "userinfo"))
			r.wantSent("before", 1)
			r.now = r.now.Add(tc.want)
			if err := r.ask(http.MethodGet, "userinfo"); err != nil {
				t.Errorf("after: %v", err)
			}
		})
	}
}

// TestSentOnceMore holds which requests are sent a second time, and that no other is.
func TestSentOnceMore(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		method string
		answer func(*http.Request) (*http.Response, error)
		want   int64
	}{
		"a GET without an answer":              {http.MethodGet, down, 2},
		"a GET that a gateway answers":         {http.MethodGet, status(502), 2},
		"a GET that is refused for now":        {http.MethodGet, status(503), 2},
		"a GET that is told when":              {http.MethodGet, status(503, "Retry-After", "1"), 1},
		"a GET that fails":                     {http.MethodGet, status(500), 1},
		"a GET over the limit":                 {http.MethodGet, status(429), 1},
		"a GET that is answered":               {http.MethodGet, status(200), 1},
		"a token request without an answer":    {http.MethodPost, down, 1},
		"a token request at a gateway":         {http.MethodPost, status(504), 1},
		"an end of sessions without an answer": {http.MethodDelete, down, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			r.answer = tc.answer
			_ = r.ask(tc.method, "x")
			r.wantSent(name, tc.want)
		})
	}
	t.Run("a GET with a proof", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		r.answer = down
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://acme.okta.com/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("DPoP", "e30")
		_, _ = r.over.RoundTrip(req)
		r.wantSent("a proof", 1)
	})
	t.Run("a GET whose time is up", func(t *testing.T) {
		t.Parallel()
		r := newRig(t)
		ctx, cancel := context.WithCancel(t.Context())
		r.answer = func(*http.Request) (*http.Response, error) { cancel(); return nil, errDown }
		_ = r.askIn(ctx, http.MethodGet, "x")
		r.wantSent("given up", 1)
	})
}
