package state

import (
	"net/http"
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
func (o *Org) StartSession(w http.ResponseWriter, r *http.Request, proof Proof) *Session {
	if cookie, err := r.Cookie(SessionCookie); err == nil {
		o.Sessions.Delete(cookie.Value)
	}
	s := &Session{ID: RandomID(), Proof: proof, AuthTime: o.Now()}
	o.Sessions.Put(s.ID, s, o.Now().Add(SessionIdle))
	o.SignedIn(proof.UserID)
	http.SetCookie(w, &http.Cookie{Name: SessionCookie, Value: s.ID, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return s
}

// EndSession ends one session and takes its cookie away.
func (o *Org) EndSession(w http.ResponseWriter, s *Session) {
	o.Sessions.Delete(s.ID)
	http.SetCookie(w, &http.Cookie{Name: SessionCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
}
