package mockokta

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// grant is what one sign-in gave an app: the family of all tokens that come from it.
type grant struct {
	as        *authServer
	client    *Client
	userID    string // empty for client_credentials
	scopes    []string
	nonce     string
	acr       string
	authTime  time.Time
	amr       []string
	sessionID string
	began     time.Time

	mu       sync.Mutex
	redeemed bool // its code has been used
	revoked  bool // none of its tokens works any more
	newest   string
}

func (g *grant) revoke() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.revoked = true
}

func (g *grant) isRevoked() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.revoked
}

func unauthorizedGrant(c *Client) *oauthError {
	return badRequest("unauthorized_client", "The client is not authorized to use the provided grant type. Configured grant types: ["+strings.Join(c.grants(), ", ")+"].")
}

// serveToken answers POST /v1/token.
func (o *Org) serveToken(as *authServer) http.HandlerFunc {
	supported := []string{grantCode, grantRefresh, grantClientCredentials}
	return func(w http.ResponseWriter, r *http.Request) {
		if !o.readForm(w, r) {
			return
		}
		client, signed, fault := o.authenticateClient(r)
		if fault == nil {
			fault = o.checkBrowser(r, client)
		}
		if fault != nil {
			writeOAuthError(w, fault)
			return
		}
		grantType := r.PostForm.Get("grant_type")
		switch {
		case grantType == "":
			fault = badRequest("invalid_request", "The token request must specify a 'grant_type'. Valid values: ["+strings.Join(supported, ", ")+"]")
		case !slices.Contains(supported, grantType):
			fault = badRequest("unsupported_grant_type", "The authorization grant type is not supported by the authorization server. Configured grant types: ["+strings.Join(supported, ", ")+"].")
		case !client.may(grantType):
			fault = unauthorizedGrant(client)
		}
		if fault != nil {
			writeOAuthError(w, fault)
			return
		}
		var answer map[string]any
		switch grantType {
		case grantCode:
			answer, fault = o.redeemCode(as, client, r.PostForm)
		case grantRefresh:
			answer, fault = o.refresh(as, client, r.PostForm)
		case grantClientCredentials:
			answer, fault = o.clientCredentials(as, client, signed, r.PostForm)
		}
		if fault != nil {
			writeOAuthError(w, fault)
			return
		}
		if tamper := o.knobs.Load().TamperToken; tamper != nil {
			tamper(answer)
		}
		noStore(w)
		writeJSON(w, http.StatusOK, answer)
	}
}

// checkBrowser judges a request with an Origin header as Okta does: as a call from a browser, which must
// come from the app's own origin and from a public client with PKCE.
func (o *Org) checkBrowser(r *http.Request, client *Client) *oauthError {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	isOurs := func(uri string) bool { return originOf(uri) == origin }
	if !slices.ContainsFunc(client.RedirectURIs, isOurs) && !slices.Contains(o.trustedOrigins, origin) {
		return badRequest("invalid_request", "Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.")
	}
	if client.confidential() {
		return invalidClient("Browser requests to the token endpoint must use Proof Key for Code Exchange.")
	}
	return nil
}

// issue makes the answer of the token endpoint: an access token, an ID token if scopes has openid and
// withID, and the refresh token if there is one.
func (o *Org) issue(g *grant, scopes []string, nonce, refreshToken string, withID bool) map[string]any {
	knobs := o.knobs.Load()
	person, _ := o.directory.find(g.userID)
	access := o.newAccessToken(knobs, g, scopes, person)
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
		answer["id_token"] = o.newIDToken(knobs, g, scopes, nonce, access, person)
	}
	return answer
}

func (o *Org) newAccessToken(knobs *Knobs, g *grant, scopes []string, person directoryEntry) string {
	now := o.now()
	expires := now.Add(knobs.AccessTokenLifetime)
	claims := map[string]any{
		"ver": 1, "jti": "AT." + randomID(), "iss": g.as.issuer, "aud": g.as.audience, "iat": now.Unix(), "exp": expires.Unix(),
		"cid": g.client.ID, "scp": scopes, "sub": g.client.ID,
	}
	if g.userID != "" {
		claims["sub"], claims["uid"], claims["auth_time"] = person.Login, g.userID, g.authTime.Unix()
		if g.acr != "" {
			claims["acr"] = g.acr
		}
		if !g.as.isOrg() && !knobs.OmitAccessGroups {
			claims["groups"] = notNil(person.Groups)
		}
	}
	key := g.as.keys.signing()
	if g.as.isOrg() {
		key = o.unpublished
	}
	raw := signJSON(key, claims, nil)
	o.accessTokens.put(hashToken(raw), &accessToken{grant: g, claims: claims, scopes: scopes, expires: expires}, expires.Add(time.Hour))
	return raw
}

func (o *Org) newIDToken(knobs *Knobs, g *grant, scopes []string, nonce, access string, person directoryEntry) string {
	now := o.now()
	claims := o.profileClaims(g.as, person, scopes, knobs.FatIDToken)
	maps.Copy(claims, map[string]any{
		"sub": g.userID, "ver": 1, "iss": g.as.issuer, "aud": g.client.ID, "iat": now.Unix(), "exp": now.Add(knobs.IDTokenLifetime).Unix(),
		"jti": "ID." + randomID(), "amr": g.amr, "idp": OrgID, "auth_time": g.authTime.Unix(), "at_hash": leftHalfHash(access),
	})
	if nonce != "" {
		claims["nonce"] = nonce
	}
	if g.acr != "" {
		claims["acr"] = g.acr
	}
	if g.client.FrontChannelLogoutURI != "" {
		claims["sid"] = frontChannelID(g.sessionID)
	}
	key := g.as.keys.signing()
	header := map[string]any{"kid": key.id, "alg": "RS256"}
	if knobs.TamperIDToken != nil {
		knobs.TamperIDToken(header, claims)
		for _, name := range []string{"kid", "alg"} {
			if _, kept := header[name]; !kept {
				header[name] = nil // signWith would put it back
			}
		}
	}
	raw := signJSON(key, claims, header)
	if knobs.ReplaceIDToken != nil {
		raw = knobs.ReplaceIDToken(raw)
	}
	return raw
}
