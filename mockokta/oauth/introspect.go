package oauth

import (
	"net/http"
	"strings"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Introspect answers POST /v1/introspect: what the org knows about a token of this server and this client.
func Introspect(o *state.Org, as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		client, ok := tokenForm(o, w, r)
		if !ok {
			return
		}
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, introspect(o, as, client, r.PostForm.Get("token")))
	}
}

// tokenForm reads a request to introspect or revoke, and answers itself when something is wrong with it.
func tokenForm(o *state.Org, w http.ResponseWriter, r *http.Request) (*state.Client, bool) {
	if !ReadForm(o, w, r) {
		return nil, false
	}
	client, _, fault := AuthenticateClient(o, r)
	if fault == nil && r.PostForm.Get("token") == "" {
		fault = wire.BadRequest("invalid_request", "The 'token' parameter is required.")
	}
	if fault != nil {
		wire.WriteOAuthError(w, fault)
		return nil, false
	}
	return client, true
}

func introspect(o *state.Org, as *state.AuthServer, client *state.Client, raw string) map[string]any {
	inactive := map[string]any{"active": false}
	if token, found := o.AccessTokens.Get(state.HashToken(raw)); found {
		if token.Grant.Server != as || token.Grant.Client != client || o.Refusal(token) != "" {
			return inactive
		}
		tokenType := wire.Bearer
		if token.Thumbprint != "" {
			tokenType = wire.DPoP
		}
		answer := map[string]any{"active": true, "token_type": tokenType, "scope": strings.Join(token.Scopes, " "), "client_id": client.ID}
		for _, name := range []string{"exp", "iat", "sub", "aud", "iss", "jti", "uid", "cnf"} {
			if value, has := token.Claims[name]; has {
				answer[name] = value
			}
		}
		if token.Grant.UserID != "" {
			answer["username"] = token.Claims["sub"]
		}
		return answer
	}
	if token, found := o.RefreshTokens.Get(state.HashToken(raw)); found {
		return introspectRefresh(o, as, client, token)
	}
	return introspectID(o, as, client, raw)
}

func introspectRefresh(o *state.Org, as *state.AuthServer, client *state.Client, token *state.RefreshToken) map[string]any {
	g := token.Grant
	person, found := o.Find(g.UserID)
	spent, expires := token.State()
	if spent || g.Server != as || g.Client != client || !found || !person.Active() {
		return map[string]any{"active": false}
	}
	return map[string]any{
		"active": true, "token_type": "Bearer", "scope": strings.Join(g.Scopes, " "), "client_id": client.ID,
		"username": person.Login, "sub": person.Login, "exp": expires.Unix(),
	}
}

func introspectID(o *state.Org, as *state.AuthServer, client *state.Client, raw string) map[string]any {
	claims, ok := as.Keys.Verify(raw)
	expires, _ := claims["exp"].(float64)
	if !ok || claims["iss"] != as.Issuer || claims["aud"] != client.ID || float64(o.Now().Unix()) >= expires {
		return map[string]any{"active": false}
	}
	answer := map[string]any{"active": true, "client_id": client.ID, "username": claims["preferred_username"]}
	for _, name := range []string{"exp", "iat", "sub", "aud", "iss", "jti"} {
		answer[name] = claims[name]
	}
	return answer
}
