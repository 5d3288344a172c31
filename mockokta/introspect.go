package mockokta

import (
	"net/http"
	"strings"
)

// serveIntrospect answers POST /v1/introspect: what the org knows about a token of this server and this client.
func (o *Org) serveIntrospect(as *authServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		client, ok := o.tokenForm(w, r)
		if !ok {
			return
		}
		noStore(w)
		writeJSON(w, http.StatusOK, o.introspect(as, client, r.PostForm.Get("token")))
	}
}

// tokenForm reads a request to introspect or revoke, and answers itself when something is wrong with it.
func (o *Org) tokenForm(w http.ResponseWriter, r *http.Request) (*Client, bool) {
	if !o.readForm(w, r) {
		return nil, false
	}
	client, _, fault := o.authenticateClient(r)
	if fault == nil && r.PostForm.Get("token") == "" {
		fault = badRequest("invalid_request", "The 'token' parameter is required.")
	}
	if fault != nil {
		writeOAuthError(w, fault)
		return nil, false
	}
	return client, true
}

func (o *Org) introspect(as *authServer, client *Client, raw string) map[string]any {
	inactive := map[string]any{"active": false}
	if token, found := o.accessTokens.get(hashToken(raw)); found {
		if token.grant.as != as || token.grant.client != client || token.refusal(o) != "" {
			return inactive
		}
		answer := map[string]any{"active": true, "token_type": "Bearer", "scope": strings.Join(token.scopes, " "), "client_id": client.ID}
		for _, name := range []string{"exp", "iat", "sub", "aud", "iss", "jti", "uid"} {
			if value, has := token.claims[name]; has {
				answer[name] = value
			}
		}
		if token.grant.userID != "" {
			answer["username"] = token.claims["sub"]
		}
		return answer
	}
	if token, found := o.refreshTokens.get(hashToken(raw)); found {
		return o.introspectRefresh(as, client, token)
	}
	return o.introspectID(as, client, raw)
}

func (o *Org) introspectRefresh(as *authServer, client *Client, token *refreshToken) map[string]any {
	g := token.grant
	person, found := o.directory.find(g.userID)
	g.mu.Lock()
	spent := !token.spentAt.IsZero() || g.revoked
	g.mu.Unlock()
	if spent || g.as != as || g.client != client || !found || !person.active() {
		return map[string]any{"active": false}
	}
	return map[string]any{
		"active": true, "token_type": "Bearer", "scope": strings.Join(g.scopes, " "), "client_id": client.ID,
		"username": person.Login, "sub": person.Login, "iat": g.began.Unix(),
	}
}

func (o *Org) introspectID(as *authServer, client *Client, raw string) map[string]any {
	claims, ok := as.keys.verify(raw)
	expires, _ := claims["exp"].(float64)
	if !ok || claims["iss"] != as.issuer || claims["aud"] != client.ID || float64(o.now().Unix()) >= expires {
		return map[string]any{"active": false}
	}
	answer := map[string]any{"active": true, "client_id": client.ID, "username": claims["preferred_username"]}
	for _, name := range []string{"exp", "iat", "sub", "aud", "iss", "jti"} {
		answer[name] = claims[name]
	}
	return answer
}
