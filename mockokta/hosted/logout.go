package hosted

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"example.com/okta-gin/mockokta/management"
	"example.com/okta-gin/mockokta/oauth"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Logout answers GET and POST /v1/logout, Okta's side of RP-initiated sign-out: it ends the browser's
// session and goes back to the app. It insists on an ID token, which may have expired.
func (o *Pages) Logout(as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		params, problem := formOrQuery(r)
		if problem != "" {
			o.errorPage(w, r, "invalid_request", problem)
			return
		}
		if lacksCookies(r) {
			// The ID token stays out of the URL: that is why the app posted it.
			id := state.RandomID()
			o.logouts.Put(id, params, o.Now().Add(time.Minute))
			http.Redirect(w, r, r.URL.Path+"?continue="+id, http.StatusSeeOther)
			return
		}
		if posted, found := o.logouts.Take(params.Get("continue")); found {
			params = posted
		}
		if names := oauth.Duplicated(params); names != nil {
			o.errorPage(w, r, "invalid_request", "The request contained multiple parameters with the same name.")
			return
		}
		claims, ok := as.Keys.Verify(params.Get("id_token_hint"))
		audience, _ := claims["aud"].(string)
		client := o.Client(audience)
		if !ok || claims["iss"] != as.Issuer || client == nil {
			o.errorPage(w, r, "invalid_token", "The id token is invalid.")
			return
		}
		target := params.Get("post_logout_redirect_uri")
		if target != "" && !slices.Contains(client.LogoutURIs, target) {
			o.errorPage(w, r, "invalid_request", "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings: "+o.SettingsURL(client))
			return
		}
		session := o.Session(r)
		if session != nil && session.UserID != claims["sub"] {
			o.errorPage(w, r, "id_token_does_not_match_session", "The ID token subject does not match the current session's user.")
			return
		}
		if session != nil {
			o.EndSession(w, session)
			management.TellParticipants(r.Context(), o.Org, session, client)
		}
		o.leave(w, r, session, client, afterLogout(target, params.Get("state")))
	}
}

// afterLogout is where the browser goes: the app's URI, or else the org's sign-in page.
func afterLogout(target, state string) string {
	switch {
	case target == "":
		return "/login/login.htm"
	case state == "":
		return target
	}
	return wire.AppendQuery(target, url.Values{"state": {state}})
}

// leave sends a signed-out browser on, by way of a page when there are other apps to tell.
func (o *Pages) leave(w http.ResponseWriter, r *http.Request, s *state.Session, from *state.Client, target string) {
	frames := o.frontChannelURLs(s, from)
	if len(frames) == 0 && !o.Knobs().Interstitial {
		wire.NoStore(w)
		http.Redirect(w, r, target, http.StatusFound)
		return
	}
	o.writePage(w, r, page{status: http.StatusOK, name: "signedout.html", frames: frames, data: map[string]any{"Target": target, "Frames": frames}})
}

// frontChannelURLs are the front-channel logout URLs of the apps that took part in a session, but for the one
// that ended it.
func (o *Pages) frontChannelURLs(s *state.Session, from *state.Client) []string {
	if s == nil {
		return nil
	}
	var urls []string
	for _, p := range s.Participants() {
		if p.Client != from && p.Client.FrontChannelLogoutURI != "" {
			params := url.Values{"iss": {p.Issuer}, "sid": {s.PublicID()}}
			if tamper := o.Knobs().TamperFrontChannel; tamper != nil {
				tamper(params)
			}
			urls = append(urls, wire.AppendQuery(p.Client.FrontChannelLogoutURI, params))
		}
	}
	return urls
}

// TakeSignOut is the dashboard's own sign-out button. Every app that took part is told.
func (o *Pages) TakeSignOut(w http.ResponseWriter, r *http.Request) {
	s := o.Session(r)
	if s == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	o.EndSession(w, s)
	management.TellParticipants(r.Context(), o.Org, s, nil)
	o.leave(w, r, s, nil, "/")
}
