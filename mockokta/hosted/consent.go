package hosted

import (
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/wire"
)

// TakeConsent takes the consent form.
func (o *Pages) TakeConsent(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, r, "invalid_request", "The request cannot be read.")
		return
	}
	req, found := o.transactions.Take(r.PostForm.Get("transaction"))
	s := o.Session(r)
	if !found || s == nil || s.ID != req.sessionID {
		o.expiredPage(w, r)
		return
	}
	if r.PostForm.Get("decision") != "allow" {
		o.sendBack(w, r, req, wire.BadRequest("access_denied", "The resource owner or authorization server denied the request."))
		return
	}
	o.consents.Put([2]string{s.UserID, req.client.ID}, struct{}{}, o.Now().Add(365*24*time.Hour))
	o.sendCode(w, r, req, s)
}
