package state

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"sync"
	"time"
)

// SessionCookie is Okta's own name for its session cookie. Cookies are shared by all ports of a host, so an
// app on the same host must not use it.
const SessionCookie = "sid"

// SessionIdle is how long an unused session lasts: Okta's default.
const SessionIdle = 2 * time.Hour

// Proof is how a person has shown who they are.
type Proof struct {
	UserID string
	Level  int      // assurance: 1 for a password, 2 for a second factor, more where an app asked for more
	AMR    []string // the amr claim
}

// ProofOf is a sign-in with a password and then the factors.
func ProofOf(userID string, factors ...FactorKind) Proof {
	return Proof{UserID: userID, Level: min(1+len(factors), 2), AMR: AMR(factors...)}
}

// Session is a browser that is signed in to the org.
type Session struct {
	ID string
	Proof
	AuthTime time.Time

	mu           sync.Mutex
	participants []Participant
}

// PublicSessionID is the id of a session in tokens and APIs: it names the session without being its cookie.
func PublicSessionID(sessionID string) string {
	sum := sha256.Sum256([]byte("session " + sessionID))
	return "102" + base64.RawURLEncoding.EncodeToString(sum[:])[:22]
}

// PublicID is PublicSessionID of this session.
func (s *Session) PublicID() string { return PublicSessionID(s.ID) }

// Participant is an app that signed a person in by a session, at one authorization server.
type Participant struct {
	Client *Client
	Issuer string
}

// Join notes that an app was signed in to by this session.
func (s *Session) Join(client *Client, as *AuthServer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := (Participant{client, as.Issuer}); !slices.Contains(s.participants, p) {
		s.participants = append(s.participants, p)
	}
}

// Participants are the apps that joined, in their order.
func (s *Session) Participants() []Participant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.participants)
}
