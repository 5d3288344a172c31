package idx

import (
	"encoding/base64"
	"net/http"

	"example.com/okta-gin/mockokta/state"
)

// enrolable are the factors that people may set up here.
func enrolable() []state.FactorKind { return []state.FactorKind{state.TOTP, state.MailCode} }

// Enroll answers POST /idp/idx/credential/enroll: the factor to set up. A mail goes out for a code by mail.
func (e *Engine) Enroll() http.HandlerFunc {
	return e.serve(func(tx *transaction, in input) reply {
		if tx.step != askNewFactor && tx.step != askFirstCode {
			return wrongStep
		}
		for _, kind := range enrolable() {
			if id, _, _, _ := authenticatorOf(kind); id == in.Authenticator.ID {
				e.beginEnrolment(tx, kind)
				return ok
			}
		}
		return wrongStep
	})
}

func (e *Engine) beginEnrolment(tx *transaction, kind state.FactorKind) {
	entry := e.entry(tx)
	tx.enrolling, tx.secret, tx.challenge = kind, "", nil
	if kind == state.TOTP {
		tx.secret = e.org.OfferTOTP(entry.ID)
	} else {
		tx.challenge = e.ask(tx, entry, state.Factor{Kind: kind, ID: state.EntityID("eae", entry.Login)})
	}
	tx.advance(askFirstCode, e.org.Now())
}

// takeFirstCode activates the factor that is set up.
func (e *Engine) takeFirstCode(tx *transaction, code string) reply {
	entry := e.entry(tx)
	if entry.Status != state.StatusActive {
		return e.locked()
	}
	enrolled := false
	if tx.enrolling == state.TOTP {
		enrolled = e.org.EnrollTOTP(entry.ID, tx.secret, code)
	} else {
		enrolled = e.org.EnrollMail(entry, tx.challenge, code)
	}
	if !enrolled {
		return reply{http.StatusUnauthorized, &errMailCode, true}
	}
	return e.finish(tx, tx.enrolling)
}

// newFactorForm is the choice of a factor to set up: its options point at authenticators.
func (e *Engine) newFactorForm(tx *transaction, doc object) object {
	var options, authenticators []any
	for i, kind := range enrolable() {
		id, _, _, method := authenticatorOf(kind)
		options = append(options, object{
			"label":     kind.Label(),
			"relatesTo": "$.authenticators.value[" + string(rune('0'+i)) + "]",
			"value": object{"form": object{"value": []any{
				object{"name": "id", "required": true, "value": id, "mutable": false},
				object{"name": "methodType", "required": false, "value": method, "mutable": false},
			}}},
		})
		authenticators = append(authenticators, authenticator(kind))
	}
	doc["authenticators"] = listOf(authenticators...)
	return e.form(tx, "select-authenticator-enroll", "credential/enroll", object{"name": "authenticator", "type": "object", "required": true, "options": options})
}

// firstCodeForm shows what a factor is set up with and asks for its first code.
func (e *Engine) firstCodeForm(tx *transaction, doc object, entry state.Entry, problem *message) []any {
	current := authenticator(tx.enrolling)
	if tx.enrolling == state.TOTP {
		qr, err := state.QRCode(entry.Login, tx.secret)
		if err != nil {
			e.org.Log().Error("mockokta: QR code", "error", err)
		}
		current["contextualData"] = object{
			"sharedSecret": tx.secret,
			"qrcode":       object{"method": "embedded", "type": "image/png", "href": "data:image/png;base64," + base64.StdEncoding.EncodeToString(qr)},
		}
	} else {
		current["resend"], current["contextualData"] = e.form(tx, "resend", "challenge/resend"), object{"useEmailMagicLink": false}
		current["profile"] = object{"email": entry.MaskedEmail()}
	}
	doc["currentAuthenticator"] = objectOf(current)
	return []any{
		related(e.form(tx, "enroll-authenticator", "challenge/answer", passcode("Enter code", false, problem)), "$.currentAuthenticator"),
		e.newFactorForm(tx, doc),
	}
}

// authenticator is what the org has for a kind of factor, whoever has enrolled it.
func authenticator(kind state.FactorKind) object {
	id, key, kindName, method := authenticatorOf(kind)
	return object{"type": kindName, "key": key, "id": id, "displayName": kind.Label(), "methods": []any{object{"type": method}}}
}
