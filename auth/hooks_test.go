package auth_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// endings is what Hooks.SessionEnded was told.
type endings struct {
	mu   sync.Mutex
	list []auth.Ending
}

func (e *endings) ended(_ context.Context, ending auth.Ending) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ending)
}

// reasons are why sessions ended, in order.
func (e *endings) reasons() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var reasons []string
	for _, ending := range e.list {
		reasons = append(reasons, ending.Reason)
		if ending.Subject == "" {
			reasons = append(reasons, "of nobody")
		}
	}
	return reasons
}

// page is a host with a closed page that says what the session holds of the app's own.
func page(t testing.TB) func(*auth.Auth, *gin.Engine) http.Handler {
	return func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/", say(okta, "front"))
		r.GET("/closed", okta.RequireLogin(), func(c *gin.Context) {
			c.String(http.StatusOK, okta.Caller(c).Name()+" "+okta.Caller(c).Data["id"])
		})
		return nil
	}
}

func TestSignedInHook(t *testing.T) {
	t.Parallel()
	refusal := auth.Refuse("Your trial is <over>.") // one value for everybody, as apps have them
	var seen auth.SignIn
	h := start(t, setup{app: page(t), options: func(o *auth.Options) {
		o.Hooks.SignedIn = func(ctx context.Context, in *auth.SignIn) error {
			if ctx.Err() != nil || ctx.Value(http.ServerContextKey) == nil {
				t.Error("the hook's context is not the request's")
			}
			switch in.Claims["email"] {
			case testkit.Grace:
				return refusal
			case "alan@acme.test":
				return errors.New("the database at 10.0.0.7 is away")
			case "hedy@acme.test":
				in.Data["id"] = strings.Repeat("x", 2000)
			}
			seen = *in
			in.Data["id"] = "user-7" + in.Data["id"]
			return nil
		}
	}})
	if r := h.browser().Arrive("/closed", testkit.Ada); r.Body != "Ada Lovelace user-7" {
		t.Errorf("what the hook added: %d %q", r.StatusCode, r.Body)
	}
	if seen.Subject == "" || seen.Issuer != h.org.Issuer() || seen.Claims["email"] != testkit.Ada || !slices.Contains(seen.Groups, "Admins") {
		t.Errorf("the hook saw %+v", seen)
	}

	b := h.browser()
	r := b.Arrive("/closed", testkit.Grace)
	p := r.Page(t)
	if r.StatusCode != http.StatusForbidden || !strings.Contains(p.Text(), "Your trial is <over>.") {
		t.Errorf("refused: %d\n%s", r.StatusCode, r.Body)
	}
	if href := p.Find("a.button").First().AttrOr("href", ""); href != testkit.LoginPath+"?return_to=%2Fclosed" {
		t.Errorf("try again leads to %s", href)
	}
	if href := p.Find("a.button.plain").AttrOr("href", ""); !strings.Contains(href, "prompt=login") {
		t.Errorf("another account leads to %q: Okta signs the same person in again", href)
	}
	if r := b.Get("/closed"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("signed in all the same: %d", r.StatusCode)
	}
	again := h.browser().Arrive("/", testkit.Grace) // a public page: nobody is asked
	if again.Body != "front" {
		t.Fatalf("front: %q", again.Body)
	}
	if r := h.browser().Arrive(testkit.LoginPath+"?return_to=/other", testkit.Grace); strings.Contains(r.Body, "closed") {
		t.Errorf("the second person is shown the way of the first:\n%s", r.Body)
	}
}

// TestSignedInHookFails holds that nobody is signed in where the app fails, and that
// its error goes to the log alone.
func TestSignedInHookFails(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t), options: func(o *auth.Options) {
		o.Hooks.SignedIn = func(_ context.Context, in *auth.SignIn) error {
			if in.Claims["email"] == testkit.Grace {
				in.Data["id"] = strings.Repeat("x", 2000)
				return nil
			}
			return errors.New("the database at 10.0.0.7 is away")
		}
	}})
	for _, login := range []string{testkit.Ada, testkit.Grace} {
		b := h.browser()
		r := b.Arrive("/closed", login)
		if r.StatusCode != http.StatusInternalServerError || strings.Contains(r.Body, "10.0.0.7") {
			t.Errorf("%s: %d\n%s", login, r.StatusCode, r.Body)
		}
		if login == testkit.Grace && strings.Contains(r.Body, "Okta sends") {
			t.Errorf("the page blames Okta for the app's own data:\n%s", r.Body)
		}
		if r := b.Get("/closed"); r.StatusCode != http.StatusSeeOther {
			t.Errorf("%s is signed in: %d", login, r.StatusCode)
		}
	}
	if !strings.Contains(h.logs.String(), "10.0.0.7") {
		t.Error("the log does not say why")
	}
}

func TestRenewedHook(t *testing.T) {
	t.Parallel()
	ends := &endings{}
	var mu sync.Mutex
	var calls []auth.SignIn
	allow := true
	h := start(t, setup{
		app: page(t),
		env: map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "12h"},
		options: func(o *auth.Options) {
			o.Hooks = auth.Hooks{
				SignedIn: func(_ context.Context, in *auth.SignIn) error { in.Data["id"] = "user-7"; return nil },
				Renewed: func(_ context.Context, in auth.SignIn) error {
					mu.Lock()
					defer mu.Unlock()
					calls = append(calls, auth.SignIn{Subject: in.Subject, Issuer: in.Issuer, Groups: in.Groups, Data: maps.Clone(in.Data)})
					in.Data["id"] = "the hook's own copy"
					if !allow {
						return errors.New("banned meanwhile")
					}
					return nil
				},
				SessionEnded: ends.ended,
			}
		},
	})
	b := h.browser()
	b.Arrive("/closed", testkit.Ada)
	if len(calls) != 0 {
		t.Fatal("renewed at sign-in")
	}
	h.clock.Add(h.tokenLife())
	if r := b.Get("/closed"); r.Body != "Ada Lovelace user-7" {
		t.Fatalf("after a renewal: %d %q", r.StatusCode, r.Body)
	}
	if len(calls) != 1 || calls[0].Data["id"] != "user-7" || calls[0].Subject == "" || calls[0].Issuer != h.org.Issuer() || !slices.Contains(calls[0].Groups, "Admins") {
		t.Errorf("the hook was told %+v", calls)
	}
	mu.Lock()
	allow = false
	mu.Unlock()
	h.clock.Add(h.tokenLife())
	if r := b.Get("/closed"); r.StatusCode != http.StatusUnauthorized || strings.Contains(r.Body, "banned") {
		t.Errorf("after the app's no: %d\n%s", r.StatusCode, r.Body)
	}
	if r := b.Get("/closed"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", r.StatusCode)
	}
	if got := ends.reasons(); !slices.Equal(got, []string{"refused_by_app"}) {
		t.Errorf("ended for %v", got)
	}
	testkit.Await(t, "the refresh token is revoked", func() bool { return h.org.Count("revoke") == 1 })
}

func TestSessionEndedHook(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		do   func(h *host, b *testkit.Browser)
		want []string
	}{
		{"signed out", func(_ *host, b *testkit.Browser) { b.Post(testkit.LogoutPath, nil) }, []string{"signed_out"}},
		{"signed out twice", func(_ *host, b *testkit.Browser) { b.Post(testkit.LogoutPath, nil); b.Post(testkit.LogoutPath, nil) }, []string{"signed_out"}},
		{"everywhere", func(_ *host, b *testkit.Browser) {
			b.Post(testkit.LogoutPath, map[string][]string{"everywhere": {"1"}})
		}, []string{"signed_out_everywhere"}},
		{"replaced", func(_ *host, b *testkit.Browser) { b.Arrive(testkit.LoginPath+"?prompt=login", testkit.Ada) }, []string{"replaced"}},
		{"time", func(h *host, b *testkit.Browser) { h.clock.Add(13 * time.Hour); b.Get("/closed"); b.Get("/closed") }, []string{"expired"}},
		{"Okta's no", func(h *host, b *testkit.Browser) {
			h.org.DeactivateUser(testkit.Ada)
			h.clock.Add(h.tokenLife())
			b.Get("/closed")
			b.Get("/closed")
		}, []string{"invalid_grant"}},
		{"Universal Logout", func(h *host, _ *testkit.Browser) {
			endpoint := h.URL + "/authorization-code/universal-logout"
			who := map[string]string{"format": "iss_sub", "iss": h.org.OrgIssuer(), "sub": "00u9mockAdaLove1a5d7"}
			if status, err := h.org.UniversalLogout(t.Context(), endpoint, h.org.LogoutToken(endpoint, nil), who); err != nil || status != http.StatusNoContent {
				t.Errorf("%d, %v", status, err)
			}
		}, []string{"universal_logout"}},
		{"nothing", func(_ *host, b *testkit.Browser) {
			b.Get("/closed")
			b.Get(testkit.LogoutPath)
			b.Get(testkit.SignedOutPath)
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ends := &endings{}
			h := start(t, setup{
				app:     page(t),
				env:     map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "12h"},
				options: func(o *auth.Options) { o.Hooks.SessionEnded = ends.ended },
			})
			b := h.browser()
			if r := b.Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK {
				t.Fatalf("sign-in: %d\n%s", r.StatusCode, r.Body)
			}
			tt.do(h, b)
			if got := ends.reasons(); !slices.Equal(got, tt.want) {
				t.Errorf("ended for %v, want %v", got, tt.want)
			}
		})
	}
}
