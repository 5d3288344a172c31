package session_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/over"
)

// onBothMemories runs a test that holds for any Ended.
func onBothMemories(t *testing.T, test func(t *testing.T, ended session.Ended, clock *clock)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		clock := newClock()
		test(t, over.NewMemory(1000, clock.Now, nil), clock)
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		clock := newClock()
		test(t, session.NewRedisEnded(startRedis(t).client(), clock.Now), clock)
	})
}

// wantUpTo checks up to when name is over, zero for not.
func wantUpTo(t *testing.T, ended session.Ended, name string, want time.Time) {
	t.Helper()
	got, err := ended.Has(context.Background(), "nobody", name)
	if err != nil || len(got) != 2 || !got[0].IsZero() {
		t.Fatalf("Has: %v, %v", got, err)
	}
	// Redis keeps microseconds, rounded up.
	if got[1].Before(want) || got[1].Sub(want) >= time.Microsecond {
		t.Errorf("%q is over up to %v, want %v", name, got[1], want)
	}
}

func mark(name string, upTo, until time.Time) session.Mark {
	return session.Mark{Name: name, UpTo: upTo, Until: until}
}

func claim(t *testing.T, ended session.Ended, id string, until time.Time, want bool) {
	t.Helper()
	if got, err := ended.Claim(context.Background(), id, until); err != nil || got != want {
		t.Errorf("Claim(%q): %v, %v, want %v", id, got, err, want)
	}
}

func TestEnded(t *testing.T) {
	t.Parallel()
	onBothMemories(t, func(t *testing.T, ended session.Ended, clock *clock) {
		ctx, now := context.Background(), clock.Now()
		soon, far := now.Add(time.Minute), now.Add(time.Hour)
		if err := ended.End(ctx, mark("a", now, soon), mark("past", now, now), mark("later", now.Add(-time.Hour), far)); err != nil {
			t.Fatal(err)
		}
		for _, upTo := range []time.Time{now, now.Add(-time.Minute)} { // the latest counts
			if err := ended.End(ctx, mark("later", upTo, soon)); err != nil {
				t.Fatal(err)
			}
		}
		if err := ended.End(ctx); err != nil {
			t.Error(err)
		}
		wantUpTo(t, ended, "a", now)
		wantUpTo(t, ended, "b", time.Time{})
		wantUpTo(t, ended, "past", time.Time{})
		wantUpTo(t, ended, "later", now)
		claim(t, ended, "a", soon, true) // claims are something else
		claim(t, ended, "a", soon, false)
		claim(t, ended, "b", soon, true)
	})
}

// TestMarksKeepTheLongerTime: who ends something once more does not have it
// forgotten earlier.
func TestMarksKeepTheLongerTime(t *testing.T) {
	t.Parallel()
	clock := newClock()
	ended, now := over.NewMemory(10, clock.Now, nil), clock.Now()
	_ = ended.End(t.Context(), mark("a", now, now.Add(time.Hour)))
	_ = ended.End(t.Context(), mark("a", now, now.Add(time.Minute)))
	clock.Add(time.Hour - 1)
	wantUpTo(t, ended, "a", now)

	server := startRedis(t)
	shared := session.NewRedisEnded(server.client(), clock.Now)
	now = clock.Now()
	_ = shared.End(t.Context(), mark("a", now, now.Add(time.Hour)))
	_ = shared.End(t.Context(), mark("a", now, now.Add(time.Minute)))
	wantTTL(t, server, "okta:over:a", time.Hour)
}

func TestClaimsAtOnce(t *testing.T) {
	t.Parallel()
	onBothMemories(t, func(t *testing.T, ended session.Ended, clock *clock) {
		var firsts atomic.Int64
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				first, err := ended.Claim(context.Background(), "id", clock.Now().Add(time.Minute))
				if err != nil {
					t.Error(err)
				}
				if first {
					firsts.Add(1)
				}
			})
		}
		wg.Wait()
		if firsts.Load() != 1 {
			t.Errorf("%d were first, want 1", firsts.Load())
		}
	})
}

func TestMemoryEndedForgetsInTime(t *testing.T) {
	t.Parallel()
	clock, ctx := newClock(), context.Background()
	ended, now := over.NewMemory(2, clock.Now, nil), clock.Now()
	until := now.Add(time.Minute)
	_ = ended.End(ctx, mark("a", now, until))
	claim(t, ended, "a", until, true)
	clock.Add(time.Minute - time.Nanosecond)
	wantUpTo(t, ended, "a", now)
	claim(t, ended, "a", until, false)
	clock.Add(time.Nanosecond)
	wantUpTo(t, ended, "a", time.Time{})
	claim(t, ended, "a", until.Add(time.Minute), true)
}

// TestMemoryEndedIsBounded: what had to be forgotten is counted, and said once.
func TestMemoryEndedIsBounded(t *testing.T) {
	t.Parallel()
	clock, ctx := newClock(), context.Background()
	var log bytes.Buffer
	ended := over.NewMemory(3, clock.Now, slog.New(slog.NewTextHandler(&log, nil)))
	now := clock.Now()
	end := func(minutes ...int) {
		for _, m := range minutes {
			_ = ended.End(ctx, mark(fmt.Sprint(m), now, clock.Now().Add(time.Duration(m)*time.Minute)))
		}
	}
	want := func(names map[string]bool) {
		t.Helper()
		for name, held := range names {
			upTo := time.Time{}
			if held {
				upTo = now
			}
			wantUpTo(t, ended, name, upTo)
		}
	}
	end(30, 10, 20)
	if log.Len() > 0 || ended.Counts() != (over.Counts{Marks: 3, Max: 3}) {
		t.Errorf("full, and nothing is lost: %+v, log %s", ended.Counts(), log.String())
	}
	end(40) // 10 would expire next
	want(map[string]bool{"10": false, "20": true, "30": true, "40": true})
	end(50, 20)
	if got := strings.Count(log.String(), "memory of what is over is full"); got != 1 {
		t.Errorf("said %d times, want once: %s", got, log.String())
	}
	if got := ended.Counts(); got != (over.Counts{Marks: 3, Max: 3, Forgotten: 3}) {
		t.Errorf("counts %+v", got)
	}
	clock.Add(45 * time.Minute) // only 50 is left: that fill is over
	end(1, 2)
	if got := ended.Counts().Forgotten; got != 3 {
		t.Errorf("%d forgotten", got)
	}
	end(3)
	if got := strings.Count(log.String(), "memory of what is over is full"); got != 2 {
		t.Errorf("said %d times, want twice: %s", got, log.String())
	}

	for i := range 100 { // claims take no room from marks
		claim(t, ended, fmt.Sprint(i), clock.Now().Add(time.Hour), true)
	}
	want(map[string]bool{"50": true, "2": true, "3": true})
}

func TestReplicasAgreeThroughRedis(t *testing.T) {
	t.Parallel()
	server, clock, trips := startRedis(t), newClock(), new(trips)
	replica := func(now func() time.Time) (*app, *session.Sessions) {
		client := server.client()
		hook(t, client, trips)
		o := options(clock)
		o.Now, o.Ended = now, session.NewRedisEnded(client, now)
		store := newCookies(t, o)
		return newApp(store), store
	}
	ahead := newClock()
	ahead.Add(30 * time.Second)
	one, _ := replica(clock.Now)
	two, twosStore := replica(ahead.Now)

	phone, laptop := newBrowser(), newBrowser()
	phone.signIn(t, one, ann())
	laptop.signIn(t, two, ann())
	for name, do := range map[string]func(){
		"read":         func() { phone.wantSignedIn(t, two) },
		"read another": func() { laptop.wantSignedIn(t, one) },
	} {
		if got := trips.count(do); got != 1 {
			t.Errorf("%s: %d round trips, want 1", name, got)
		}
	}

	copied := phone.copied()
	phone.signOut(t, one)
	copied.wantSignedOut(t, two)
	wantTTL(t, server, "okta:over:*:session:*", maxAge+time.Minute)
	wantTTL(t, server, "okta:over:*:signed-out:*", 10*time.Minute)

	if _, err := twosStore.EndAll(context.Background(), "00uann"); err != nil {
		t.Fatal(err)
	}
	laptop.wantSignedOut(t, one)
	phone.signIn(t, one, ann()) // though its clock has not come so far
	phone.wantSignedIn(t, one)
	phone.wantSignedIn(t, two)
}
