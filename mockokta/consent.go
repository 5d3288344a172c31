package mockokta

import (
	"net/http"
	"time"
)

// needsConsent says whether the person has to be asked before the app gets what it wants.
func (o *Org) needsConsent(req *authRequest, s *ssoSession) bool {
	if req.prompts("consent") {
		return true
	}
	_, given := o.consents.get([2]string{s.userID, req.client.ID})
	return req.client.Consent && !given
}

func (o *Org) showConsent(w http.ResponseWriter, req *authRequest, s *ssoSession, person directoryEntry) {
	id := randomID()
	asked := *req
	asked.sessionID = s.id
	o.transactions.put(id, &asked, o.now().Add(transactionLifetime))
	o.writePage(w, page{status: http.StatusOK, name: "consent.html", targets: []string{req.redirectURI}, data: map[string]any{
		"Transaction": id, "App": defaultTo(req.client.Name, req.client.ID), "Person": person.name(), "Scopes": req.scopes,
	}})
}

// serveConsent takes the consent form.
func (o *Org) serveConsent(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, "invalid_request", "The request cannot be read.")
		return
	}
	req, found := o.transactions.take(r.PostForm.Get("transaction"))
	s := o.session(r)
	if !found || s == nil || s.id != req.sessionID {
		o.expiredPage(w)
		return
	}
	if r.PostForm.Get("decision") != "allow" {
		o.sendBack(w, r, req, badRequest("access_denied", "The resource owner or authorization server denied the request."))
		return
	}
	o.consents.put([2]string{s.userID, req.client.ID}, struct{}{}, o.now().Add(365*24*time.Hour))
	o.sendCode(w, r, req, s)
}
