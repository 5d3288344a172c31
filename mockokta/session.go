package mockokta

import (
	"net/http"
	"strings"
	"time"
)

// sessionCookie is Okta's own name for its session cookie. Cookies are shared by all ports of a host, so an
// app on the same host must not use it.
const sessionCookie = "sid"

// sessionIdle is how long an unused session lasts: Okta's default.
const sessionIdle = 2 * time.Hour

// ssoSession is a browser that is signed in to the org.
type ssoSession struct {
	id       string
	userID   string
	authTime time.Time
	level    int      // assurance: 1 for a password, more after a step-up
	amr      []string // how the person proved who they are
}

// session returns the browser's session. It is nil unless its person may still sign in.
func (o *Org) session(r *http.Request) *ssoSession {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	s, found := o.sessions.extend(cookie.Value, o.now().Add(sessionIdle))
	if !found {
		return nil
	}
	if entry, found := o.directory.find(s.userID); !found || !entry.active() {
		return nil
	}
	return s
}

// startSession signs a browser in, in place of whoever was signed in before.
func (o *Org) startSession(w http.ResponseWriter, r *http.Request, userID string, level int) *ssoSession {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		o.sessions.delete(cookie.Value)
	}
	s := &ssoSession{id: randomID(), userID: userID, authTime: o.now(), level: max(level, 1), amr: []string{"pwd"}}
	if s.level > 1 {
		s.amr = []string{"pwd", "mfa", "otp"}
	}
	o.sessions.put(s.id, s, o.now().Add(sessionIdle))
	o.directory.signedIn(userID)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: s.id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return s
}

func (o *Org) endSession(w http.ResponseWriter, s *ssoSession) {
	o.sessions.delete(s.id)
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}

// checkPassword returns the active person with this login and password.
func (o *Org) checkPassword(login, password string) (directoryEntry, bool) {
	entry, found := o.directory.lookUp(strings.TrimSpace(login))
	if !found || !entry.active() || entry.Password == "" || entry.Password != password {
		return directoryEntry{}, false
	}
	return entry, true
}

// lacksCookies reports a form post from another site. Browsers leave SameSite=Lax cookies out of it, where
// Okta's own (SameSite=None, which needs https) are sent; coming back with a GET brings them.
func lacksCookies(r *http.Request) bool {
	_, err := r.Cookie(sessionCookie)
	return r.Method == http.MethodPost && err != nil && r.Header.Get("Sec-Fetch-Site") == "cross-site"
}
