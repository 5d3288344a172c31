package state

import (
	"net/http"
	"strings"
)

// Session returns the browser's session. It is nil unless its person may still sign in.
func (o *Org) Session(r *http.Request) *Session {
	cookie, err := r.Cookie(SessionCookie)
	if err != nil {
		return nil
	}
	s, found := o.Sessions.Extend(cookie.Value, o.Now().Add(SessionIdle))
	if !found {
		return nil
	}
	if entry, found := o.Find(s.UserID); !found || !entry.Active() {
		return nil
	}
	return s
}

// StartSession signs a browser in, in place of whoever was signed in before.
func (o *Org) StartSession(w http.ResponseWriter, r *http.Request, userID string, level int) *Session {
	if cookie, err := r.Cookie(SessionCookie); err == nil {
		o.Sessions.Delete(cookie.Value)
	}
	s := &Session{ID: RandomID(), UserID: userID, AuthTime: o.Now(), Level: max(level, 1), AMR: []string{"pwd"}}
	if s.Level > 1 {
		s.AMR = []string{"pwd", "mfa", "otp"}
	}
	o.Sessions.Put(s.ID, s, o.Now().Add(SessionIdle))
	o.SignedIn(userID)
	http.SetCookie(w, &http.Cookie{Name: SessionCookie, Value: s.ID, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return s
}

// EndSession ends one session and takes its cookie away.
func (o *Org) EndSession(w http.ResponseWriter, s *Session) {
	o.Sessions.Delete(s.ID)
	http.SetCookie(w, &http.Cookie{Name: SessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}

// CheckPassword returns the active person with this login and password.
func (o *Org) CheckPassword(login, password string) (Entry, bool) {
	entry, found := o.LookUp(strings.TrimSpace(login))
	if !found || !entry.Active() || entry.Password == "" || entry.Password != password {
		return Entry{}, false
	}
	return entry, true
}
