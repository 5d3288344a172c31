package classic

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// requireEnrolment asks which factor to set up.
func (e *Engine) requireEnrolment(w http.ResponseWriter, token string, person state.Entry) {
	list := []any{}
	for _, kind := range []state.FactorKind{state.TOTP, state.MailCode} {
		shown := e.factor(state.Factor{Kind: kind}, person)
		delete(shown, "id")
		delete(shown, "profile")
		shown["status"], shown["enrollment"] = "NOT_SETUP", "OPTIONAL"
		shown["_links"] = map[string]any{"enroll": link(e.org.URL()+"/api/v1/authn/factors", http.MethodPost)}
		list = append(list, shown)
	}
	e.wait(w, token, &transaction{userID: person.ID}, mfaEnroll, map[string]any{"user": user(person), "factors": list}, nil)
}

// Enroll answers POST /api/v1/authn/factors: a factor to set up. A mail goes out for a code by mail.
func (e *Engine) Enroll(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
		FactorType string `json:"factorType"`
		Provider   string `json:"provider"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, person, ok := e.resume(w, body.StateToken, mfaEnroll, mfaEnrollActivate)
	if !ok {
		return
	}
	switch body.FactorType + " " + body.Provider {
	case "token:software:totp GOOGLE":
		tx.enrolling, tx.secret = factorFor(person, state.TOTP), e.org.OfferTOTP(person.ID)
	case "email OKTA":
		tx.enrolling, tx.secret = factorFor(person, state.MailCode), ""
		tx.challenge = e.org.Challenge(person, tx.enrolling)
	default:
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, wire.Invalid("factorEnrollRequest"), "factorType: there is no such factor here")
		return
	}
	e.showEnrolment(w, body.StateToken, tx, person)
}

func factorFor(person state.Entry, kind state.FactorKind) state.Factor {
	prefix := "uft"
	if kind == state.MailCode {
		prefix = "eae"
	}
	return state.Factor{Kind: kind, ID: state.EntityID(prefix, person.Login)}
}

// showEnrolment answers with what a factor is set up with.
func (e *Engine) showEnrolment(w http.ResponseWriter, token string, tx *transaction, person state.Entry) {
	lifecycle := e.org.URL() + "/api/v1/authn/factors/" + tx.enrolling.ID + "/lifecycle/"
	shown := e.factor(tx.enrolling, person)
	delete(shown, "_links")
	links := map[string]any{
		"next": named("activate", link(lifecycle+"activate", http.MethodPost)),
		"prev": link(e.org.URL()+"/api/v1/authn/previous", http.MethodPost),
	}
	if tx.enrolling.Kind == state.TOTP {
		tx.picture = state.RandomID()
		shown["_embedded"] = map[string]any{"activation": map[string]any{
			"timeStep": 30, "sharedSecret": tx.secret, "encoding": "base32", "keyLength": 6,
			"_links": map[string]any{"qrcode": map[string]any{"href": e.org.URL() + "/api/v1/users/" + person.ID + "/factors/" + tx.enrolling.ID + "/qr/" + tx.picture, "type": "image/png"}},
		}}
		e.pictures.Put(tx.picture, drawing{person.Login, tx.secret}, e.org.Now().Add(transactionLifetime))
	} else {
		links["resend"] = []any{named("email", link(lifecycle+"resend", http.MethodPost))}
	}
	e.wait(w, token, tx, mfaEnrollActivate, map[string]any{"user": user(person), "factor": shown}, links)
}

// Activate answers POST /api/v1/authn/factors/{id}/lifecycle/activate with a factor's first code.
func (e *Engine) Activate(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
		PassCode   string `json:"passCode"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, person, ok := e.resume(w, body.StateToken, mfaEnrollActivate)
	if !ok {
		return
	}
	if r.PathValue("id") != tx.enrolling.ID {
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, wire.NotFound(r.PathValue("id")+" (UserFactor)"))
		return
	}
	enrolled := false
	if tx.enrolling.Kind == state.TOTP {
		enrolled = e.org.EnrollTOTP(person.ID, tx.secret, body.PassCode)
	} else {
		enrolled = e.org.EnrollMail(person, tx.challenge, body.PassCode)
	}
	if !enrolled {
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, errPasscode, "Your passcode doesn't match our records. Please try again.")
		return
	}
	e.succeed(w, state.ProofOf(person.ID, tx.enrolling.Kind))
}

// ResendActivation answers POST /api/v1/authn/factors/{id}/lifecycle/resend: another mail.
func (e *Engine) ResendActivation(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, person, ok := e.resume(w, body.StateToken, mfaEnrollActivate)
	if !ok {
		return
	}
	if r.PathValue("id") != tx.enrolling.ID || tx.enrolling.Kind != state.MailCode {
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, wire.ErrState)
		return
	}
	tx.challenge = e.org.Challenge(person, tx.enrolling)
	e.showEnrolment(w, body.StateToken, tx, person)
}

// drawing is what a QR code says.
type drawing struct{ login, secret string }

// Picture answers GET /api/v1/users/{user}/factors/{id}/qr/{picture} with the QR code of a factor that is set up.
func (e *Engine) Picture(w http.ResponseWriter, r *http.Request) {
	said, found := e.pictures.Get(r.PathValue("picture"))
	if !found {
		wire.WriteAPIError(w, wire.NotFound(r.PathValue("picture")+" (QRCode)"))
		return
	}
	image, err := state.QRCode(said.login, said.secret)
	if err != nil {
		e.org.Log().Error("mockokta: QR code", "error", err)
	}
	wire.NoStore(w)
	w.Header().Set("Content-Type", "image/png")
	w.Write(image)
}
