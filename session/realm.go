package session

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

// realm stands for an issuer and a client id in whatever is kept for them: sixteen
// characters that tell it from all others.
type realm string

func newRealm(name string) realm { return realm(hashed(name)[:16]) }

// Keys in Redis. Each command has one key, so a Cluster may keep each anywhere.
// Who a key is about is hashed.

func (r realm) sessionKey(id string) string         { return r.key("session", id) }
func (r realm) personKey(subject string) string     { return r.key("person", hashed(subject)) }
func (r realm) renewalKey(id string) string         { return r.key("renewal", id) }
func (r realm) renewedKey(generation string) string { return r.key("renewed", generation) }
func (r realm) allSessionsKey() string              { return r.key("sessions", "all") }

func (r realm) key(kind, id string) string { return "okta:" + string(r) + ":" + kind + ":" + id }

// of binds a name to the realm, for an Ended.
func (r realm) of(name string) string { return string(r) + ":" + name }

func hashed(text string) string {
	hash := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}

// randomID returns 256 random bits, base64url.
func randomID() string {
	var b [32]byte
	rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}
