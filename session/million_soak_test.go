//go:build soak

package session

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session/redistest"
)

const (
	soakSessions = 1_000_000
	soakOfOne    = 100_000 // sessions of one person
	soakBatch    = 5_000
)

// TestSoakMillionSessions: with a million sessions in Redis, a hundred thousand of one
// person, each page of a person's sessions costs the same time, and little.
func TestSoakMillionSessions(t *testing.T) {
	server := redistest.Start(t)
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), ReadTimeout: time.Minute})
	defer client.Close()
	sessions, err := NewRedis(client, Options{
		Realm: "https://acme.okta.com/oauth2/default client", Secrets: [][]byte{bytes.Repeat([]byte("A"), 32)}, IdleTimeout: time.Hour, MaxAge: 12 * time.Hour,
	})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for i := 0; i < soakSessions; i += soakBatch {
		fill(t, sessions.store.(*redisStore), i)
	}
	t.Logf("%d sessions, filled in %v; Redis has %s of memory", soakSessions, time.Since(began).Round(time.Second), memory(t, client))

	measure(t, "Count", func() {
		if n, err := sessions.Count(t.Context()); err != nil || n != soakSessions {
			t.Fatalf("%d counted, %v", n, err)
		}
	})
	measure(t, "a person's ten sessions", func() {
		subject := fmt.Sprint("00u", rand.IntN((soakSessions-soakOfOne)/10))
		if part, err := sessions.List(t.Context(), subject, "", 50); err != nil || len(part.Sessions) != 10 || part.Next != "" {
			t.Fatalf("%s has %d sessions, %v", subject, len(part.Sessions), err)
		}
	})
	from, pages, read := "", []time.Duration(nil), 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for {
		began := time.Now()
		part, err := sessions.List(t.Context(), "00umany", from, 50)
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, time.Since(began))
		read += len(part.Sessions)
		if from = part.Next; from == "" {
			break
		}
	}
	runtime.ReadMemStats(&after)
	if read != soakOfOne {
		t.Errorf("%d of %d sessions on %d pages", read, soakOfOne, len(pages))
	}
	t.Logf("a page of 50 of %d allocates %d KB", soakOfOne, (after.TotalAlloc-before.TotalAlloc)/uint64(len(pages))>>10)
	report(t, "the first hundred pages of 50", pages[:100])
	report(t, "the last hundred pages of 50", pages[len(pages)-100:])
	if first, last := median(pages[:100]), median(pages[len(pages)-100:]); last > 3*first {
		t.Errorf("a late page takes %v, an early one %v", last, first)
	}
}

// fill keeps a batch of sessions where start would, in one round trip: one in ten
// of them is 00umany's, and the others are of people who have ten each.
func fill(t *testing.T, s *redisStore, from int) {
	t.Helper()
	ctx := context.Background()
	_, err := s.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i := from; i < from+soakBatch; i++ {
			subject := fmt.Sprint("00u", i%((soakSessions-soakOfOne)/10))
			if i >= soakSessions-soakOfOne {
				subject = "00umany"
			}
			email := subject + "@acme.test"
			session := &Session{
				ID: token{secret: randomToken()}.id(), Subject: subject, Email: email, OktaSession: fmt.Sprint("102", i), Browser: "Firefox on Linux",
				Claims: json.RawMessage(`{"sub":"` + subject + `","name":"Ada Lovelace","email":"` + email + `","groups":["Everyone","Engineering"]}`),
			}
			s.begin(session, s.now().UTC().Add(-time.Duration(i%3_600_000)*time.Millisecond/2))
			session.SeenAt = s.now().UTC()
			sealed, err := s.seal(s.realm.sessionKey(session.ID), session)
			if err != nil {
				return err
			}
			pipe.Set(ctx, s.realm.sessionKey(session.ID), sealed, s.left(session))
			for _, name := range s.realm.of(session) {
				pipe.ZAdd(ctx, listKey(name), redis.Z{Score: millis(session.EndsAt), Member: session.ID})
			}
			pipe.ZAdd(ctx, s.realm.allSessionsKey(), redis.Z{Score: millis(s.IdleEnds(session)), Member: session.ID})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func measure(t *testing.T, what string, do func()) {
	t.Helper()
	times := make([]time.Duration, 0, 200)
	for range cap(times) {
		began := time.Now()
		do()
		times = append(times, time.Since(began))
	}
	report(t, what, times)
}

func report(t *testing.T, what string, times []time.Duration) {
	t.Helper()
	t.Logf("%s: median %v, slowest %v", what, median(times), slices.Max(times))
}

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}

func memory(t *testing.T, client *redis.Client) string {
	t.Helper()
	info := client.Info(context.Background(), "memory").Val()
	human := regexp.MustCompile(`used_memory_human:(\S+)`).FindStringSubmatch(info)
	if human == nil {
		t.Fatal(info)
	}
	return human[1]
}
