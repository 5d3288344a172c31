package oauth

import (
	"io"
	"net/http"
	"slices"

	"example.com/okta-gin/mockokta/dpop"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Userinfo answers GET and POST /v1/userinfo: sub and every claim the token's scopes open. Bound tokens come
// with a proof.
func Userinfo(o *state.Org, as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		challenge := wire.Challenge{Server: o.URL() + as.Base, Realm: as.Issuer, Scope: "openid", Resource: r.URL.Path}
		scheme, raw, ok := wire.PresentedToken(r)
		if !ok {
			challenge.Refuse(w, http.StatusUnauthorized, "invalid_request", "The access token is missing.")
			return
		}
		token, found := o.AccessTokens.Get(state.HashToken(raw))
		if !found || token.Grant.Server != as || token.Grant.UserID == "" {
			challenge.Refuse(w, http.StatusUnauthorized, "invalid_token", "The access token is invalid.")
			return
		}
		if refusal := o.Refusal(token); refusal != "" {
			challenge.Refuse(w, http.StatusUnauthorized, "invalid_token", refusal)
			return
		}
		if !dpop.AtResource(o, w, r, challenge, scheme, raw, token) {
			return
		}
		if !slices.Contains(token.Scopes, "openid") {
			challenge.Refuse(w, http.StatusForbidden, "insufficient_scope", "The access token must provide access to at least one of these scopes - profile, email, address or phone")
			return
		}
		entry, _ := o.Find(token.Grant.UserID)
		claims := o.ProfileClaims(as, entry, token.Scopes, true)
		claims["sub"] = entry.ID
		knobs := o.Knobs()
		if knobs.TamperUserinfo != nil {
			knobs.TamperUserinfo(claims)
		}
		wire.NoStore(w)
		if knobs.ReplaceUserinfo != nil {
			contentType, body := knobs.ReplaceUserinfo(claims)
			w.Header().Set("Content-Type", contentType)
			io.WriteString(w, body)
			return
		}
		wire.JSON(w, http.StatusOK, claims)
	}
}
