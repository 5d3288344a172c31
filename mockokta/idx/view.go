package idx

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Ids of the org's authenticators, as opposed to people's enrolments.
const (
	passwordID      = "aut1mockPassword05d7"
	mailID          = "aut1mockEmail0005d7a"
	authenticatorID = "aut1mockGoogle0005d7"
)

// authenticatorOf is the authenticator of a kind of factor.
func authenticatorOf(kind state.FactorKind) (id, key, kindName, method string) {
	if kind == state.MailCode {
		return mailID, "okta_email", "email", "email"
	}
	return authenticatorID, "google_otp", "app", "otp"
}

// view is the document that shows where a transaction stands. problem, which may be nil, is what was wrong with
// the last answer: atField puts it beside the code, else it belongs to the whole form.
func (e *Engine) view(tx *transaction, problem *message, atField bool) object {
	entry := e.entry(tx)
	doc := object{
		"version": "1.0.0", "stateHandle": tx.handle, "expiresAt": wire.Time(tx.expires), "intent": "LOGIN",
		"cancel": e.form(tx, "cancel", "cancel"),
		"app":    objectOf(object{"name": "oidc_client", "label": tx.request.client.Title(), "id": tx.request.client.ID}),
	}
	if entry.ID != "" {
		doc["user"] = objectOf(object{"id": entry.ID, "identifier": entry.Login})
	} else if tx.identifier != "" {
		doc["user"] = objectOf(object{"identifier": tx.identifier})
	}
	var fieldProblem *message
	if problem != nil && atField {
		fieldProblem = problem
	} else if problem != nil {
		doc["messages"] = problem.list()
	}
	var forms []any
	switch tx.step {
	case askIdentifier:
		forms = e.identifyForm(tx, doc)
	case askPassword:
		doc["currentAuthenticatorEnrollment"] = objectOf(e.passwordEnrolment(tx))
		forms = []any{related(e.form(tx, "challenge-authenticator", "challenge/answer", passcode("Password", true, nil)), "$.currentAuthenticatorEnrollment")}
	case askNewPassword:
		forms = e.newPasswordForms(tx, doc, "reenroll-authenticator", fieldProblem)
	case warnPassword:
		forms = e.newPasswordForms(tx, doc, "reenroll-authenticator-warning", fieldProblem)
	case askReset:
		forms = e.newPasswordForms(tx, doc, "reset-authenticator", fieldProblem)
	case askFirstPassword:
		forms = e.newPasswordForms(tx, doc, "enroll-authenticator", fieldProblem)
	case askForgetful:
		forms = []any{e.form(tx, "identify-recovery", "identify", object{"name": "identifier", "label": "Username", "required": true})}
	case askRecoveryCode:
		forms = e.recoveryForms(tx, doc, fieldProblem)
	case askNewFactor:
		forms = []any{e.newFactorForm(tx, doc)}
	case askFirstCode:
		forms = e.firstCodeForm(tx, doc, entry, fieldProblem)
	case askFactor:
		forms = []any{e.factorForm(tx, doc, entry)}
	case askCode:
		forms = e.codeForm(tx, doc, entry, fieldProblem)
	case done:
		doc["successWithInteractionCode"] = e.success(tx)
		return doc
	}
	doc["remediation"] = listOf(forms...)
	return doc
}

func (e *Engine) identifyForm(tx *transaction, doc object) []any {
	fields := []any{object{"name": "identifier", "label": "Username", "required": true}}
	if e.org.Knobs().IdentifyByPassword {
		fields = append(fields, passcode("Password", true, nil))
		doc["currentAuthenticator"] = objectOf(object{
			"recover": e.form(tx, "recover", "recover"),
			"type":    "password", "key": "okta_password", "id": passwordID, "displayName": "Password", "methods": []any{object{"type": "password"}},
		})
	}
	fields = append(fields, object{"name": "rememberMe", "type": "boolean", "label": "Keep me signed in"})
	return []any{e.form(tx, "identify", "identify", fields...)}
}

func (e *Engine) passwordEnrolment(tx *transaction) object {
	return object{
		"recover": e.form(tx, "recover", "recover"),
		"type":    "password", "key": "okta_password", "id": state.EntityID("lae", tx.identifier), "displayName": "Password",
		"methods": []any{object{"type": "password"}},
	}
}

// factorForm is the choice between a person's factors: its options carry authenticators and point at enrolments.
func (e *Engine) factorForm(tx *transaction, doc object, entry state.Entry) object {
	var options, enrolments []any
	for i, factor := range entry.Factors() {
		id, _, _, method := authenticatorOf(factor.Kind)
		options = append(options, object{
			"label":     factor.Kind.Label(),
			"relatesTo": "$.authenticatorEnrollments.value[" + string(rune('0'+i)) + "]",
			"value": object{"form": object{"value": []any{
				object{"name": "id", "required": true, "value": id, "mutable": false},
				object{"name": "methodType", "required": false, "value": method, "mutable": false},
			}}},
		})
		enrolments = append(enrolments, enrolment(factor, entry))
	}
	doc["authenticatorEnrollments"] = listOf(enrolments...)
	return e.form(tx, "select-authenticator-authenticate", "challenge", object{"name": "authenticator", "type": "object", "options": options})
}

// codeForm asks for the code of the factor that was chosen, and offers the others.
func (e *Engine) codeForm(tx *transaction, doc object, entry state.Entry, problem *message) []any {
	factor := tx.challenge.Factor
	current := enrolment(factor, entry)
	if factor.Kind == state.MailCode {
		poll := e.form(tx, "poll", "challenge/poll")
		poll["refresh"] = 4000
		current["resend"], current["poll"] = e.form(tx, "resend", "challenge/resend"), poll
		if !e.org.Knobs().MagicLink {
			current["contextualData"] = object{"useEmailMagicLink": false}
		}
	}
	doc["currentAuthenticatorEnrollment"] = objectOf(current)
	forms := []any{related(e.form(tx, "challenge-authenticator", "challenge/answer", passcode("Enter code", false, problem)), "$.currentAuthenticatorEnrollment")}
	if len(entry.Factors()) > 1 {
		forms = append(forms, e.factorForm(tx, doc, entry))
	}
	return forms
}

// enrolment is a person's factor. Of a mail address it shows the first and the last letter.
func enrolment(factor state.Factor, entry state.Entry) object {
	_, key, kind, method := authenticatorOf(factor.Kind)
	shown := object{"type": kind, "key": key, "id": factor.ID, "displayName": factor.Kind.Label(), "methods": []any{object{"type": method}}}
	if factor.Kind == state.MailCode {
		shown["profile"] = object{"email": entry.MaskedEmail()}
	}
	return shown
}

// success lists what redeems the interaction code. The browser knows neither the secret nor the verifier.
func (e *Engine) success(tx *transaction) object {
	fields := []any{
		object{"name": "grant_type", "required": true, "value": state.GrantInteraction},
		object{"name": "interaction_code", "required": true, "value": tx.code},
		object{"name": "client_id", "required": true, "value": tx.request.client.ID},
	}
	if tx.request.client.Confidential() {
		fields = append(fields, object{"name": "client_secret", "required": true})
	}
	fields = append(fields, object{"name": "code_verifier", "required": true})
	return object{
		"rel": []string{"create-form"}, "name": "issue", "href": e.org.URL() + tx.request.server.Base + "/v1/token",
		"method": http.MethodPost, "produces": ionType, "accepts": "application/x-www-form-urlencoded", "value": fields,
	}
}

// form is a form of a transaction: path is below /idp/idx.
func (e *Engine) form(tx *transaction, name, path string, fields ...any) object {
	return form(name, e.org.URL()+"/idp/idx/"+path, append(fields, fixed("stateHandle", tx.handle))...)
}

func related(form object, path string) object {
	form["relatesTo"] = []string{path}
	return form
}
