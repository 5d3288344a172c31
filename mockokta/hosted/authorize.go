package hosted

import (
	"net/http"
	"slices"

	"example.com/okta-gin/mockokta/state"
)

// Authorize answers GET and POST /v1/authorize. A fault of client_id or redirect_uri gets a page,
// everything else goes back to the app.
func (o *Pages) Authorize(as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		params, problem := formOrQuery(r)
		if problem != "" {
			o.errorPage(w, "invalid_request", problem)
			return
		}
		if lacksCookies(r) {
			http.Redirect(w, r, r.URL.Path+"?"+params.Encode(), http.StatusSeeOther)
			return
		}
		client := o.Client(only(params, "client_id"))
		if client == nil {
			o.errorPage(w, "invalid_client", "Invalid value for 'client_id' parameter.")
			return
		}
		if !slices.Contains(client.RedirectURIs, only(params, "redirect_uri")) {
			o.errorPage(w, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: "+o.SettingsURL(client))
			return
		}
		req, fault := o.checkAuthorize(as, client, params)
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
