package session_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/session"
)

// onBothMemories runs a test that holds for any Ended.
func onBothMemories(t *testing.T, test func(t *testing.T, ended session.Ended, clock *clock)) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		clock := newClock()
		test(t, session.NewMemoryEnded(1000, clock.Now), clock)
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		clock := newClock()
		test(t, session.NewRedisEnded(startRedis(t).client(), clock.Now), clock)
	})
}

func wantEnded(t *testing.T, ended session.Ended, id string, want bool) {
	t.Helper()
	if got, _, err := ended.Has(context.Background(), id, ""); err != nil || got != want {
		t.Errorf("Has(%q): %v, %v, want %v", id, got, err, want)
	}
}

func wantEndedUpTo(t *testing.T, ended session.Ended, subject string, want time.Time) {
	t.Helper()
	// Redis keeps microseconds, rounded up.
	if _, got, err := ended.Has(context.Background(), "", subject); err != nil || got.Before(want) || got.Sub(want) >= time.Microsecond {
		t.Errorf("Has(%q): up to %v, %v, want %v", subject, got, err, want)
	}
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
		for id, until := range map[string]time.Time{"a": now.Add(time.Minute), "past": now, "longer": now.Add(time.Minute)} {
			if err := ended.End(ctx, id, until); err != nil {
				t.Fatal(err)
			}
		}
		if err := ended.End(ctx, "longer", now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		wantEnded(t, ended, "a", true)
		wantEnded(t, ended, "b", false)
		wantEnded(t, ended, "past", false)
		wantEnded(t, ended, "longer", true)
		claim(t, ended, "a", now.Add(time.Minute), true) // claims are something else
		claim(t, ended, "a", now.Add(time.Minute), false)
		claim(t, ended, "b", now.Add(time.Minute), true)
	})
}

func TestEndedSubject(t *testing.T) {
	t.Parallel()
	onBothMemories(t, func(t *testing.T, ended session.Ended, clock *clock) {
		ctx, now := context.Background(), clock.Now()
		wantEndedUpTo(t, ended, "ann", time.Time{})
		for _, upTo := range []time.Time{now.Add(-time.Hour), now, now.Add(-time.Minute)} {
			if err := ended.EndSubject(ctx, "ann", upTo, now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		wantEndedUpTo(t, ended, "ann", now)
		wantEndedUpTo(t, ended, "bob", time.Time{})
		wantEnded(t, ended, "ann", false)
	})
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
	ended := session.NewMemoryEnded(2, clock.Now)
	until := clock.Now().Add(time.Minute)
	_ = ended.End(ctx, "a", until)
	_ = ended.EndSubject(ctx, "ann", clock.Now(), until)
	claim(t, ended, "a", until, true)
	clock.Add(time.Minute - time.Nanosecond)
	wantEnded(t, ended, "a", true)
	wantEndedUpTo(t, ended, "ann", until.Add(-time.Minute))
	claim(t, ended, "a", until, false)
	clock.Add(time.Nanosecond)
	wantEnded(t, ended, "a", false)
	wantEndedUpTo(t, ended, "ann", time.Time{})
	claim(t, ended, "a", until.Add(time.Minute), true)
}

func TestMemoryEndedIsBounded(t *testing.T) {
	t.Parallel()
	clock, ctx := newClock(), context.Background()
	ended := session.NewMemoryEnded(3, clock.Now)
	for _, minutes := range []int{30, 10, 20, 40} { // 10 would expire next
		_ = ended.End(ctx, fmt.Sprint(minutes), clock.Now().Add(time.Duration(minutes)*time.Minute))
	}
	for id, want := range map[string]bool{"10": false, "20": true, "30": true, "40": true} {
		wantEnded(t, ended, id, want)
	}
	for i := range 100 { // claims take no room from ended sessions
		claim(t, ended, fmt.Sprint(i), clock.Now().Add(time.Hour), true)
	}
	wantEnded(t, ended, "20", true)

	clock.Add(25 * time.Minute) // 20 has expired and makes room
	_ = ended.End(ctx, "new", clock.Now().Add(time.Minute))
	for id, want := range map[string]bool{"20": false, "30": true, "40": true, "new": true} {
		wantEnded(t, ended, id, want)
	}
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
	wantTTL(t, server, "okta:ended:*", idle+time.Minute)

	if _, err := twosStore.EndAll(context.Background(), "00uann"); err != nil {
		t.Fatal(err)
	}
	laptop.wantSignedOut(t, one)
	phone.signIn(t, one, ann()) // though its clock has not come so far
	phone.wantSignedIn(t, one)
	phone.wantSignedIn(t, two)
}
