package underway

import (
	"crypto/subtle"
	"net/http"
	"time"

	"example.com/okta-gin/session/internal/cookie"
	"example.com/okta-gin/session/internal/packed"
	"example.com/okta-gin/session/internal/seal"
)

const (
	signOutLifetime = 10 * time.Minute
	// finishedLifetime is for how long a browser that came back from Okta is told
	// what has ended.
	finishedLifetime = time.Minute
)

// SignOut is one sign-out on its way to Okta and back.
type SignOut struct {
	Everywhere bool   `cbor:"1,keyasint,omitempty"` // all sessions of the person have ended
	ReturnTo   string `cbor:"2,keyasint,omitempty"` // where to land; may be empty
	IDToken    string `cbor:"5,keyasint,omitempty"` // Okta's /logout demands it
	AtOkta     bool   `cbor:"6,keyasint,omitempty"` // and all of the person's at Okta
}

// pending is what the cookie keeps: a sign-out, and the state that answers it, empty
// when it has been answered.
type pending struct {
	SignOut
	State string    `cbor:"3,keyasint,omitempty"`
	Until time.Time `cbor:"4,keyasint"`
}

// SignOuts remembers, in a sealed cookie, that this browser was sent to Okta to
// sign out, so that the way back can be told from a link that anyone can make.
type SignOuts struct {
	jar    cookie.Jar
	name   string
	sealer *seal.Sealer
	now    func() time.Time
}

// NewSignOuts returns the sign-outs on their way of one app.
func NewSignOuts(o Options) (*SignOuts, error) {
	sealer, err := o.Sealer("sign-out")
	if err != nil {
		return nil, err
	}
	return &SignOuts{jar: o.Jar, name: o.Jar.Name(signOutSuffix), sealer: sealer, now: o.Now}, nil
}

// maxSignOut bounds a sign-out's cookie, in bytes of its value.
const maxSignOut = 3800

// Begin gives the browser a cookie, good for ten minutes, and returns the random
// state to send along. Pending and Finish hand out back. An IDToken that has no room
// beside the rest is left out, and kept is false then.
func (s *SignOuts) Begin(w http.ResponseWriter, out SignOut) (state string, kept bool) {
	state = seal.RandomID()
	p := pending{out, state, s.now().Add(signOutLifetime)}
	if kept = s.keep(w, p, signOutLifetime); !kept {
		p.IDToken = ""
		s.keep(w, p, signOutLifetime)
	}
	return state, kept
}

// Pending returns this browser's sign-out that state is for, and changes nothing.
func (s *SignOuts) Pending(r *http.Request, state string) (SignOut, bool) {
	p, ok := s.find(r, answeredBy(state))
	return p.SignOut, ok
}

func answeredBy(state string) func(pending) bool {
	return func(p pending) bool {
		return p.State != "" && subtle.ConstantTimeCompare([]byte(p.State), []byte(state)) == 1
	}
}

// Finish reports whether state answers this browser's sign-out, once. For a minute
// from then on, Finished knows of it.
func (s *SignOuts) Finish(w http.ResponseWriter, r *http.Request, state string) (SignOut, bool) {
	p, ok := s.find(r, answeredBy(state))
	if !ok {
		return SignOut{}, false
	}
	p.IDToken = ""
	s.keep(w, pending{p.SignOut, "", s.now().Add(finishedLifetime)}, finishedLifetime)
	return p.SignOut, true
}

// Finished reports whether this browser has just come back from signing out.
func (s *SignOuts) Finished(r *http.Request) (SignOut, bool) {
	p, ok := s.find(r, func(p pending) bool { return p.State == "" })
	return p.SignOut, ok
}

// keep sets the cookie, unless it would be too long.
func (s *SignOuts) keep(w http.ResponseWriter, p pending, left time.Duration) bool {
	plaintext, err := packed.Marshal(p)
	if err != nil { // no field of it can fail
		return false
	}
	sealed := s.sealer.Seal(s.name, plaintext)
	if len(sealed) > maxSignOut {
		return false
	}
	s.jar.Set(w, s.name, sealed, left)
	return true
}

// find returns the sign-out among the request's cookies that fits.
func (s *SignOuts) find(r *http.Request, fits func(pending) bool) (pending, bool) {
	for name, value := range cookie.Of(r) {
		if name != s.name {
			continue
		}
		var p pending
		plaintext, _, err := s.sealer.Open(name, value)
		if err == nil && packed.Unmarshal(plaintext, &p) == nil && s.now().Before(p.Until) && fits(p) {
			return p, true
		}
	}
	return pending{}, false
}
