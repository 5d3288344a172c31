// Package oauth is what programs ask an authorization server for: metadata and keys, tokens, and what becomes
// of them (introspect, revoke, userinfo).
package oauth

import (
	"net/http"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta/dpop"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Token answers POST /v1/token.
func Token(o *state.Org, as *state.AuthServer) http.HandlerFunc {
	supported := []string{state.GrantCode, state.GrantRefresh, state.GrantClientCredentials, state.GrantInteraction}
	return func(w http.ResponseWriter, r *http.Request) {
		if !ReadForm(o, w, r) {
			return
		}
		client, method, fault := AuthenticateClient(o, r)
		if fault == nil {
			fault = checkBrowser(o, r, client)
		}
		if fault != nil {
			wire.WriteOAuthError(w, fault)
			return
		}
		grantType := r.PostForm.Get("grant_type")
		switch {
		case grantType == "":
			fault = wire.BadRequest("invalid_request", "The token request must specify a 'grant_type'. Valid values: ["+strings.Join(supported, ", ")+"]")
		case !slices.Contains(supported, grantType):
			fault = wire.BadRequest("unsupported_grant_type", "The authorization grant type is not supported by the authorization server. Configured grant types: ["+strings.Join(supported, ", ")+"].")
		case !client.May(grantType):
			fault = UnauthorizedGrant(client)
		}
		thumbprint := ""
		if fault == nil {
			thumbprint, fault = checkProof(o, as, client, w, r)
		}
		if fault != nil {
			wire.WriteOAuthError(w, fault)
			return
		}
		var answer map[string]any
		switch grantType {
		case state.GrantCode:
			answer, fault = redeemCode(o, as, client, thumbprint, r.PostForm)
		case state.GrantInteraction:
			answer, fault = redeemInteraction(o, as, client, thumbprint, r.PostForm)
		case state.GrantRefresh:
			answer, fault = refresh(o, as, client, thumbprint, r.PostForm)
		case state.GrantClientCredentials:
			answer, fault = clientCredentials(o, as, client, method, thumbprint, r.PostForm)
		}
		if fault != nil {
			wire.WriteOAuthError(w, fault)
			return
		}
		if tamper := o.Knobs().TamperToken; tamper != nil {
			tamper(answer)
		}
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, answer)
	}
}

// checkProof judges the DPoP proof, which a client may have to send, and returns the thumbprint of its key.
func checkProof(o *state.Org, as *state.AuthServer, client *state.Client, w http.ResponseWriter, r *http.Request) (string, *wire.OAuthError) {
	if client.RequireDPoP && len(r.Header.Values("DPoP")) == 0 && !o.Knobs().IgnoreProofs {
		return "", errNoProof
	}
	return dpop.AtServer(o, as, w, r)
}

// checkBrowser judges a request with an Origin header as Okta does: as a call from a browser, which must
// come from the app's own origin and from a public client with PKCE.
func checkBrowser(o *state.Org, r *http.Request, client *state.Client) *wire.OAuthError {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return nil
	}
	isOurs := func(uri string) bool { return wire.OriginOf(uri) == origin }
	if !slices.ContainsFunc(client.RedirectURIs, isOurs) && !slices.Contains(o.TrustedOrigins(), origin) {
		return wire.BadRequest("invalid_request", "Browser requests to the token endpoint must be part of at least one whitelisted redirect_uri.")
	}
	if client.Confidential() {
		return invalidClient("Browser requests to the token endpoint must use Proof Key for Code Exchange.")
	}
	return nil
}
