package hosted

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
)

// needsConsent says whether the person has to be asked before the app gets what it wants.
func (o *Pages) needsConsent(req *authRequest, s *state.Session) bool {
	if req.prompts("consent") {
		return true
	}
	_, given := o.consents.Get([2]string{s.UserID, req.client.ID})
	return req.client.Consent && !given
}

func (o *Pages) showConsent(w http.ResponseWriter, r *http.Request, req *authRequest, s *state.Session, person state.Entry) {
	id := state.RandomID()
	asked := *req
	asked.sessionID = s.ID
	o.transactions.Put(id, &asked, o.Now().Add(transactionLifetime))
	o.writePage(w, r, page{status: http.StatusOK, name: "consent.html", req: req, data: map[string]any{
		"Transaction": id, "App": req.client.Title(), "Person": person.FullName(), "Scopes": req.scopes,
	}})
}
