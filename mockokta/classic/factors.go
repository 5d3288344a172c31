package classic

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var errPasscode = wire.APIError{Status: http.StatusForbidden, Code: "E0000068", Summary: "Invalid Passcode/Answer"}

// Verify answers POST /api/v1/authn/factors/{id}/verify: without a pass code it asks for the factor (and sends
// the mail), with one it answers.
func (e *Engine) Verify(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
		PassCode   string `json:"passCode"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, person, ok := e.resume(w, body.StateToken, mfaRequired, mfaChallenge)
	if !ok {
		return
	}
	factor, found := factorOf(person, r.PathValue("id"))
	if !found {
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, wire.NotFound(r.PathValue("id")+" (UserFactor)"))
		return
	}
	if tx.challenge == nil || tx.challenge.Factor != factor {
		tx.challenge = e.org.Challenge(person, factor)
	}
	switch {
	case body.PassCode == "":
		e.showChallenge(w, body.StateToken, tx, person)
	case !e.org.Answer(tx.challenge, person, body.PassCode):
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, errPasscode, "Your passcode doesn't match our records. Please try again.")
	default:
		e.succeed(w, state.ProofOf(person.ID, factor.Kind))
	}
}

// Resend answers POST /api/v1/authn/factors/{id}/verify/resend: another mail. The code before it works no more.
func (e *Engine) Resend(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, person, ok := e.resume(w, body.StateToken, mfaRequired, mfaChallenge)
	if !ok {
		return
	}
	if tx.challenge == nil || tx.challenge.Factor.ID != r.PathValue("id") || tx.challenge.Factor.Kind != state.MailCode {
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, wire.ErrForbidden)
		return
	}
	tx.challenge = e.org.Challenge(person, tx.challenge.Factor)
	e.showChallenge(w, body.StateToken, tx, person)
}

// Previous answers POST /api/v1/authn/previous: back to the choice of factors, to use or to set up.
func (e *Engine) Previous(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, person, ok := e.resume(w, body.StateToken, mfaRequired, mfaChallenge, mfaEnroll, mfaEnrollActivate)
	switch {
	case !ok:
	case tx.status == mfaEnroll || tx.status == mfaEnrollActivate:
		e.requireEnrolment(w, body.StateToken, person)
	default:
		e.requireFactor(w, body.StateToken, person)
	}
}

// resume is take for a person who is active.
func (e *Engine) resume(w http.ResponseWriter, token string, at ...string) (*transaction, state.Entry, bool) {
	tx, ok := e.take(w, token, at...)
	if !ok {
		return nil, state.Entry{}, false
	}
	person, _ := e.org.Find(tx.userID)
	if person.Status != state.StatusActive {
		wire.WriteAPIError(w, wire.ErrAuthentication)
		return nil, state.Entry{}, false
	}
	return tx, person, true
}

func factorOf(person state.Entry, id string) (state.Factor, bool) {
	for _, factor := range person.Factors() {
		if factor.ID == id {
			return factor, true
		}
	}
	return state.Factor{}, false
}

// requireFactor asks which of a person's factors to use.
func (e *Engine) requireFactor(w http.ResponseWriter, token string, person state.Entry) {
	list := []any{}
	for _, factor := range person.Factors() {
		list = append(list, e.factor(factor, person))
	}
	e.wait(w, token, &transaction{userID: person.ID}, mfaRequired, map[string]any{"user": user(person), "factors": list}, nil)
}

// showChallenge answers that a factor waits for its code.
func (e *Engine) showChallenge(w http.ResponseWriter, token string, tx *transaction, person state.Entry) {
	factor := tx.challenge.Factor
	verify := e.verifyURL(factor)
	links := map[string]any{
		"next": named("verify", link(verify, http.MethodPost)),
		"prev": link(e.org.URL()+"/api/v1/authn/previous", http.MethodPost),
	}
	if factor.Kind == state.MailCode {
		links["resend"] = []any{named("email", link(verify+"/resend", http.MethodPost))}
	}
	e.wait(w, token, tx, mfaChallenge, map[string]any{"user": user(person), "factor": e.factor(factor, person)}, links)
}

// factor is a person's factor as this engine shows it.
func (e *Engine) factor(factor state.Factor, person state.Entry) map[string]any {
	shown := map[string]any{
		"id": factor.ID, "factorType": "email", "provider": "OKTA", "vendorName": "OKTA",
		"profile": map[string]any{"email": person.MaskedEmail()},
		"_links":  map[string]any{"verify": link(e.verifyURL(factor), http.MethodPost)},
	}
	if factor.Kind == state.TOTP {
		shown["factorType"], shown["provider"], shown["vendorName"] = "token:software:totp", "GOOGLE", "GOOGLE"
		shown["profile"] = map[string]any{"credentialId": person.Login}
	}
	return shown
}

func (e *Engine) verifyURL(factor state.Factor) string {
	return e.org.URL() + "/api/v1/authn/factors/" + factor.ID + "/verify"
}
