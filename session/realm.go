package session

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// realm stands for an issuer and a client id in whatever is kept for them: sixteen
// characters that tell it from all others.
type realm string

func newRealm(name string) realm { return realm(hashed(name)[:16]) }

// Names of what is over, and of claims, in an Ended. Who they are about is hashed.

func (r realm) session(id string) string      { return r.name("session", id) }
func (r realm) signedOut(id string) string    { return r.name("signed-out", id) }
func (r realm) person(subject string) string  { return r.name("person", hashed(subject)) }
func (r realm) oktaSession(sid string) string { return r.name("okta-session", hashed(sid)) }
func (r realm) email(address string) string   { return r.name("email", hashed(strings.ToLower(address))) }
func (r realm) stale(subject string) string   { return r.name("stale", hashed(subject)) }
func (r realm) known(sid string) string       { return r.name("okta-session-known", hashed(sid)) }
func (r realm) askAnew(subject string) string { return r.name("ask-anew", hashed(subject)) }
func (r realm) lapsed(id string) string       { return r.name("lapsed", id) }
func (r realm) attempt(state string) string   { return r.name("attempt", hashed(state)) }
func (r realm) app(name string) string        { return r.name("app", hashed(name)) }

// of returns the names by which a session can be ended with others. The person's is the
// first.
func (r realm) of(s *Session) []string {
	names := []string{r.person(s.Subject)}
	if s.OktaSession != "" {
		names = append(names, r.oktaSession(s.OktaSession))
	}
	if s.Email != "" {
		names = append(names, r.email(s.Email))
	}
	return names
}

// marks returns the names by which a session can be over, or its claims be out of date:
// those that it shares, its own, and the one that makes it stale.
func (r realm) marks(s *Session) []string {
	return append(r.of(s), r.session(s.ID), r.stale(s.Subject))
}

// marksOf is marks, worked out once for a session that was opened before.
func (r realm) marksOf(s *Session) []string {
	if d := s.known(); d != nil {
		return d.names()
	}
	return r.marks(s)
}

// Keys in Redis. Each command has one key, so a Cluster may keep each anywhere.

func (r realm) sessionKey(id string) string         { return "okta:" + r.session(id) }
func (r realm) formerKey(id string) string          { return "okta:" + r.name("former", id) }
func (r realm) renewalKey(id string) string         { return "okta:" + r.name("renewal", id) }
func (r realm) renewedKey(generation string) string { return "okta:" + r.name("renewed", generation) }
func (r realm) staleKey(id string) string           { return "okta:" + r.name("stale", id) }
func listKey(name string) string                    { return "okta:" + name }
func (r realm) allSessionsKey() string              { return "okta:" + r.name("sessions", "all") }

func (r realm) name(kind, id string) string { return string(r) + ":" + kind + ":" + id }

func hashed(text string) string {
	hash := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}
