// Package session keeps people signed in: it decides what a signed-in
// person's browser carries, and where the rest is kept.
//
// A Session is one sign-in of one person in one browser. Two stores keep it:
// one seals the whole of it into cookies, so that the server remembers
// nothing but which sessions have ended; the other leaves the browser a random
// token and keeps the sealed session in Redis. Both are gin-contrib stores, both
// put the same limits on a session, and who uses Sessions sees no difference.
//
// Below it, package underway keeps what a sign-in or a sign-out needs until its answer
// comes back. Package seal is the one piece of cryptography under all of it.
//
// # What Redis is trusted for
//
// Everything in Redis that says something of a person is sealed and bound to its key
// and to the realm: who reads Redis learns how many people are signed in and when, and
// nothing that opens a door. Who may write to it can do more harm, but no more than
// this: end sessions and sign-ins, put an old value of a session back under its own
// key, so that a session which was ended lives again until its absolute end for
// whoever still has its cookie, and take away what says that something is over. He can
// make nobody into somebody else, and nobody signed in who was not. Values that are
// none of ours count as nothing, or as over, and are replaced; they don't keep anybody
// out. So give Redis a password, TLS where the network is not yours, and no other users.
package session

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"example.com/okta-gin/session/internal/cookie"
	"example.com/okta-gin/session/internal/rediscall"
	"example.com/okta-gin/session/internal/seal"
	"example.com/okta-gin/session/underway"
	"github.com/redis/go-redis/v9"
)

const defaultCookieName = "okta_session"

var (
	// ErrNone says that nobody is signed in: there is no session, or it is
	// unreadable, sealed by someone else, expired or ended.
	ErrNone = errors.New("session: not signed in")

	// ErrUnavailable says that it is not known whether somebody is signed in,
	// because Redis can't be asked, or that what has ended could not be written down.
	// Answer 503 and leave the cookies alone.
	ErrUnavailable = rediscall.ErrUnavailable

	// ErrNoPart says that a list has no part that begins where it was asked to.
	ErrNoPart = rediscall.ErrNoPlace

	// ErrTooLarge says that there is more to keep than any store takes.
	ErrTooLarge = errors.New("session: too large")

	// ErrTooLargeForCookies is an ErrTooLarge of what does not fit into the cookies
	// that a browser and the servers before us are sure to carry. Redis takes it.
	ErrTooLargeForCookies = fmt.Errorf("%w for cookies", ErrTooLarge)
)

// Session is one sign-in of one person in one browser.
type Session struct {
	// ID names the sign-in: 256 bits that nobody can guess, base64url, new at
	// every sign-in. Knowing it gives no access: it may be logged.
	ID string

	// Subject is the `sub` claim. It identifies the person at this app's one
	// issuer; an email address does not.
	Subject string

	// Claims are the verified claims, a JSON object. SetClaims sets them.
	Claims json.RawMessage

	// IDToken is the raw ID token. Okta's /logout demands it.
	IDToken string

	// AccessToken and RefreshToken are kept only where sessions are renewed.
	AccessToken  string
	RefreshToken string

	// DPoPKey is the key that they are bound to, base64url, if they are.
	DPoPKey string

	// AccessTokenExpiry is zero when no access token is kept.
	AccessTokenExpiry time.Time

	// SignedInAt is where the absolute limit counts from. Start sets it.
	SignedInAt time.Time

	// EndsAt is where Start put the absolute limit. The settings can bring the end
	// forward, never put it off.
	EndsAt time.Time

	// SeenAt is where the idle limit counts from. Current moves it forward once a
	// tenth of the idle time has passed, so most requests write nothing.
	SeenAt time.Time

	// ClaimsAt is when Okta was last asked for the claims: zero for at SignedInAt.
	ClaimsAt time.Time

	// Stale is since when the claims are known to be out of date, by RenewPerson: zero
	// where they are not. It is not kept: each request that reads the session sets it.
	Stale time.Time

	// OktaSession is the ID token's `sid`: the session at Okta that vouched.
	OktaSession string

	// Email is the `email` claim. SetClaims, Start and Save set it.
	Email string

	// Browser is which browser this is, in words for its person. It may be empty.
	Browser string

	// Address is the network address from which the person signed in, where the app
	// keeps it. It may be empty.
	Address string

	// Data is the host app's own: MaxData bytes at most, those of names and values
	// and two more for each pair.
	Data map[string]string

	encoded json.RawMessage // by SetClaims
	derived *derived        // where it was opened
}

// MaxData is how many bytes of its own an app may put into a session.
const MaxData = 1 << 10

// SetClaims sets the claims of s, and what follows from them. Start and Save need not read
// them again then. It is an error if values are nil, or there is no JSON of them.
func (s *Session) SetClaims(values map[string]any) error {
	if values == nil {
		return errors.New("session: no claims")
	}
	claims, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("session: encode claims: %w", err)
	}
	s.Claims, s.encoded, s.Email = claims, claims, emailOf(values)
	return nil
}

// Generation names the tokens that s holds: it changes with each renewal and
// reveals nothing of them.
func (s *Session) Generation() string {
	if d := s.known(); d != nil {
		return d.generation()
	}
	return generation(s)
}

func generation(s *Session) string {
	return hashed(s.ID + " " + s.RefreshToken + " " + strconv.FormatInt(s.AccessTokenExpiry.UnixNano(), 10))
}

// Options say how sessions and sign-in attempts are kept.
type Options struct {
	// Realm names who vouches for people and for whom: the issuer and the client
	// id. What is sealed or kept for one realm is nothing to another, though both
	// have the same secrets and the same Redis.
	Realm string

	// CookieName is the name of the session's cookie before any prefix, and what
	// the names of all others begin with: NAME, NAME_1 to NAME_4, NAME_attempt_…
	// and NAME_signout. Apps on one host need different ones. Empty means
	// okta_session.
	CookieName string

	// Secrets are 32 or more random bytes each. The first seals, all open:
	// put a new one first, and drop the old one once MaxAge has passed. See also
	// Sessions.TakeSecrets.
	Secrets [][]byte

	// Secure is for an https origin: it gives cookies the Secure attribute and
	// the __Host- prefix, which no other host can set.
	Secure bool

	// IdleTimeout ends a session that was not used for so long; MaxAge ends
	// each session so long after sign-in. Both must be positive.
	IdleTimeout, MaxAge time.Duration

	// Now is the clock. Nil means time.Now.
	Now func() time.Time

	// Ended remembers what is over. Nil means a memory of this process alone, which
	// a restart empties (package marks has one that is kept), or Redis where there is
	// one.
	Ended Ended

	// Index is where sessions in cookies are listed, for List. Nil means Replicas where
	// there are any, else nowhere. NewRedis has no use for it.
	Index Index

	// Log hears of what the operator should know, such as a memory that is full. Nil
	// means nobody does.
	Log *slog.Logger

	// Replicas is where replicas that keep sessions in cookies tell each other of
	// renewed ones; their Ended is there too. Nil means that there is one process.
	// NewRedis has no use for it.
	Replicas redis.UniversalClient

	// WatchRedis, where it is set, is given each client of Redis that Open makes, before it
	// is used.
	WatchRedis func(redis.UniversalClient)

	ring *seal.Ring // of Secrets, for all that belongs to the same Sessions
}

// checked returns o with its defaults, or what is wrong with it.
func (o Options) checked() (Options, error) {
	if o.Realm == "" {
		return o, errors.New("session: no realm")
	}
	if o.CookieName == "" {
		o.CookieName = defaultCookieName
	}
	if err := underway.CheckSessionName(o.CookieName); err != nil {
		return o, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.ring = seal.NewRing(o.Secrets)
	return o, nil
}

func (o Options) jar() cookie.Jar { return cookie.Jar{Base: o.CookieName, Secure: o.Secure} }

// sealer returns what seals for one purpose in this realm.
func (o Options) sealer(purpose string) (*seal.Sealer, error) {
	return o.ring.Sealer(purpose + " in " + string(newRealm(o.Realm)))
}

// checkContent returns what is wrong with s, or sets what follows from it.
func checkContent(s *Session) error {
	if s.Subject == "" {
		return errors.New("session: no subject")
	}
	size := 0
	for name, value := range s.Data {
		size += len(name) + len(value) + 2
	}
	if size > MaxData {
		return fmt.Errorf("%w: %d bytes of data, may be %d", ErrTooLarge, size, MaxData)
	}
	if len(s.Claims) > 0 && same(s.Claims, s.encoded) {
		return nil
	}
	if !isObject(s.Claims) {
		return errors.New("session: claims are not a JSON object")
	}
	claims, err := decodeClaims(s.Claims)
	if err != nil {
		return err
	}
	s.Email = emailOf(claims)
	return nil
}

// emailOf returns the `email` claim, or nothing where there is no text of that name in
// exactly those letters.
func emailOf(claims map[string]any) string {
	address, _ := claims["email"].(string)
	return address
}
