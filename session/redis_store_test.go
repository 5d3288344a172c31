package session_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session"
)

func TestRedisRoundTrips(t *testing.T) {
	t.Parallel()
	server, clock, trips := startRedis(t), newClock(), new(trips)
	client := server.client()
	hook(t, client, trips)
	a, b := newApp(newRedis(t, client, options(clock))), newBrowser()
	garbage, unknown, stale := newBrowser(), newBrowser(), newBrowser()
	garbage.cookies["okta_session"] = "garbage"
	unknown.cookies["okta_session"] = strings.Repeat("A", 98)

	for _, step := range []struct {
		name string
		do   func()
		want int64
	}{
		{"sign in", func() { b.signIn(t, a, ann()) }, 1},
		{"read", func() { b.wantSignedIn(t, a) }, 1},
		{"not read", func() { b.visit(a, func(*gin.Context) {}) }, 0},
		{"read twice in a request", func() {
			b.visit(a, func(c *gin.Context) {
				_ = errors.Join(getErr(c), getErr(c))
			})
		}, 1},
		{"read and slide", func() { clock.Add(idle / 10); b.wantSignedIn(t, a) }, 2},
		{"read after the slide", func() { b.wantSignedIn(t, a) }, 1},
		{"read by nobody", func() { newBrowser().wantSignedOut(t, a) }, 0},
		{"read what is no token", func() { garbage.wantSignedOut(t, a) }, 0},
		{"read a token that we never gave out", func() { unknown.wantSignedOut(t, a) }, 0},
		{"sign out", func() { stale = b.copied(); b.signOut(t, a) }, 2},
		{"read what was signed out", func() { stale.wantSignedOut(t, a) }, 1},
	} {
		if got := trips.count(step.do); got != step.want {
			t.Errorf("%s: %d round trips, want %d", step.name, got, step.want)
		}
	}
}

func TestRedisExpiresKeys(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	a, b := newApp(newRedis(t, server.client(), options(clock))), newBrowser()
	b.signIn(t, a, ann())
	wantTTL(t, server, "okta:*:session:*", idle)
	wantTTL(t, server, "okta:*:person:*", maxAge+24*time.Hour)
	wantTTL(t, server, "okta:*:sessions:all", maxAge+24*time.Hour)

	for range 23 {
		clock.Add(idle / 2)
		b.wantSignedIn(t, a)
	}
	wantTTL(t, server, "okta:*:session:*", idle/2)
	b.signOut(t, a)
	wantOnlyFormer(t, server)
}

// wantOnlyFormer checks that nothing is left but what a second sign-out may need.
func wantOnlyFormer(t *testing.T, server *redisServer) {
	t.Helper()
	if keys := server.do("KEYS", "*").([]any); len(keys) != 1 {
		t.Errorf("keys left: %v", keys)
	}
	wantTTL(t, server, "okta:*:former:*", 10*time.Minute)
}

func wantTTL(t *testing.T, server *redisServer, pattern string, want time.Duration) {
	t.Helper()
	got := time.Duration(server.do("PTTL", server.onlyKey(pattern)).(int64)) * time.Millisecond
	if got > want || got < want-time.Minute {
		t.Errorf("%s expires in %v, want %v", pattern, got, want)
	}
}

func TestStolenDump(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	o := options(newClock())
	a, b := newApp(newRedis(t, server.client(), o)), newBrowser()
	s := ann()
	s.AccessToken, s.RefreshToken = "the-access-token", "the-refresh-token"
	b.signIn(t, a, s)
	o.Ended = session.NewRedisEnded(server.client(), o.Now)
	if _, err := newCookies(t, o).EndAll(t.Context(), s.Subject); err != nil {
		t.Fatal(err)
	}
	server.do("CONFIG", "SET", "rdbcompression", "no")
	server.do("SAVE")
	dump := server.Dump()
	if !strings.Contains(dump, ":session:") {
		t.Fatal("the dump has no session: nothing tested")
	}
	for _, secret := range []string{b.cookies["okta_session"], s.Subject, "Ann", s.IDToken, s.AccessToken, s.RefreshToken} {
		if strings.Contains(dump, secret) {
			t.Errorf("the dump shows %q", secret)
		}
	}
}

func TestRedisValueUnderAnotherKey(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	a, b, mallory := newApp(newRedis(t, server.client(), options(newClock()))), newBrowser(), newBrowser()
	b.signIn(t, a, ann())
	anns := server.onlyKey("okta:*:session:*")
	copied := server.do("GET", anns)
	b.signOut(t, a)
	other := ann()
	other.Subject = "00umallory"
	mallory.signIn(t, a, other)
	server.do("SET", server.onlyKey("okta:*:session:*"), copied)
	mallory.wantSignedOut(t, a)

	for _, value := range []string{"", "\x01", "garbage", strings.Repeat("\x01", 100)} {
		server.do("SET", server.onlyKey("okta:*:session:*"), value)
		mallory.wantSignedOut(t, a)
	}
}

func TestRedisEndAll(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	store := newRedis(t, server.client(), options(clock))
	a, phone, laptop, lapsed, bob := newApp(store), newBrowser(), newBrowser(), newBrowser(), newBrowser()
	lapsed.signIn(t, a, ann())
	clock.Add(idle)
	for browser, token := range map[*browser]string{phone: "phone", laptop: "laptop"} {
		s := ann()
		s.RefreshToken = token
		browser.signIn(t, a, s)
	}
	other := ann()
	other.Subject = "00ubob"
	bob.signIn(t, a, other)
	wantCount(t, store, 3)

	// A request under way meanwhile can't bring its session back.
	clock.Add(idle / 2)
	late := phone.copied()
	late.visit(a, func(c *gin.Context) {
		s, err := current(c)
		if err != nil {
			t.Fatal(err)
		}
		sessions, err := store.EndAll(context.Background(), "00uann")
		if err != nil || len(sessions) != 2 {
			t.Errorf("EndAll: %d sessions, %v, want 2", len(sessions), err)
		}
		tokens := map[string]bool{}
		for _, s := range sessions {
			tokens[s.RefreshToken] = true
		}
		if !tokens["phone"] || !tokens["laptop"] {
			t.Errorf("EndAll returned refresh tokens %v", tokens)
		}
		if err := keep(c, s); !errors.Is(err, session.ErrNone) {
			t.Errorf("late Save: %v, want ErrNone", err)
		}
	})
	late.wantSignedOut(t, a)
	phone.wantSignedOut(t, a)
	laptop.wantSignedOut(t, a)
	bob.wantSignedIn(t, a)
	wantCount(t, store, 1)
	if sessions, err := store.EndAll(context.Background(), "00uann"); err != nil || len(sessions) != 0 {
		t.Errorf("EndAll again: %v, %v", sessions, err)
	}
	phone.signIn(t, a, ann())
	phone.wantSignedIn(t, a)
}

// TestRedisEndAllReturnsWhatLapsed: its refresh token is still good at Okta.
func TestRedisEndAllReturnsWhatLapsed(t *testing.T) {
	t.Parallel()
	clock := newClock()
	store := newRedis(t, startRedis(t).client(), options(clock))
	newBrowser().signIn(t, newApp(store), renewable())
	clock.Add(idle)
	if ended, err := store.EndAll(t.Context(), "00uann"); err != nil || len(ended) != 1 || ended[0].RefreshToken != "refresh" {
		t.Errorf("EndAll: %v, %v", ended, err)
	}
}

// TestRedisListsOutliveSettings: a sign-in under a shorter limit does not have the
// longer sessions forgotten.
func TestRedisListsOutliveSettings(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	o := options(clock)
	long := newRedis(t, server.client(), o)
	o.IdleTimeout, o.MaxAge = time.Minute, time.Minute
	newBrowser().signIn(t, newApp(long), ann())
	newBrowser().signIn(t, newApp(newRedis(t, server.client(), o)), ann())
	wantTTL(t, server, "okta:*:person:*", maxAge+24*time.Hour)
}

func TestRedisCount(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	store := newRedis(t, server.client(), options(clock))
	a, used, idler := newApp(store), newBrowser(), newBrowser()
	used.signIn(t, a, ann())
	idler.signIn(t, a, ann())
	wantCount(t, store, 2)
	clock.Add(idle / 2)
	used.wantSignedIn(t, a)
	clock.Add(idle / 2)
	wantCount(t, store, 1)
	used.signOut(t, a)
	wantCount(t, store, 0)
}

func wantCount(t *testing.T, store *session.Sessions, want int64) {
	t.Helper()
	if got, err := store.Count(context.Background()); err != nil || got != want {
		t.Errorf("Count: %d, %v, want %d", got, err, want)
	}
}

func TestRedisSlideKeepsWhatAnotherProcessSaved(t *testing.T) {
	t.Parallel()
	server, clock, other := startRedis(t), newClock(), new(interruption)
	one := newApp(newRedis(t, server.client(), options(clock)))
	client := server.client()
	hook(t, client, other)
	two := newApp(newRedis(t, client, options(clock)))
	b := newBrowser()
	b.signIn(t, one, ann())
	clock.Add(idle / 2)

	other.beforeNextScript = func() { // two has read, and is about to slide
		b.copied().visit(one, func(c *gin.Context) { save(t, c, "renewed") })
	}
	b.wantSignedIn(t, two)
	if other.beforeNextScript != nil {
		t.Fatal("no slide: nothing tested")
	}
	if got := b.wantSignedIn(t, two).RefreshToken; got != "renewed" {
		t.Errorf("refresh token %q after the slide, want the renewed one", got)
	}
}

func TestRedisSlideBringsNothingBack(t *testing.T) {
	t.Parallel()
	server, clock, other := startRedis(t), newClock(), new(interruption)
	one := newApp(newRedis(t, server.client(), options(clock)))
	client := server.client()
	hook(t, client, other)
	two := newApp(newRedis(t, client, options(clock)))
	b := newBrowser()
	b.signIn(t, one, ann())
	clock.Add(idle / 2)

	other.beforeNextScript = func() { b.copied().signOut(t, one) }
	if _, cookies, err := b.get(two); !errors.Is(err, session.ErrNone) || len(cookies) != 0 {
		t.Errorf("Get: %v, cookies %v, want ErrNone and none", err, cookies)
	}
	wantOnlyFormer(t, server)
}

// save gives the session a new refresh token.
func save(t *testing.T, c *gin.Context, refreshToken string) {
	t.Helper()
	s, err := current(c)
	if err != nil {
		t.Fatal(err)
	}
	next := *s
	next.RefreshToken = refreshToken
	if err := keep(c, &next); err != nil {
		t.Fatal(err)
	}
}

// interruption is a hook that lets something happen before a pipeline that begins with a script.
type interruption struct {
	trips
	beforeNextScript func()
}

func (i *interruption) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if f := i.beforeNextScript; f != nil && cmds[0].Name() == "eval" {
			i.beforeNextScript = nil
			f()
		}
		return next(ctx, cmds)
	}
}

func TestRedisReload(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	one := newApp(newRedis(t, server.client(), options(clock)))
	two := newApp(newRedis(t, server.client(), options(clock)))
	b := newBrowser()
	b.signIn(t, one, ann())
	b.visit(one, func(c *gin.Context) {
		if err := getErr(c); err != nil {
			t.Fatal(err)
		}
		b.copied().visit(two, func(c *gin.Context) { save(t, c, "renewed") })
		if s, err := current(c); err != nil || s.RefreshToken != "" {
			t.Errorf("Get: %+v, %v, want what was read first", s, err)
		}
		if s, err := reload(c); err != nil || s.RefreshToken != "renewed" {
			t.Errorf("Reload: %+v, %v, want the renewed session", s, err)
		}
		b.copied().signOut(t, two)
		if _, err := reload(c); !errors.Is(err, session.ErrNone) {
			t.Errorf("Reload after the end: %v, want ErrNone", err)
		}
	})
}

func TestRenewLock(t *testing.T) {
	t.Parallel()
	server, ctx := startRedis(t), context.Background()
	one := newRedis(t, server.client(), options(newClock()))
	two := newRedis(t, server.client(), options(newClock()))
	lock := func(store *session.Sessions, id string, want bool) func() {
		t.Helper()
		unlock, ok, err := store.RenewLock(ctx, id, time.Minute)
		if err != nil || ok != want {
			t.Fatalf("RenewLock: %v, %v, want %v", ok, err, want)
		}
		return unlock
	}

	late := lock(one, "id", true)
	lock(two, "id", false)
	lock(two, "other", true)
	key := server.onlyKey("okta:*:renewal:id")
	server.do("DEL", key) // its time is over
	unlock := lock(two, "id", true)
	late() // must not open what is not its own any more
	lock(one, "id", false)
	unlock()
	lock(one, "id", true)
	if ttl := server.do("PTTL", key).(int64); ttl <= 0 || ttl > time.Minute.Milliseconds() {
		t.Errorf("the lock falls off in %d ms", ttl)
	}

	cookies := newCookies(t, options(newClock()))
	lock(cookies, "id", true)()
	lock(cookies, "id", true)()
}

func waitFor(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("waited too long")
		}
		time.Sleep(5 * time.Millisecond) // between looks
	}
}
