package hosted

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"example.com/okta-gin/mockokta/state"
)

// SignInPage is Okta's sign-in page outside of any app: it leads to the dashboard.
func (o *Pages) SignInPage(w http.ResponseWriter, r *http.Request) {
	o.writeSignIn(w, r, "", nil, signInData{})
}

// TakeSignIn takes the sign-in form. People with a second factor are asked for it.
func (o *Pages) TakeSignIn(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, r, "invalid_request", "The request cannot be read.")
		return
	}
	var req *authRequest
	id := r.PostForm.Get("transaction")
	if id != "" {
		found := false
		if req, found = o.transactions.Get(id); !found {
			o.expiredPage(w, r)
			return
		}
	}
	username := strings.TrimSpace(field(r.PostForm, "username", "identifier"))
	if !r.PostForm.Has("password") && !r.PostForm.Has("credentials.passcode") {
		o.writeSignIn(w, r, id, req, o.identified(username))
		return
	}
	person, err := o.Authenticate(username, field(r.PostForm, "password", "credentials.passcode"))
	if err != nil {
		o.writeSignIn(w, r, id, req, signInData{Username: username, Passcode: true, Problem: o.problem(err)})
		return
	}
	if _, found := o.transactions.Take(id); id != "" && !found {
		o.expiredPage(w, r)
		return
	}
	if len(person.Factors()) > 0 {
		o.askFactor(w, r, &pendingSignIn{req: req, person: person})
		return
	}
	level := 0
	if req != nil {
		level = state.Assurance(req.acr)
	}
	if o.NeedsFactor(person, level) {
		o.askEnrolment(w, r, &pendingSignIn{req: req, person: person, secret: o.OfferTOTP(person.ID)})
		return
	}
	proof := state.ProofOf(person.ID)
	if level > 1 {
		proof = state.ProofOf(person.ID, state.TOTP) // the password counts for every factor
	}
	o.finishSignIn(w, r, req, proof)
}

// field returns what was typed into a field that the pages give different names.
func field(form url.Values, names ...string) string {
	for _, name := range names {
		if form.Has(name) {
			return form.Get(name)
		}
	}
	return ""
}

// identified is what follows when a page has asked for the username alone.
func (o *Pages) identified(username string) signInData {
	if _, known := o.LookUp(username); !known && username != "" && o.Knobs().RevealUnknownUser {
		return signInData{Username: username, Problem: "problem.unknown"}
	}
	return signInData{Username: username, Passcode: username != ""}
}

// problem is the text that says why a password did not sign a person in.
func (o *Pages) problem(err error) string {
	switch {
	case errors.Is(err, state.ErrLockedOut) && o.Knobs().RevealLockout:
		return "problem.locked"
	case errors.Is(err, state.ErrPasswordExpired):
		return "problem.password_expired"
	}
	return "problem.refused"
}

// TakeFactor takes the forms that choose a factor, ask for another code, and answer with one.
func (o *Pages) TakeFactor(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		o.errorPage(w, r, "invalid_request", "The request cannot be read.")
		return
	}
	id := r.PostForm.Get("transaction")
	pending, found := o.pending.Take(id) // each form works once, so that two at a time cannot share a challenge
	if !found {
		o.expiredPage(w, r)
		return
	}
	entry, _ := o.Find(pending.person.ID)
	if !entry.Active() || entry.Status == state.StatusLockedOut {
		o.writeSignIn(w, r, "", nil, signInData{Problem: o.problem(state.ErrLockedOut)})
		return
	}
	if kind := state.FactorKind(r.PostForm.Get("factor")); kind != "" {
		pending.challenge = o.challengeBy(entry, kind)
		o.askFactor(w, r, pending)
		return
	}
	if pending.challenge == nil || !o.Answer(pending.challenge, entry, field(r.PostForm, "code", "credentials.passcode", "answer")) {
		pending.failed = pending.challenge != nil
		o.askFactor(w, r, pending)
		return
	}
	o.finishSignIn(w, r, pending.req, state.ProofOf(entry.ID, pending.challenge.Factor.Kind))
}

// finishSignIn starts the session and goes on to the app, or to the dashboard without a request of one.
func (o *Pages) finishSignIn(w http.ResponseWriter, r *http.Request, req *authRequest, proof state.Proof) {
	if req == nil {
		o.StartSession(w, r, proof)
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	proof.Level = max(proof.Level, state.Assurance(req.acr))
	o.proceed(w, r, req, o.StartSession(w, r, proof), true)
}
