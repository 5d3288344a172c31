package hosted

import (
	"net/http"
	"slices"

	"example.com/okta-gin/mockokta/oauth"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Authorize answers GET and POST /v1/authorize. A fault of client_id, redirect_uri or a request object gets a page,
// everything else goes back to the app.
func (o *Pages) Authorize(as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		params, problem := formOrQuery(r)
		if problem != "" {
			o.errorPage(w, r, "invalid_request", problem)
			return
		}
		if lacksCookies(r) {
			http.Redirect(w, r, r.URL.Path+"?"+params.Encode(), http.StatusSeeOther)
			return
		}
		client := o.Client(only(params, "client_id"))
		if client == nil {
			o.errorPage(w, r, "invalid_client", "Invalid value for 'client_id' parameter.")
			return
		}
		var dead *wire.OAuthError
		switch uri := only(params, "request_uri"); {
		case uri != "" && !params.Has("request"):
			params, dead = o.pulled(as, client, uri)
		case client.RequirePAR:
			params, dead = nil, wire.BadRequest("invalid_request", "The client requires pushed authorization requests.")
		default:
			params, dead = oauth.RequestObject(r.Context(), o.Org, as, client, params)
		}
		if params == nil {
			o.errorPage(w, r, dead.Code, dead.Description)
			return
		}
		if !slices.Contains(client.RedirectURIs, only(params, "redirect_uri")) {
			fault := o.errRedirectURI(client)
			o.errorPage(w, r, fault.Code, fault.Description)
			return
		}
		req, fault := o.checkAuthorize(as, client, params)
		if dead != nil {
			fault = dead
		}
		if fault != nil {
			o.sendBack(w, r, req, fault)
			return
		}
		session := o.Session(r)
		if token := params.Get("sessionToken"); session == nil && token != "" {
			if proof, found := o.SessionTokens.Take(token); found {
				session = o.StartSession(w, r, proof)
			}
		}
		o.proceed(w, r, req, session, false)
	}
}
