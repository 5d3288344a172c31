package session_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
)

// TestRedisJunk: whoever may write to Redis can sign people out, but not have answers
// of 503 for ever, and nobody in.
func TestRedisJunk(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	sessions := newRedis(t, server.client(), options(clock))
	a, b := newApp(sessions), newBrowser()
	kinds := map[string]func(key string){
		"text":   func(key string) { server.do("SET", key, "junk") },
		"list":   func(key string) { server.do("RPUSH", key, "junk") },
		"hash":   func(key string) { server.do("HSET", key, "junk", "junk") },
		"scores": func(key string) { server.do("ZADD", key, 1e18, "junk") },
		"long":   func(key string) { server.do("SETRANGE", key, 100<<20, "x") },
	}
	for kind, put := range kinds {
		b.signIn(t, a, ann())
		person := server.onlyKey("okta:*:person:*")
		all := server.onlyKey("okta:*:sessions:all")

		for _, key := range []string{person, all} { // a request that slides, and one that does not
			server.do("DEL", key)
			put(key)
			b.wantSignedIn(t, a)
			clock.Add(idle / 2)
			b.wantSignedIn(t, a)
		}
		b.copied().signIn(t, a, ann())
		if _, err := sessions.Count(t.Context()); err != nil {
			t.Errorf("%s: Count: %v", kind, err)
		}
		b.signIn(t, a, ann())
		b.wantSignedIn(t, a)
		if _, err := sessions.EndAll(t.Context(), "00uann"); err != nil {
			t.Errorf("%s: EndAll: %v", kind, err)
		}
		b.wantSignedOut(t, a)

		server.do("FLUSHDB")
		b.signIn(t, a, ann())
		session := server.onlyKey("okta:*:session:*")
		server.do("DEL", session)
		put(session)
		b.wantSignedOut(t, a)
		b.signOut(t, a)
		b.signIn(t, a, ann())
		b.wantSignedIn(t, a)
		server.do("FLUSHDB")
	}
}

// TestRedisIDsOfOthers: ids added to a person's list end nobody else's sessions.
func TestRedisIDsOfOthers(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	sessions := newRedis(t, server.client(), options(newClock()))
	a, anns, bobs := newApp(sessions), newBrowser(), newBrowser()
	anns.signIn(t, a, ann())
	person := server.onlyKey("okta:*:person:*")
	bob := ann()
	bob.Subject = "00ubob"
	bobs.signIn(t, a, bob)
	server.do("ZADD", person, 1, bobs.wantSignedIn(t, a).ID, 2, "junk", 3, "")
	junk := []any{"ZADD", person}
	for i := range 1200 { // enough to hide behind
		junk = append(junk, 0, fmt.Sprint("junk ", i))
	}
	server.do(junk...)
	if ended, err := sessions.EndAll(t.Context(), "00uann"); err != nil || len(ended) != 1 || ended[0].Subject != "00uann" {
		t.Errorf("EndAll: %v, %v", ended, err)
	}
	anns.wantSignedOut(t, a)
	bobs.wantSignedIn(t, a)
	wantCount(t, sessions, 1)
}

// TestRedisJunkMarks: a mark that is none of ours counts as one, and lasts no longer
// than the next sign-in.
func TestRedisJunkMarks(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	o := options(clock)
	o.Ended = session.NewRedisEnded(server.client(), clock.Now)
	sessions := newCookies(t, o)
	a, b := newApp(sessions), newBrowser()
	_, _ = sessions.EndAll(t.Context(), "00uann")
	key := server.onlyKey("okta:over:*:person:*")
	for name, put := range map[string]func(){
		"text":        func() { server.do("SET", key, "junk") },
		"nothing":     func() { server.do("SET", key, "") },
		"list":        func() { server.do("RPUSH", key, "junk") },
		"far future":  func() { server.do("SET", key, clock.Now().Add(1000*time.Hour).UnixMicro()) },
		"infinite":    func() { server.do("SET", key, "inf") },
		"a long time": func() { server.do("SET", key, strings.Repeat("9", 30)) },
	} {
		server.do("DEL", key)
		b.signIn(t, a, ann())
		put()
		clock.Add(time.Millisecond)
		b.wantSignedOut(t, a)
		b.signIn(t, a, ann())
		b.wantSignedIn(t, a)
		server.do("DEL", key)
		put()
		if _, err := sessions.EndAll(t.Context(), "00uann"); err != nil {
			t.Errorf("%s: EndAll: %v", name, err)
		}
		b.wantSignedOut(t, a)
		b.signIn(t, a, ann())
		b.wantSignedIn(t, a)
	}
}

// TestRedisJunkLock: a lock that never falls off is not one of ours.
func TestRedisJunkLock(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	sessions := newRedis(t, server.client(), options(newClock()))
	unlock, _, _ := sessions.RenewLock(t.Context(), "id", time.Minute)
	key := server.onlyKey("okta:*:renewal:*")
	unlock()
	for name, put := range map[string]func(){
		"without end": func() { server.do("SET", key, "mine") },
		"too long":    func() { server.do("SET", key, "mine", "EX", 3600) },
		"list":        func() { server.do("RPUSH", key, "mine") },
	} {
		put()
		unlock, ok, err := sessions.RenewLock(t.Context(), "id", time.Minute)
		if err != nil || !ok {
			t.Fatalf("%s: RenewLock: %v, %v", name, ok, err)
		}
		unlock()
	}
}

// TestRedisJunkClaims: what was claimed stays claimed.
func TestRedisJunkClaims(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	sessions := newRedis(t, server.client(), options(clock))
	if _, err := sessions.Claim(t.Context(), "x", clock.Now().Add(idle)); err != nil {
		t.Fatal(err)
	}
	key := server.onlyKey("okta:claimed:*")
	server.do("DEL", key)
	server.do("RPUSH", key, "junk")
	if first, err := sessions.Claim(t.Context(), "x", clock.Now().Add(idle)); err != nil || first {
		t.Errorf("Claim: %v, %v, want not the first", first, err)
	}
}

// TestReloadOfJunk: a session that is overwritten while a request runs has ended.
func TestReloadOfJunk(t *testing.T) {
	t.Parallel()
	server := startRedis(t)
	a, b := newApp(newRedis(t, server.client(), options(newClock()))), newBrowser()
	b.signIn(t, a, ann())
	b.visit(a, func(c *gin.Context) {
		if err := getErr(c); err != nil {
			t.Fatal(err)
		}
		server.do("SET", server.onlyKey("okta:*:session:*"), "junk")
		if _, err := reload(c); !errors.Is(err, session.ErrNone) {
			t.Errorf("Reload: %v", err)
		}
	})
}
