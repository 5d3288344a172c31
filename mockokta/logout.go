package mockokta

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// serveLogout answers GET and POST /v1/logout, Okta's side of RP-initiated sign-out: it ends the browser's
// session and goes back to the app. It insists on an ID token, which may have expired.
func (o *Org) serveLogout(as *authServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		params, problem := formOrQuery(r)
		if problem != "" {
			o.errorPage(w, "invalid_request", problem)
			return
		}
		if lacksCookies(r) {
			// The ID token stays out of the URL: that is why the app posted it.
			id := randomID()
			o.logouts.put(id, params, o.now().Add(time.Minute))
			http.Redirect(w, r, r.URL.Path+"?continue="+id, http.StatusSeeOther)
			return
		}
		if posted, found := o.logouts.take(params.Get("continue")); found {
			params = posted
		}
		if names := duplicated(params); names != nil {
			o.errorPage(w, "invalid_request", "The request contained multiple parameters with the same name.")
			return
		}
		claims, ok := as.keys.verify(params.Get("id_token_hint"))
		audience, _ := claims["aud"].(string)
		client := o.clients[audience]
		if !ok || claims["iss"] != as.issuer || client == nil {
			o.errorPage(w, "invalid_token", "The id token is invalid.")
			return
		}
		target := params.Get("post_logout_redirect_uri")
		if target != "" && !slices.Contains(client.LogoutURIs, target) {
			o.errorPage(w, "invalid_request", "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings: "+o.settingsURL(client))
			return
		}
		session := o.session(r)
		if session != nil && session.userID != claims["sub"] {
			o.errorPage(w, "id_token_does_not_match_session", "The ID token subject does not match the current session's user.")
			return
		}
		if session != nil {
			o.endSession(w, session)
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
	return appendQuery(target, url.Values{"state": {state}})
}

// leave sends a signed-out browser on, by way of a page when there are other apps to tell.
func (o *Org) leave(w http.ResponseWriter, r *http.Request, s *ssoSession, from *Client, target string) {
	frames := o.frontChannelURLs(s, from)
	if len(frames) == 0 && !o.knobs.Load().Interstitial {
		noStore(w)
		http.Redirect(w, r, target, http.StatusFound)
		return
	}
	o.writePage(w, page{status: http.StatusOK, name: "signedout.html", frames: frames, data: map[string]any{"Target": target, "Frames": frames}})
}

// frontChannelURLs are the front-channel logout URLs of every app but the one that signed the person out.
func (o *Org) frontChannelURLs(s *ssoSession, from *Client) []string {
	if s == nil {
		return nil
	}
	var urls []string
	for _, id := range o.clientOrder {
		client := o.clients[id]
		if client != from && client.FrontChannelLogoutURI != "" {
			urls = append(urls, appendQuery(client.FrontChannelLogoutURI, url.Values{"iss": {o.custom.issuer}, "sid": {frontChannelID(s.id)}}))
		}
	}
	return urls
}

// frontChannelID is the sid of ID tokens: it names a session without being its cookie.
func frontChannelID(sessionID string) string { return entityID("102", sessionID) }

// serveSignOut is the dashboard's own sign-out button.
func (o *Org) serveSignOut(w http.ResponseWriter, r *http.Request) {
	if s := o.session(r); s != nil {
		o.endSession(w, s)
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
