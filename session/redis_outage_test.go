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

func TestRedisKilledAndRestarted(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	store := newRedis(t, server.client(), options(clock))
	a, b, leaver := newApp(store), newBrowser(), newBrowser()
	b.signIn(t, a, ann())
	leaver.signIn(t, a, ann())
	wantPing(t, store, nil)

	server.Kill()
	wantUnavailable(t, a, store, b)
	leaver.visit(a, func(c *gin.Context) {
		if err := end(c); !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("End: %v, want ErrUnavailable", err)
		}
	})
	if len(leaver.cookies) != 0 {
		t.Error("End left cookies")
	}

	server.Restart()
	wantPing(t, store, nil)
	b.wantSignedIn(t, a)
}

func TestRedisFrozen(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	patient := newApp(newRedis(t, server.client(), options(clock)))
	store := newRedis(t, server.clientWith(100*time.Millisecond), options(clock))
	a, b := newApp(store), newBrowser()
	b.signIn(t, patient, ann())
	server.Freeze()
	start := time.Now()
	wantUnavailable(t, a, store, b)
	if took := time.Since(start); took > 5*time.Second { // eight calls of at most two tries of a tenth of a second
		t.Errorf("took %v", took)
	}
	server.Thaw()
	b.wantSignedIn(t, patient)
}

func wantUnavailable(t *testing.T, a *app, store *session.Sessions, b *browser) {
	t.Helper()
	cookies := b.visit(a, func(c *gin.Context) {
		if err := getErr(c); !errors.Is(err, session.ErrUnavailable) || errors.Is(err, session.ErrNone) {
			t.Errorf("Get: %v, want ErrUnavailable", err)
		}
		if err := start(c, ann()); !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("Start: %v, want ErrUnavailable", err)
		}
	})
	if len(cookies) != 0 {
		t.Errorf("cookies %v", cookies)
	}
	newBrowser().wantSignedOut(t, a) // without a cookie there is nothing to ask

	ctx := context.Background()
	wantPing(t, store, session.ErrUnavailable)
	if _, err := store.Count(ctx); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("Count: %v", err)
	}
	if _, err := store.EndAll(ctx, "00uann"); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("EndAll: %v", err)
	}
	if _, _, err := store.RenewLock(ctx, "id", time.Minute); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("RenewLock: %v", err)
	}
}

func wantPing(t *testing.T, store *session.Sessions, want error) {
	t.Helper()
	if err := store.Ping(context.Background()); !errors.Is(err, want) {
		t.Errorf("Ping: %v, want %v", err, want)
	}
}

func TestRedisEndsWhatItCouldNotRead(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	client, fault := server.client(), new(faultOnce)
	a, b := newApp(newRedis(t, server.client(), options(clock))), newBrowser()
	hook(t, client, fault)
	faulty := newApp(newRedis(t, client, options(clock)))
	b.signIn(t, a, ann())
	copied := b.copied()
	fault.armed = true
	b.signOut(t, faulty)
	if fault.armed {
		t.Fatal("no fault: nothing tested")
	}
	copied.wantSignedOut(t, a)
}

// faultOnce is a hook that fails one pipeline.
type faultOnce struct {
	trips
	armed bool
}

func (f *faultOnce) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if f.armed {
			f.armed = false
			err := errors.New("connection lost")
			for _, cmd := range cmds {
				cmd.SetErr(err)
			}
			return err
		}
		return next(ctx, cmds)
	}
}

// A cluster refuses commands whose keys it may keep in different places, even
// when it has one node.
func TestRedisCluster(t *testing.T) {
	t.Parallel()
	server, clock, ctx := startRedis(t, "--cluster-enabled", "yes"), newClock(), context.Background()
	server.do("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
	client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{server.Addr()}})
	t.Cleanup(func() { _ = client.Close() })
	waitFor(t, func() bool { return strings.Contains(server.do("CLUSTER", "INFO").(string), "cluster_state:ok") })

	store := newRedis(t, client, options(clock))
	a, b, other := newApp(store), newBrowser(), newBrowser()
	b.signIn(t, a, ann())
	other.signIn(t, a, ann())
	clock.Add(idle / 2)
	b.visit(a, func(c *gin.Context) { save(t, c, "renewed") })
	b.wantSignedIn(t, a)
	wantCount(t, store, 2)
	b.signOut(t, a)
	if sessions, err := store.EndAll(ctx, "00uann"); err != nil || len(sessions) != 1 {
		t.Errorf("EndAll: %d sessions, %v, want 1", len(sessions), err)
	}
	other.wantSignedOut(t, a)
	if unlock, ok, err := store.RenewLock(ctx, "id", time.Minute); err != nil || !ok {
		t.Errorf("RenewLock: %v, %v", ok, err)
	} else {
		unlock()
	}

	o := options(clock)
	o.Ended = session.NewRedisEnded(client, clock.Now)
	cookies := newCookies(t, o)
	withCookies := newApp(cookies)
	b.signIn(t, withCookies, ann())
	b.wantSignedIn(t, withCookies)
	if _, err := cookies.EndAll(ctx, "00uann"); err != nil {
		t.Error(err)
	}
	b.wantSignedOut(t, withCookies)
}
