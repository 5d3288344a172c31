package oauth

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Revoke answers POST /v1/revoke: 200 with an empty body, also for tokens nobody knows. Revoking a refresh
// token revokes the access tokens of its grant; revoking an access token leaves the refresh token.
func Revoke(o *state.Org, as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		client, ok := tokenForm(o, w, r)
		if !ok {
			return
		}
		hash := state.HashToken(r.PostForm.Get("token"))
		if token, found := o.RefreshTokens.Get(hash); found && token.Grant.Client == client && token.Grant.Server == as {
			token.Grant.Revoke()
		}
		if token, found := o.AccessTokens.Get(hash); found && token.Grant.Client == client && token.Grant.Server == as {
			token.Revoked.Store(true)
		}
		wire.NoStore(w)
		w.WriteHeader(http.StatusOK)
	}
}
