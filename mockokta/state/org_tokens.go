package state

import "time"

// Refusal says in Okta's words why a token is not good, or nothing.
func (o *Org) Refusal(t *AccessToken) string {
	if !o.Now().Before(t.Expires) {
		return "The token has expired."
	}
	if t.Revoked.Load() || t.Grant.IsRevoked() {
		return "The access token has been revoked."
	}
	if t.Grant.UserID == "" {
		return ""
	}
	if entry, found := o.Find(t.Grant.UserID); !found || !entry.Active() {
		return "The access token is invalid."
	}
	return ""
}

// orgRefreshLifetime bounds refresh tokens of the org server. Those of the custom server only end unused.
const orgRefreshLifetime = 90 * 24 * time.Hour

// NewRefreshToken starts a grant's chain.
func (o *Org) NewRefreshToken(g *Grant) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return o.nextRefreshToken(g)
}

// nextRefreshToken makes the chain's newest token. The grant is locked.
func (o *Org) nextRefreshToken(g *Grant) string {
	g.newest = RandomID()
	end := o.refreshEnd(g)
	o.RefreshTokens.Put(HashToken(g.newest), &RefreshToken{Grant: g, expires: end}, end)
	return g.newest
}

// refreshEnd is when a grant's refresh token ends if it is not used before.
func (o *Org) refreshEnd(g *Grant) time.Time {
	idle := o.Now().Add(o.Knobs().RefreshTokenIdle)
	if end := g.Began.Add(orgRefreshLifetime); g.Server.IsOrg() && idle.After(end) {
		return end
	}
	return idle
}

// UseRefreshToken uses a token and returns the one to use next: the same, or for a client that rotates a new
// one. A spent token yields the newest for the client's leeway; after that its use revokes the whole family.
// Nothing comes back when the token is no good any more.
func (o *Org) UseRefreshToken(token *RefreshToken, raw string) string {
	g := token.Grant
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.revoked {
		return ""
	}
	now := o.Now()
	if token.spentAt.IsZero() {
		token.expires = o.refreshEnd(g)
		o.RefreshTokens.Extend(HashToken(raw), token.expires)
		if g.Client.RefreshRotation != "ROTATE" {
			return raw
		}
		token.spentAt = now
		return o.nextRefreshToken(g)
	}
	if now.Sub(token.spentAt) < g.Client.Leeway() {
		return g.newest
	}
	g.revoked = true
	o.Log().Warn("mockokta: spent refresh token used again", "event", "app.oauth2.as.token.detect_reuse", "client", g.Client.ID, "user", g.UserID)
	return ""
}
