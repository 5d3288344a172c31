package handlers_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// rotating gives every refresh token one use, without any grace: whoever sends a
// spent one loses the session.
func rotating(c *mockokta.Client) {
	c.RefreshRotation, c.RefreshLeeway = "ROTATE", -1
}

// renewing are the settings of an app that renews its sessions and has no idle
// timeout of note, and further ones as name, value.
func renewing(more ...string) map[string]string {
	env := map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "12h"}
	for i := 0; i+1 < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

// onStores runs a test with cookies in one process and in two that share
// REDIS_URL, and with Redis in one and in two.
func onStores(t *testing.T, test func(t *testing.T, start func(setup) *replicas)) {
	for _, store := range []struct {
		name, setting string
		n             int
	}{
		{"cookies", "", 1}, {"cookies in two processes", "REDIS_URL", 2},
		{"redis", "SESSION_STORE", 1}, {"redis in two processes", "SESSION_STORE", 2},
	} {
		t.Run(store.name, func(t *testing.T) {
			t.Parallel()
			test(t, func(s setup) *replicas {
				s.env = renewing()
				if store.setting != "" {
					s.env[store.setting] = redistest.Start(t).URL()
				}
				return startReplicas(t, store.n, s)
			})
		})
	}
}

// me is what the app knows of the browser's person.
func (b *browser) me() map[string]any {
	b.t.Helper()
	r := b.get("/api/me")
	if r.StatusCode != http.StatusOK {
		b.t.Fatalf("/api/me: status %d\n%s", r.StatusCode, r.body)
	}
	var claims map[string]any
	if err := json.Unmarshal([]byte(r.body), &claims); err != nil {
		b.t.Fatal(err)
	}
	return claims
}

func (a *app) renewals() int { return a.org.Count("token") - a.signIns() }
func (a *app) signIns() int  { return strings.Count(a.logs.String(), `"event":"signed_in"`) }

// event counts the log lines of one kind of security event.
func (a *app) events(name string) int {
	return strings.Count(a.logs.String(), `"event":"`+name+`"`)
}

func TestRenewal(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]func(*mockokta.Client){"rotating": rotating, "static": func(*mockokta.Client) {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onStores(t, func(t *testing.T, start func(setup) *replicas) {
				app := start(setup{client: client})
				b := app.browser()
				b.signIn(profilePath, grace)
				app.clock.add(59 * time.Minute)
				b.me()
				if got := app.renewals(); got != 0 {
					t.Errorf("%d renewals a minute before the access token's end", got)
				}
				for i := range 3 {
					group := fmt.Sprintf("Crew %d", i)
					app.org.SetGroups(grace, group)
					app.clock.add(time.Hour - 40*time.Second + time.Duration(i)*time.Minute)
					if got := b.me()["groups"]; !slices.Equal(got.([]any), []any{any(group)}) {
						t.Errorf("after renewal %d: groups %v, want %q", i+1, got, group)
					}
					b.me()
					if got := app.renewals(); got != i+1 {
						t.Errorf("%d renewals, want %d", got, i+1)
					}
				}
				if got := app.events("renewed"); got != 3 {
					t.Errorf("%d renewals in the log, want 3", got)
				}
			})
		})
	}
}

func TestOneRenewalForRequestsThatComeTogether(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		for round := 1; round <= 3; round++ {
			app.clock.add(time.Hour)
			for i, r := range app.together(b, 20, profilePath) {
				if r.StatusCode != http.StatusOK {
					t.Errorf("round %d, request %d: status %d", round, i, r.StatusCode)
				}
			}
			if got := app.renewals(); got != round {
				t.Errorf("%d renewals after round %d", got, round)
			}
		}
		if !b.signedIn() {
			t.Error("signed out")
		}
	})
}

func TestLateRequestWithOldCookies(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		first := copyOf(b)
		for range 3 {
			app.clock.add(time.Hour)
			b.me()
		}
		late := first.get(profilePath)
		if late.StatusCode != http.StatusOK || !first.signedIn() || !b.signedIn() {
			t.Errorf("a late request: status %d", late.StatusCode)
		}
		if got := app.renewals(); got != 3 {
			t.Errorf("%d renewals, want 3", got)
		}
		app.clock.add(time.Hour)
		if !first.signedIn() || !b.signedIn() || app.renewals() != 4 {
			t.Errorf("an hour later: %d renewals, want 4", app.renewals())
		}
	})
}

// holdRenewal makes the token endpoint say when it is asked, and wait.
func (a *app) holdRenewal() (asked <-chan struct{}, release func()) {
	begun, gate := make(chan struct{}, 1), make(chan struct{})
	a.org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, _ *http.Request) bool {
			if endpoint == "token" {
				select {
				case begun <- struct{}{}:
				default:
				}
				<-gate
			}
			return false
		}
	})
	return begun, sync.OnceFunc(func() { close(gate) })
}

func TestRenewalOutlivesItsClient(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		app.clock.add(time.Hour)

		asked, release := app.holdRenewal()
		defer release()
		ctx, giveUp := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, app.URL+profilePath, nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			<-asked
			giveUp()
		}()
		if resp, err := b.client.Do(req); err == nil {
			t.Fatalf("the request was answered: status %d", resp.StatusCode)
		}
		release()
		await(t, "the renewal to be kept", func() bool { return app.events("renewed") == 1 })
		if !b.signedIn() || app.renewals() != 1 {
			t.Errorf("signed in %v after %d renewals", b.signedIn(), app.renewals())
		}
	})
}

// holdAnswer is holdRenewal when the refresh token is spent already.
func (a *app) holdAnswer() (asked <-chan struct{}, release func()) {
	begun, gate := make(chan struct{}, 1), make(chan struct{})
	a.org.Set(func(k *mockokta.Knobs) {
		k.TamperToken = func(map[string]any) {
			begun <- struct{}{}
			<-gate
		}
	})
	return begun, sync.OnceFunc(func() { close(gate) })
}

// TestRenewalThatEndsAfterSignOut: Okta answers late, and gives new tokens in spite
// of the sign-out. They are revoked too.
func TestRenewalThatEndsAfterSignOut(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		b := app.browser()
		b.signIn(profilePath, ada)
		other := copyOf(b)
		app.clock.add(time.Hour)

		asked, release := app.holdAnswer()
		defer release()
		late := make(chan reply, 1)
		go func() { late <- other.get(profilePath, "X-Replica", "0") }()
		receive(t, asked)
		if r := b.post(logoutPath, nil); r.StatusCode != http.StatusSeeOther {
			t.Fatalf("sign-out: status %d", r.StatusCode)
		}
		release()
		if r := receive(t, late); r.StatusCode != http.StatusSeeOther && r.StatusCode != http.StatusUnauthorized {
			t.Errorf("the request that renewed: status %d", r.StatusCode)
		}
		if other.signedIn() || b.signedIn() {
			t.Error("the session is back")
		}
		if got := app.org.Count("revoke"); got != 2 {
			t.Errorf("%d refresh tokens revoked, want the old and the new one", got)
		}
		app.clock.add(time.Hour)
		if other.signedIn() || app.events("renewed") != 0 {
			t.Error("the session is back an hour later")
		}
	})
}

func TestDeactivatedPersonIsOutWithinOneAccessTokenLifetime(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		app.org.Set(func(k *mockokta.Knobs) { k.AccessTokenLifetime = 5 * time.Minute })
		b, bystander := app.browser(), app.browser()
		b.signIn(profilePath, grace)
		bystander.signIn(profilePath, ada)
		stolen := copyOf(b)
		app.org.DeactivateUser(grace)
		app.clock.add(5 * time.Minute)

		replies := app.together(b, 20, "/greet?from=menu")
		for _, r := range replies {
			// Who comes when all is over has no session, and is asked to sign in.
			if r.StatusCode != http.StatusUnauthorized && r.StatusCode != http.StatusSeeOther {
				t.Errorf("status %d", r.StatusCode)
			}
		}
		explained := slices.IndexFunc(replies, func(r reply) bool { return r.StatusCode == http.StatusUnauthorized })
		if explained < 0 {
			t.Fatal("nobody was told why")
		}
		page := replies[explained].page(t)
		if h := page.Find("h1").Text(); !strings.Contains(h, "Your session has ended") {
			t.Errorf("heading %q", h)
		}
		if page.Find(`a[href="/authorization-code/login-redirect?return_to=%2Fgreet%3Ffrom%3Dmenu"]`).Length() == 0 {
			t.Errorf("no way back:\n%s", replies[explained].body)
		}
		if b.signedIn() || stolen.signedIn() {
			t.Error("still signed in")
		}
		if got := app.events("renewal_refused"); got != 1 {
			t.Errorf("%d refused renewals in the log, want 1", got)
		}
		if !strings.Contains(app.logs.String(), `"reason":"invalid_grant"`) {
			t.Error("the log does not say why")
		}
		if !bystander.signedIn() {
			t.Error("another person is signed out")
		}
	})
}

func TestRevokedSessionTellsPrograms(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: renewing()})
	b := app.browser()
	b.signIn(profilePath, ada)
	app.org.RevokeRefreshTokens(ada)
	app.clock.add(time.Hour)
	r := b.get("/api/me")
	if r.StatusCode != http.StatusUnauthorized || r.Header.Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(r.body, `"reason":"session_ended"`) {
		t.Errorf("status %d, %s: %s", r.StatusCode, r.Header.Get("Content-Type"), r.body)
	}
	if home := b.get("/"); home.StatusCode != http.StatusOK || home.page(t).Find("#login-button").Length() == 0 {
		t.Errorf("home: status %d", home.StatusCode)
	}
}

// TestHomeExplainsTheEnd: the front page is public and says it too.
func TestHomeExplainsTheEnd(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: renewing()})
	b := app.browser()
	b.signIn(profilePath, ada)
	app.org.RevokeRefreshTokens(ada)
	app.clock.add(time.Hour)
	if home := b.get("/"); home.StatusCode != http.StatusOK || !strings.Contains(home.body, "Okta no longer vouches") {
		t.Errorf("status %d\n%s", home.StatusCode, home.body)
	}
}

// TestOktaAway: a failure that says nothing of the person leaves the session as it
// is, until the grace is over.
func TestOktaAway(t *testing.T) {
	t.Parallel()
	answers := map[string]func(w http.ResponseWriter){
		"unavailable":    func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		"too many":       func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
		"no OAuth":       func(w http.ResponseWriter) { io.WriteString(w, "<h1>Maintenance</h1>") },
		"wrong secret":   func(w http.ResponseWriter) { refuse(w, http.StatusUnauthorized, "invalid_client") },
		"grant withheld": func(w http.ResponseWriter) { refuse(w, http.StatusBadRequest, "unauthorized_client") },
		"connection cut": func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := startReplicas(t, 1, setup{client: rotating, env: renewing("SESSION_RENEW_GRACE", "10m")})
			b, other := app.browser(), app.browser()
			b.signIn(profilePath, ada)
			other.signIn(profilePath, grace)
			var asked atomic.Int64
			app.org.Set(func(k *mockokta.Knobs) {
				k.Intercept = func(endpoint string, w http.ResponseWriter, _ *http.Request) bool {
					if endpoint == "token" {
						asked.Add(1)
						answer(w)
					}
					return endpoint == "token"
				}
			})
			app.clock.add(time.Hour)
			for range 5 {
				if r := b.get(profilePath); r.StatusCode != http.StatusOK {
					t.Fatalf("within the grace: status %d", r.StatusCode)
				}
			}
			if got := asked.Load(); got != 1 {
				t.Errorf("Okta was asked %d times at once, want 1", got)
			}
			app.clock.add(6 * time.Second)
			b.get(profilePath)
			if got := asked.Load(); got != 2 {
				t.Errorf("Okta was asked %d times after a while, want 2", got)
			}
			if got := app.events("renewal_failed"); got != 2 {
				t.Errorf("%d failed renewals in the log, want 2", got)
			}

			app.clock.add(10 * time.Minute)
			r := b.get(profilePath)
			if r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.body, "Your session has ended") {
				t.Errorf("after the grace: status %d", r.StatusCode)
			}
			if b.signedIn() || app.events("renewal_refused") != 1 {
				t.Error("signed in after the grace")
			}
			app.org.Set(func(k *mockokta.Knobs) { k.Intercept = nil })
			if !other.signedIn() {
				t.Error("whose renewal nobody refused is signed out")
			}
		})
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":%q,"error_description":"No."}`, code)
}

func TestOktaComesBackWithinTheGrace(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{client: rotating, env: renewing()})
	b := app.browser()
	b.signIn(profilePath, ada)
	app.org.Stop()
	app.clock.add(time.Hour)
	if !b.signedIn() {
		t.Fatal("signed out while Okta is away")
	}
	if err := app.org.Restart(); err != nil {
		t.Fatal(err)
	}
	app.clock.add(10 * time.Minute)
	if !b.signedIn() || app.events("renewed") != 1 {
		t.Errorf("%d renewals", app.events("renewed"))
	}
}

// TestHangingOktaHoldsUpOnePerson: who has waited in vain waits for all.
func TestHangingOktaHoldsUpOnePerson(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: renewing()})
	first, second := app.browser(), app.browser()
	first.signIn(profilePath, ada)
	second.signIn(profilePath, grace)
	asked, release := app.holdRenewal()
	defer release()
	app.clock.add(time.Hour)
	began := time.Now()
	if !first.signedIn() {
		t.Error("signed out")
	}
	if waited := time.Since(began); waited > 9*time.Second {
		t.Errorf("waited %v", waited)
	}
	receive(t, asked)
	began = time.Now()
	if !second.signedIn() || !first.signedIn() {
		t.Error("signed out")
	}
	if waited := time.Since(began); waited > 2*time.Second {
		t.Errorf("the next ones waited %v", waited)
	}
	select {
	case <-asked:
		t.Error("Okta was asked again at once")
	default:
	}
}

// TestRenewedIDTokenIsVerified: OpenID Connect Core section 12.2, and the rules of
// sign-in.
func TestRenewedIDTokenIsVerified(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(header, claims map[string]any){
		"other iss":        func(_, claims map[string]any) { claims["iss"] = "https://other.okta.com" },
		"other sub":        func(_, claims map[string]any) { claims["sub"] = "00u9mockGraceHop0125d" },
		"other aud":        func(_, claims map[string]any) { claims["aud"] = "0oaother" },
		"more aud":         func(_, claims map[string]any) { claims["aud"] = []string{mockokta.DefaultClientID, "0oaother"} },
		"azp that was not": func(_, claims map[string]any) { claims["azp"] = mockokta.DefaultClientID },
		"azp and more aud": func(_, claims map[string]any) {
			claims["aud"], claims["azp"] = []string{mockokta.DefaultClientID, "0oaother"}, mockokta.DefaultClientID
		},
		"other auth_time":      func(_, claims map[string]any) { claims["auth_time"] = claims["iat"] },
		"other nonce":          func(_, claims map[string]any) { claims["nonce"] = "other" },
		"expired":              func(_, claims map[string]any) { claims["exp"] = 1 },
		"from the future":      func(_, claims map[string]any) { claims["iat"] = float64(1 << 33) },
		"of another token":     func(_, claims map[string]any) { claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
		"of another algorithm": func(header, _ map[string]any) { header["alg"] = "none" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := startReplicas(t, 1, setup{env: renewing()})
			b := app.browser()
			b.signIn(profilePath, ada)
			app.org.Set(func(k *mockokta.Knobs) { k.TamperIDToken = tamper })
			app.clock.add(time.Hour)
			if r := b.get(profilePath); r.StatusCode != http.StatusUnauthorized {
				t.Errorf("status %d", r.StatusCode)
			}
			if b.signedIn() || app.events("renewed") != 0 || app.events("renewal_refused") != 1 {
				t.Error("the session goes on")
			}
		})
	}
}

// TestRenewalThatSaysLess: what a response may leave out does not end a session.
func TestRenewalThatSaysLess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		knobs      func(*mockokta.Knobs)
		wantGroups string
	}{
		"no ID token": {func(k *mockokta.Knobs) { k.RefreshOmitsIDToken = true }, "Crew"},
		"same nonce":  {func(k *mockokta.Knobs) {}, "Crew"},
		"no auth_time": {func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { delete(claims, "auth_time") }
		}, "Crew"},
		"no expires_in":   {func(k *mockokta.Knobs) { k.TamperToken = func(resp map[string]any) { delete(resp, "expires_in") } }, "Crew"},
		"userinfo broken": {func(k *mockokta.Knobs) { k.TamperUserinfo = func(claims map[string]any) { claims["sub"] = "someone" } }, "Crew"},
		"neither ID token nor userinfo": {func(k *mockokta.Knobs) {
			k.RefreshOmitsIDToken = true
			k.TamperUserinfo = func(claims map[string]any) { claims["sub"] = "someone" }
		}, "Engineers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := startReplicas(t, 1, setup{env: renewing()})
			b := app.browser()
			b.signIn(profilePath, grace)
			before := b.me()
			app.org.Set(c.knobs)
			app.org.SetGroups(grace, "Crew")
			app.clock.add(time.Hour)
			after := b.me()
			b.me()
			if got := fmt.Sprint(after["groups"]); !strings.Contains(got, c.wantGroups) {
				t.Errorf("groups %v, want %s", got, c.wantGroups)
			}
			for _, claim := range []string{"iss", "sub", "aud", "email", "name", "amr"} {
				if fmt.Sprint(after[claim]) != fmt.Sprint(before[claim]) {
					t.Errorf("%s: %v, was %v", claim, after[claim], before[claim])
				}
			}
			if app.renewals() != 1 {
				t.Errorf("%d renewals, want 1", app.renewals())
			}
		})
	}
}

func TestRenewalAfterAKeyRotation(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{client: rotating, env: renewing()})
	b := app.browser()
	b.signIn(profilePath, ada)
	for i := range 2 { // the second while Okta may not be asked for its keys again
		app.org.RotateKeys()
		app.clock.add(time.Hour)
		if !b.signedIn() {
			t.Fatalf("signed out by rotation %d", i+1)
		}
		app.org.RotateKeys()
	}
	app.clock.add(time.Hour)
	if !b.signedIn() || app.events("renewal_refused") != 0 {
		t.Error("signed out")
	}
}

// TestRenewedAudience: an audience that would do at sign-in must be the one of
// sign-in.
func TestRenewedAudience(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		aud  any
		want int
	}{
		"same": {mockokta.DefaultClientID, http.StatusOK},
		"more": {[]string{mockokta.DefaultClientID, "0oaother"}, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := startReplicas(t, 1, setup{env: renewing()})
			audience := func(aud any) {
				app.org.Set(func(k *mockokta.Knobs) {
					k.TamperIDToken = func(_, claims map[string]any) { claims["aud"], claims["azp"] = aud, mockokta.DefaultClientID }
				})
			}
			audience(mockokta.DefaultClientID)
			b := app.browser()
			b.signIn(profilePath, ada)
			audience(c.aud)
			app.clock.add(time.Hour)
			if r := b.get(profilePath); r.StatusCode != c.want {
				t.Errorf("status %d, want %d", r.StatusCode, c.want)
			}
		})
	}
}
