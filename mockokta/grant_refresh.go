package mockokta

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// orgRefreshLifetime bounds refresh tokens of the org server. Those of the custom server only end unused.
const orgRefreshLifetime = 90 * 24 * time.Hour

var errInvalidRefresh = badRequest("invalid_grant", "The refresh token is invalid or expired.")

// firstRefreshToken starts a grant's chain, or returns "" when the app did not ask for offline_access.
func (o *Org) firstRefreshToken(g *grant) string {
	if !slices.Contains(g.scopes, "offline_access") {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return o.nextRefreshToken(g)
}

// nextRefreshToken makes the chain's newest token. The grant is locked.
func (o *Org) nextRefreshToken(g *grant) string {
	g.newest = randomID()
	o.refreshTokens.put(hashToken(g.newest), &refreshToken{grant: g}, o.refreshEnd(g))
	return g.newest
}

// refreshEnd is when a grant's refresh token ends if it is not used before.
func (o *Org) refreshEnd(g *grant) time.Time {
	idle := o.now().Add(o.knobs.Load().RefreshTokenIdle)
	if end := g.began.Add(orgRefreshLifetime); g.as.isOrg() && idle.After(end) {
		return end
	}
	return idle
}

// refresh is grant_type=refresh_token. A client that rotates gets a new refresh token; the spent one works for
// the client's leeway, and its use after that revokes the whole family.
func (o *Org) refresh(as *authServer, client *Client, form url.Values) (map[string]any, *oauthError) {
	raw := form.Get("refresh_token")
	if raw == "" {
		return nil, badRequest("invalid_request", "The required parameter 'refresh_token' is missing.")
	}
	token, found := o.refreshTokens.get(hashToken(raw))
	if !found {
		return nil, errInvalidRefresh
	}
	g := token.grant
	switch {
	case g.as != as:
		return nil, badRequest("invalid_request", "The grant was issued for another authorization server.")
	case g.client != client:
		return nil, badRequest("invalid_grant", "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.")
	}
	if entry, found := o.directory.find(g.userID); !found || !entry.active() || !entry.Assigned {
		return nil, errInvalidRefresh
	}
	scopes := g.scopes
	if asked := sortedScopes(form.Get("scope")); len(asked) > 0 {
		denied := slices.DeleteFunc(slices.Clone(asked), func(scope string) bool { return slices.Contains(g.scopes, scope) })
		if len(denied) > 0 {
			return nil, badRequest("access_denied", "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: "+strings.Join(denied, ", ")+".")
		}
		scopes = asked
	}
	next, fault := o.rotate(token, raw)
	if fault != nil {
		return nil, fault
	}
	return o.issue(g, scopes, "", next, !o.knobs.Load().RefreshOmitsIDToken), nil
}

// rotate decides which refresh token the answer carries.
func (o *Org) rotate(token *refreshToken, raw string) (string, *oauthError) {
	g := token.grant
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.revoked {
		return "", errInvalidRefresh
	}
	now := o.now()
	if token.spentAt.IsZero() {
		o.refreshTokens.extend(hashToken(raw), o.refreshEnd(g))
		if g.client.RefreshRotation != "ROTATE" {
			return raw, nil
		}
		token.spentAt = now
		return o.nextRefreshToken(g), nil
	}
	if now.Sub(token.spentAt) < g.client.leeway() {
		return g.newest, nil
	}
	g.revoked = true
	o.log.Warn("mockokta: spent refresh token used again", "event", "app.oauth2.as.token.detect_reuse", "client", g.client.ID, "user", g.userID)
	return "", errInvalidRefresh
}
