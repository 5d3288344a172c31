package hosted

import (
	"encoding/base64"
	"html/template"
	"net/http"

	"example.com/okta-gin/mockokta/state"
)

// askEnrolment shows the page on which a person sets up an authenticator app. secret is what it is set up with.
func (o *Pages) askEnrolment(w http.ResponseWriter, pending *pendingSignIn) {
	qr, err := state.QRCode(pending.person.Login, pending.secret)
	if err != nil {
		o.Log().Error("mockokta: QR code", "error", err)
	}
	id := state.RandomID()
	p := page{status: http.StatusOK, name: "enroll.html", data: map[string]any{
		"Transaction": id, "Secret": pending.secret, "Failed": pending.failed,
		"QR": template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(qr)), // made here
	}}
	if pending.req != nil {
		p.targets = []string{pending.req.redirectURI}
	}
	o.pending.Put(id, pending, o.Now().Add(factorLifetime))
	o.writePage(w, p)
}

// TakeEnrolment takes the first code of an authenticator app.
func (o *Pages) TakeEnrolment(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, "invalid_request", "The request cannot be read.")
		return
	}
	pending, found := o.pending.Take(r.PostForm.Get("transaction"))
	if !found || pending.secret == "" {
		o.expiredPage(w)
		return
	}
	entry, _ := o.Find(pending.person.ID)
	if entry.Status != state.StatusActive {
		o.writeSignIn(w, "", nil, signInData{Problem: o.problem(state.ErrWrongPassword)})
		return
	}
	if !o.EnrollTOTP(entry.ID, pending.secret, r.PostForm.Get("code")) {
		pending.failed = true
		o.askEnrolment(w, pending)
		return
	}
	o.finishSignIn(w, r, pending.req, state.ProofOf(entry.ID, state.TOTP))
}
