package session

import (
	"crypto/rand"
	"net/http"
)

// maxTokens is how many sessions of ours one browser may send at once: a neighbour
// host may plant his own. Each is a read in Redis, in one round trip.
const maxTokens = 16

// token is what a browser holds of a session.
type token struct {
	secret  string // 32 random bytes
	current bool   // sealed under the first secret
}

func (t token) id() string { return hashed(t.secret) }

// sent returns the tokens among the request's cookies that we gave out.
func (s *redisStore) sent(r *http.Request) []token {
	var sent []token
	for _, value := range s.cookie.ReadShort(r) {
		secret, current, err := s.tokens.Open(s.cookie.Name, value)
		if err != nil || len(secret) != 32 {
			continue
		}
		if sent = append(sent, token{string(secret), current}); len(sent) == maxTokens {
			break
		}
	}
	return sent
}

func (s *redisStore) writeToken(w http.ResponseWriter, r *http.Request, secret string, session *Session) {
	s.cookie.WriteShort(w, r, s.tokens.Seal(s.cookie.Name, []byte(secret)), s.left(session))
}

// randomToken returns 32 random bytes.
func randomToken() string {
	var b [32]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return string(b[:])
}
