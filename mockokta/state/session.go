package state

import (
	"time"
)

// SessionCookie is Okta's own name for its session cookie. Cookies are shared by all ports of a host, so an
// app on the same host must not use it.
const SessionCookie = "sid"

// SessionIdle is how long an unused session lasts: Okta's default.
const SessionIdle = 2 * time.Hour

// Session is a browser that is signed in to the org.
type Session struct {
	ID       string
	UserID   string
	AuthTime time.Time
	Level    int      // assurance: 1 for a password, more after a step-up
	AMR      []string // how the person proved who they are
}

// PublicSessionID is the sid of ID tokens: it names a session without being its cookie.
func PublicSessionID(sessionID string) string { return EntityID("102", sessionID) }
