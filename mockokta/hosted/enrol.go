package hosted

import (
	"encoding/base64"
	"html/template"
	"net/http"

	"example.com/okta-gin/mockokta/state"
)

// askEnrolment shows the page on which a person sets up an authenticator app. secret is what it is set up with.
func (o *Pages) askEnrolment(w http.ResponseWriter, r *http.Request, pending *pendingSignIn) {
	qr, err := state.QRCode(pending.person.Login, pending.secret)
	if err != nil {
		o.Log().Error("mockokta: QR code", "error", err)
	}
	id := state.RandomID()
	p := page{status: http.StatusOK, name: "enroll.html", req: pending.req, data: map[string]any{
		"Transaction": id, "Secret": pending.secret, "Failed": pending.failed,
		"QR": template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(qr)), // made here
	}}
	o.pending.Put(id, pending, o.Now().Add(factorLifetime))
	o.writePage(w, r, p)
}

// TakeEnrolment takes the first code of an authenticator app.
func (o *Pages) TakeEnrolment(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, r, "invalid_request", "The request cannot be read.")
		return
	}
	pending, found := o.pending.Take(r.PostForm.Get("transaction"))
	if !found || pending.secret == "" {
		o.expiredPage(w, r)
		return
	}
	entry, _ := o.Find(pending.person.ID)
	if entry.Status != state.StatusActive {
		o.writeSignIn(w, r, "", nil, signInData{Problem: o.problem(state.ErrWrongPassword)})
		return
	}
	if !o.EnrollTOTP(entry.ID, pending.secret, r.PostForm.Get("code")) {
		pending.failed = true
		o.askEnrolment(w, r, pending)
		return
	}
	o.finishSignIn(w, r, pending.req, state.ProofOf(entry.ID, state.TOTP))
}
