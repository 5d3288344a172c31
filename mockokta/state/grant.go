package state

import (
	"crypto/sha256"
	"sync"
	"sync/atomic"
	"time"
)

// Grant is what one sign-in gave an app: the family of all tokens that come from it.
type Grant struct {
	Server    *AuthServer
	Client    *Client
	UserID    string // empty for client_credentials
	Scopes    []string
	Nonce     string
	ACR       string
	AuthTime  time.Time
	AMR       []string
	SessionID string
	Began     time.Time
	Resources []string // the audiences that the app asked for (RFC 8707); none means the server's own

	mu       sync.Mutex
	redeemed bool   // its code has been used
	revoked  bool   // none of its tokens works any more
	newest   string // the last refresh token of its chain
	bound    string // thumbprint of the key that its refresh tokens are bound to
}

// Redeem marks the grant's code as used. It returns false if it was before.
func (g *Grant) Redeem() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.redeemed {
		return false
	}
	g.redeemed = true
	return true
}

// Revoke ends every token of the grant.
func (g *Grant) Revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.revoked = true
}

// IsRevoked says whether Revoke was called, or a spent refresh token came back.
func (g *Grant) IsRevoked() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.revoked
}

// Bind binds the grant's refresh tokens to a key, or to none.
func (g *Grant) Bind(thumbprint string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bound = thumbprint
}

// Bound is the thumbprint of the key that the grant's refresh tokens are bound to, or nothing.
func (g *Grant) Bound() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bound
}

// AuthCode is what an authorization code stands for.
type AuthCode struct {
	Grant       *Grant
	RedirectURI string
	Challenge   string
	Thumbprint  string // dpop_jkt: the key to which it is bound, or nothing
	Expires     time.Time
}

// TokenHash is how tokens are remembered: not by their value.
type TokenHash [sha256.Size]byte

// HashToken makes the key under which a token is remembered.
func HashToken(raw string) TokenHash { return sha256.Sum256([]byte(raw)) }

// AccessToken is an access token the org has given.
type AccessToken struct {
	Grant   *Grant
	Claims  map[string]any
	Scopes  []string
	Expires time.Time
	Revoked atomic.Bool

	Thumbprint string // of the key it is bound to (RFC 9449), or nothing
}

// RefreshToken is one string of a grant's chain of refresh tokens.
type RefreshToken struct {
	Grant *Grant

	// Guarded by the grant's lock.
	spentAt time.Time // zero until rotation puts another in its place
	expires time.Time // unless it is used before
}

// State says whether another token has taken this one's place or its grant is revoked, and when it ends
// unless it is used before.
func (t *RefreshToken) State() (spent bool, expires time.Time) {
	t.Grant.mu.Lock()
	defer t.Grant.mu.Unlock()
	return !t.spentAt.IsZero() || t.Grant.revoked, t.expires
}
