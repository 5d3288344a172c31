package session

import (
	"crypto/subtle"
	"net/http"
	"time"
)

const signOutLifetime = 10 * time.Minute

// SignOuts remembers, in a sealed cookie, that this browser was sent to Okta to
// sign out, so that the way back can be told from a link that anyone can make.
type SignOuts struct {
	jar    cookieJar
	name   string
	sealer *Sealer
}

func newSignOuts(o Options) (*SignOuts, error) {
	sealer, err := o.sealer("sign-out")
	if err != nil {
		return nil, err
	}
	jar := o.jar()
	return &SignOuts{jar: jar, name: jar.name(signOutSuffix), sealer: sealer}, nil
}

// Begin gives the browser a cookie, good for ten minutes, and returns the random
// state to send along. Everywhere is handed back by Finish.
func (s *SignOuts) Begin(w http.ResponseWriter, everywhere bool) (state string) {
	state = randomID()
	mark := "0"
	if everywhere {
		mark = "1"
	}
	s.jar.set(w, s.name, s.sealer.Seal(s.name, []byte(mark+state)), signOutLifetime)
	return state
}

// Finish reports whether state answers this browser's sign-out, and deletes the
// cookie if so.
func (s *SignOuts) Finish(w http.ResponseWriter, r *http.Request, state string) (everywhere, ok bool) {
	for name, value := range requestCookies(r) {
		if name != s.name {
			continue
		}
		plaintext, _, err := s.sealer.Open(name, value)
		if err != nil || len(plaintext) < 2 || subtle.ConstantTimeCompare(plaintext[1:], []byte(state)) != 1 {
			continue
		}
		s.jar.delete(w, name)
		return plaintext[0] == '1', true
	}
	return false, false
}
