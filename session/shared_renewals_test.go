package session_test

import (
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/session"
)

// reloaded returns what a request of b finds when it reads its session again.
func reloaded(t *testing.T, a *app, b *browser) *session.Session {
	t.Helper()
	var s *session.Session
	b.visit(a, func(c *gin.Context) {
		var err error
		if s, err = reload(c); err != nil {
			t.Fatalf("Reload: %v", err)
		}
	})
	return s
}

// TestSharedRenewals: a replica that gets the cookies from before finds what another
// has renewed them to; what somebody else has put there is not there.
func TestSharedRenewals(t *testing.T) {
	t.Parallel()
	server, clock := startRedis(t), newClock()
	replica := func() *app {
		o := options(clock)
		o.Replicas = server.client()
		return newApp(newCookies(t, o))
	}
	one, two, b := replica(), replica(), newBrowser()
	b.signIn(t, one, ann())
	b.wantSignedIn(t, one)
	old := b.copied()
	b.visit(one, func(c *gin.Context) { save(t, c, "renewed") })
	if got := reloaded(t, two, old.copied()).RefreshToken; got != "renewed" {
		t.Errorf("Reload: %q", got)
	}

	key := server.onlyKey("okta:*:renewed:*")
	other := newBrowser()
	other.signIn(t, one, ann())
	for name, put := range map[string]func(){
		"junk":   func() { server.do("SET", key, "junk") },
		"a list": func() { server.do("DEL", key); server.do("RPUSH", key, "junk") },
	} {
		put()
		if got := reloaded(t, two, old.copied()).RefreshToken; got != "" {
			t.Errorf("%s: Reload: %q", name, got)
		}
	}
}
