package oauth

import (
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/okta-gin/mockokta/state"
)

// issue makes the answer of the token endpoint: an access token, an ID token if scopes has openid and
// withID, and the refresh token if there is one.
func issue(o *state.Org, g *state.Grant, scopes []string, nonce, refreshToken string, withID bool) map[string]any {
	knobs := o.Knobs()
	person, _ := o.Find(g.UserID)
	access := newAccessToken(o, knobs, g, scopes, person)
	answer := map[string]any{
		"token_type":   "Bearer",
		"expires_in":   int(knobs.AccessTokenLifetime.Seconds()),
		"access_token": access,
		"scope":        strings.Join(scopes, " "),
	}
	if refreshToken != "" {
		answer["refresh_token"] = refreshToken
	}
	if withID && slices.Contains(scopes, "openid") {
		answer["id_token"] = newIDToken(o, knobs, g, scopes, nonce, access, person)
	}
	return answer
}

func newAccessToken(o *state.Org, knobs *state.Knobs, g *state.Grant, scopes []string, person state.Entry) string {
	now := o.Now()
	expires := now.Add(knobs.AccessTokenLifetime)
	claims := map[string]any{
		"ver": 1, "jti": "AT." + state.RandomID(), "iss": g.Server.Issuer, "aud": g.Server.Audience, "iat": now.Unix(), "exp": expires.Unix(),
		"cid": g.Client.ID, "scp": scopes, "sub": g.Client.ID,
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
		key = o.Unpublished
	}
	raw := state.SignJSON(key, claims, nil)
	o.AccessTokens.Put(state.HashToken(raw), &state.AccessToken{Grant: g, Claims: claims, Scopes: scopes, Expires: expires}, expires.Add(time.Hour))
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
		for _, name := range []string{"kid", "alg"} {
			if _, kept := header[name]; !kept {
				header[name] = nil // signWith would put it back
			}
		}
	}
	raw := state.SignJSON(key, claims, header)
	if knobs.ReplaceIDToken != nil {
		raw = knobs.ReplaceIDToken(raw)
	}
	return raw
}
