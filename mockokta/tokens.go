package mockokta

import (
	"crypto/sha256"
	"sync/atomic"
	"time"
)

// tokenHash is how tokens are remembered: not by their value.
type tokenHash [sha256.Size]byte

func hashToken(raw string) tokenHash { return sha256.Sum256([]byte(raw)) }

// accessToken is an access token the org has given.
type accessToken struct {
	grant   *grant
	claims  map[string]any
	scopes  []string
	expires time.Time
	revoked atomic.Bool
}

// refreshToken is one string of a grant's chain of refresh tokens.
type refreshToken struct {
	grant   *grant
	spentAt time.Time // zero until rotation puts another in its place; guarded by the grant's lock
}

// refusal says in Okta's words why a token is not good, or nothing.
func (t *accessToken) refusal(o *Org) string {
	if !o.now().Before(t.expires) {
		return "The token has expired."
	}
	if t.revoked.Load() || t.grant.isRevoked() {
		return "The access token has been revoked."
	}
	if t.grant.userID == "" {
		return ""
	}
	if entry, found := o.directory.find(t.grant.userID); !found || !entry.active() {
		return "The access token is invalid."
	}
	return ""
}
