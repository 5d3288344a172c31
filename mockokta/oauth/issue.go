package oauth

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// issuing says what a grant shall give.
type issuing struct {
	scopes       []string
	nonce        string
	refreshToken string // the one to use next, or nothing
	withID       bool   // an ID token too, if scopes has openid
	audience     any    // of the access token
	thumbprint   string // of the key that the access token is bound to, or nothing
}

// issue makes the answer of the token endpoint.
func issue(o *state.Org, g *state.Grant, give issuing) map[string]any {
	knobs, scopes := o.Knobs(), give.scopes
	person, _ := o.Find(g.UserID)
	access := newAccessToken(o, knobs, g, give, person)
	tokenType := wire.Bearer
	if give.thumbprint != "" {
		tokenType = wire.DPoP
	}
	answer := map[string]any{
		"token_type":   tokenType,
		"expires_in":   int(knobs.AccessTokenLifetime.Seconds()),
		"access_token": access,
		"scope":        strings.Join(scopes, " "),
	}
	if give.refreshToken != "" {
		answer["refresh_token"] = give.refreshToken
	}
	if give.withID && slices.Contains(scopes, "openid") {
		answer["id_token"] = newIDToken(o, knobs, g, scopes, give.nonce, access, person)
	}
	return answer
}

func newAccessToken(o *state.Org, knobs *state.Knobs, g *state.Grant, give issuing, person state.Entry) string {
	now := o.Now()
	expires := now.Add(knobs.AccessTokenLifetime)
	claims := map[string]any{
		"ver": 1, "jti": "AT." + state.RandomID(), "iss": g.Server.Issuer, "aud": give.audience, "iat": now.Unix(), "exp": expires.Unix(),
		"cid": g.Client.ID, "scp": give.scopes, "sub": g.Client.ID,
	}
	if give.thumbprint != "" {
		claims["cnf"] = map[string]any{"jkt": give.thumbprint}
	}
	if g.UserID != "" {
		claims["sub"], claims["uid"], claims["auth_time"] = person.Login, g.UserID, g.AuthTime.Unix()
		if g.ACR != "" {
			claims["acr"] = g.ACR
		}
		if !g.Server.IsOrg() && !knobs.OmitAccessGroups {
			claims["groups"] = state.NotNil(person.Groups)
		}
	}
	key := g.Server.Keys.Signing()
	if g.Server.IsOrg() {
		key = o.Unpublished()
	}
	header := map[string]any{"kid": key.ID, "alg": "RS256"}
	if knobs.TamperAccessToken != nil {
		knobs.TamperAccessToken(header, claims)
		keepRemoved(header)
	}
	raw := state.SignJSON(key, claims, header)
	o.AccessTokens.Put(state.HashToken(raw), &state.AccessToken{Grant: g, Claims: claims, Scopes: give.scopes, Expires: expires, Thumbprint: give.thumbprint}, expires.Add(time.Hour))
	return raw
}

func newIDToken(o *state.Org, knobs *state.Knobs, g *state.Grant, scopes []string, nonce, access string, person state.Entry) string {
	now := o.Now()
	claims := o.ProfileClaims(g.Server, person, scopes, knobs.FatIDToken)
	maps.Copy(claims, map[string]any{
		"sub": g.UserID, "ver": 1, "iss": g.Server.Issuer, "aud": g.Client.ID, "iat": now.Unix(), "exp": now.Add(knobs.IDTokenLifetime).Unix(),
		"jti": "ID." + state.RandomID(), "amr": g.AMR, "idp": state.OrgID, "auth_time": g.AuthTime.Unix(), "at_hash": state.LeftHalfHash(access),
	})
	if nonce != "" {
		claims["nonce"] = nonce
	}
	if g.ACR != "" {
		claims["acr"] = g.ACR
	}
	if (g.Client.FrontChannelLogoutURI != "" || g.Client.BackChannelLogoutURI != "") && g.SessionID != "" {
		claims["sid"] = state.PublicSessionID(g.SessionID)
	}
	key := g.Server.Keys.Signing()
	header := map[string]any{"kid": key.ID, "alg": "RS256"}
	if knobs.TamperIDToken != nil {
		knobs.TamperIDToken(header, claims)
		keepRemoved(header)
	}
	raw := state.SignJSON(key, claims, header)
	if knobs.ReplaceIDToken != nil {
		raw = knobs.ReplaceIDToken(raw)
	}
	return raw
}

// keepRemoved keeps what a knob has taken out of a header out: signing would put it back.
func keepRemoved(header map[string]any) {
	for _, name := range []string{"kid", "alg"} {
		if _, kept := header[name]; !kept {
			header[name] = nil
		}
	}
}
