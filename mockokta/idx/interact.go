package idx

import (
	"net/http"
	"net/url"
	"slices"

	"example.com/okta-gin/mockokta/oauth"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Interact answers POST /v1/interact: an interaction handle for a request that would be good at /v1/authorize. A
// client's credentials are checked if they are there; nobody asks for them.
func (e *Engine) Interact(as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !oauth.ReadForm(e.org, w, r) {
			return
		}
		q, fault := e.check(as, r)
		if fault != nil {
			wire.WriteOAuthError(w, fault)
			return
		}
		tx := newTransaction(q, state.RandomID(), e.org.Now())
		if fault := e.resume(tx, r.PostForm); fault != nil {
			wire.WriteOAuthError(w, fault)
			return
		}
		e.keep(tx)
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, map[string]string{"interaction_handle": tx.interaction})
	}
}

// resume lets a transaction begin where the token of a mail leads: at a new or a first password.
func (e *Engine) resume(tx *transaction, form url.Values) *wire.OAuthError {
	recovery, activation := form.Get("recovery_token"), form.Get("activation_token")
	switch {
	case recovery != "":
		entry, found := e.org.PersonOf(e.org.RecoveryTokens, recovery)
		if !found || !e.org.MayRecover(entry) {
			return wire.BadRequest("invalid_request", "The recovery token is invalid")
		}
		tx.userID, tx.token = entry.ID, recovery
		tx.advance(askReset, e.org.Now())
	case activation != "":
		if !tx.request.client.Confidential() {
			return wire.BadRequest("invalid_request", "Only confidential clients can use the activation token flow")
		}
		entry, found := e.org.PersonOf(e.org.ActivationTokens, activation)
		if !found || entry.Status != state.StatusProvisioned {
			return wire.BadRequest("invalid_request", "The activation token is invalid")
		}
		tx.userID, tx.token = entry.ID, activation
		tx.advance(askFirstPassword, e.org.Now())
	}
	return nil
}

// check reads a request to the interact endpoint.
func (e *Engine) check(as *state.AuthServer, r *http.Request) (request, *wire.OAuthError) {
	form := r.PostForm
	client := e.org.Client(form.Get("client_id"))
	if client == nil {
		return request{}, &wire.OAuthError{Status: http.StatusUnauthorized, Code: "invalid_client", Description: "Invalid value for 'client_id' parameter."}
	}
	if form.Has("client_secret") || form.Has("client_assertion") || r.Header.Get("Authorization") != "" {
		if _, _, fault := oauth.AuthenticateClient(e.org, r); fault != nil {
			return request{}, fault
		}
	}
	knobs := e.org.Knobs()
	switch {
	case knobs.Classic:
		return request{}, wire.BadRequest("access_denied", "The requested feature is not enabled in this environment.")
	case knobs.NoInteractionCode:
		return request{}, wire.BadRequest("access_denied", "The requested feature (Interaction Code flow) isn't enabled in this environment. Ensure that you have Okta Identity Engine enabled and the Interaction Code flow enabled for this application and authorization server.")
	case !client.May(state.GrantInteraction):
		return request{}, oauth.UnauthorizedGrant(client)
	case !slices.Contains(client.RedirectURIs, form.Get("redirect_uri")):
		return request{}, wire.BadRequest("invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: "+e.org.SettingsURL(client))
	case form.Get("code_challenge") == "":
		return request{}, wire.BadRequest("invalid_request", "PKCE code challenge is required to use the interaction code flow.")
	}
	if fault := oauth.CheckChallenge(client, form); fault != nil {
		return request{}, fault
	}
	scopes, fault := oauth.CheckScopes(as, client, form.Get("scope"))
	if fault != nil {
		return request{}, fault
	}
	resources, fault := oauth.CheckResources(e.org, as, form["resource"])
	if fault != nil {
		return request{}, fault
	}
	thumbprint, fault := oauth.CheckThumbprint(form)
	if fault != nil {
		return request{}, fault
	}
	return request{
		server: as, client: client, redirectURI: form.Get("redirect_uri"), challenge: form.Get("code_challenge"),
		state: form.Get("state"), nonce: form.Get("nonce"), acr: state.ChooseACR(form.Get("acr_values")), scopes: scopes,
		resources: resources, thumbprint: thumbprint,
	}, nil
}
