package mockokta

import "net/http"

// serveRevoke answers POST /v1/revoke: 200 with an empty body, also for tokens nobody knows. Revoking a refresh
// token revokes the access tokens of its grant; revoking an access token leaves the refresh token.
func (o *Org) serveRevoke(as *authServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		client, ok := o.tokenForm(w, r)
		if !ok {
			return
		}
		hash := hashToken(r.PostForm.Get("token"))
		if token, found := o.refreshTokens.get(hash); found && token.grant.client == client && token.grant.as == as {
			token.grant.revoke()
		}
		if token, found := o.accessTokens.get(hash); found && token.grant.client == client && token.grant.as == as {
			token.revoked.Store(true)
		}
		noStore(w)
		w.WriteHeader(http.StatusOK)
	}
}
