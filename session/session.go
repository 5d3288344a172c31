// Package session keeps people signed in: it decides what a signed-in
// person's browser carries, and where the rest is kept.
//
// A Session is one sign-in of one person in one browser. Two stores keep it:
// CookieStore seals the whole of it into cookies, so that the server remembers
// nothing but which sessions have ended; RedisStore leaves the browser a random
// token and keeps the sealed session in Redis. Both are gin-contrib stores, both
// put the same limits on a session, and handlers see no difference: Middleware
// makes a store known, then Get, Start, Save and End do the work.
//
// Attempts keeps what a sign-in on its way needs until its answer comes back.
// Sealer is the one piece of cryptography under all of it.
package session

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gin-contrib/sessions"
	"github.com/redis/go-redis/v9"
)

var (
	// ErrNone says that nobody is signed in: there is no session, or it is
	// unreadable, sealed by someone else, expired or ended.
	ErrNone = errors.New("session: not signed in")

	// ErrUnavailable says that it is not known whether somebody is signed in,
	// because Redis can't be asked. Answer 503 and leave the cookies alone.
	ErrUnavailable = errors.New("session: store unavailable")

	// ErrTooLarge says that a value does not fit into the cookies a browser
	// and the servers before us are sure to carry.
	ErrTooLarge = errors.New("session: too large for cookies")
)

// clockTolerance is how far the clocks of two replicas, or one clock set
// back, may differ before a session from the future is refused.
const clockTolerance = time.Minute

// Session is one sign-in of one person in one browser.
type Session struct {
	// ID names the sign-in: 256 bits that nobody can guess, base64url, new at
	// every sign-in. Knowing it gives no access: it may be logged.
	ID string `cbor:"1,keyasint"`

	// Subject is the `sub` claim. It identifies the person at this app's one
	// issuer; an email address does not.
	Subject string `cbor:"2,keyasint"`

	// Claims are the verified claims, a JSON object.
	Claims json.RawMessage `cbor:"3,keyasint"`

	// IDToken is the raw ID token. Okta's /logout demands it.
	IDToken string `cbor:"4,keyasint,omitempty"`

	// AccessToken and RefreshToken are kept only where sessions are renewed.
	AccessToken  string `cbor:"5,keyasint,omitempty"`
	RefreshToken string `cbor:"6,keyasint,omitempty"`

	// AccessTokenExpiry is zero when no access token is kept.
	AccessTokenExpiry time.Time `cbor:"7,keyasint"`

	// SignedInAt is where the absolute limit counts from. Start sets it.
	SignedInAt time.Time `cbor:"8,keyasint"`

	// SeenAt is where the idle limit counts from. Get moves it forward once a
	// tenth of the idle time has passed, so most requests write nothing.
	SeenAt time.Time `cbor:"9,keyasint"`
}

// Generation names the tokens that s holds: it changes with each renewal and
// reveals nothing of them.
func (s *Session) Generation() string {
	return hashed(s.ID + " " + s.RefreshToken + " " + strconv.FormatInt(s.AccessTokenExpiry.UnixNano(), 10))
}

// Options say how sessions and sign-in attempts are kept.
type Options struct {
	// Secrets are 32 or more random bytes each. The first seals, all open:
	// put a new one first, and drop the old one once MaxAge has passed.
	Secrets [][]byte

	// Secure is for an https origin: it gives cookies the Secure attribute and
	// the __Host- prefix, which no other host can set.
	Secure bool

	// IdleTimeout ends a session that was not used for so long; MaxAge ends
	// each session so long after sign-in. Stores need both.
	IdleTimeout, MaxAge time.Duration

	// Now is the clock. Nil means time.Now.
	Now func() time.Time

	// Ended remembers what is over. Nil means a memory of this process alone.
	// RedisStore needs none: what is over is no longer there.
	Ended Ended

	// Replicas is where replicas with a CookieStore tell each other of renewed
	// sessions; their Ended is there too. Nil means that there is one process.
	// RedisStore needs none.
	Replicas redis.UniversalClient
}

// Store keeps sessions: a CookieStore or a RedisStore.
type Store interface {
	sessions.Store
	keeper

	// IdleEnds returns when s ends if the person does nothing more. It is
	// never later than Ends.
	IdleEnds(s *Session) time.Time

	// Ends returns when s ends whatever the person does.
	Ends(s *Session) time.Time

	// EndAll ends every session that subject has anywhere, and returns those
	// the store knows, so that their refresh tokens can be revoked. A
	// CookieStore knows none. The cookies of the browser that asks are End's
	// business. It may return both sessions and ErrUnavailable.
	EndAll(ctx context.Context, subject string) ([]Session, error)

	// RenewLock makes one process at a time renew the tokens of session id.
	// ok is false while another holds the lock, which falls off after ttl; call
	// unlock when ok. A CookieStore of a process on its own always says ok. It
	// returns ErrUnavailable.
	RenewLock(ctx context.Context, id string, ttl time.Duration) (unlock func(), ok bool, err error)

	// Ping returns ErrUnavailable when the store can't be asked.
	Ping(ctx context.Context) error
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Ended == nil {
		o.Ended = NewMemoryEnded(defaultMaxEnded, o.Now)
	}
	return o
}

// limits are the idle and the absolute timeout of sessions.
type limits struct {
	idle, maxAge time.Duration
	now          func() time.Time
}

func newLimits(o Options) (limits, error) {
	if o.IdleTimeout <= 0 || o.MaxAge <= 0 {
		return limits{}, fmt.Errorf("session: idle timeout %v and max age %v must both be positive", o.IdleTimeout, o.MaxAge)
	}
	return limits{idle: o.IdleTimeout, maxAge: o.MaxAge, now: o.Now}, nil
}

// Ends returns when s ends whatever the person does.
func (l limits) Ends(s *Session) time.Time {
	return s.SignedInAt.Add(l.maxAge)
}

// IdleEnds returns when s ends if the person does nothing more. It is never
// later than Ends.
func (l limits) IdleEnds(s *Session) time.Time {
	idle, end := s.SeenAt.Add(l.idle), l.Ends(s)
	if idle.After(end) {
		return end
	}
	return idle
}

func (l limits) alive(s *Session) bool {
	now := l.now()
	latest := now.Add(clockTolerance)
	if s.SignedInAt.After(latest) || s.SeenAt.After(latest) {
		return false
	}
	return now.Before(l.IdleEnds(s))
}

func (l limits) slideDue(s *Session) bool {
	return l.now().Sub(s.SeenAt) >= l.idle/10
}

// seenNow returns a copy of s, seen now.
func (l limits) seenNow(s *Session) *Session {
	next := *s
	next.SeenAt = l.now().UTC()
	return &next
}

func checkNew(s *Session) error {
	if s.Subject == "" {
		return errors.New("session: no subject")
	}
	if !isObject(s.Claims) {
		return errors.New("session: claims are not a JSON object")
	}
	return nil
}

// randomID returns 256 random bits, base64url.
func randomID() string {
	var b [32]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}
