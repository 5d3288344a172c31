package idx

import (
	"net/http"
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Recover answers POST /idp/idx/recover, for people who have forgotten their password: a mail with a code and a link, to
// whom the transaction knows; else it asks who it is.
func (e *Engine) Recover() http.HandlerFunc {
	return e.serve(func(tx *transaction, _ input) reply {
		switch {
		case tx.step != askIdentifier && tx.step != askPassword:
			return wrongStep
		case e.org.Knobs().NoRecovery:
			return refuse(http.StatusForbidden, errNoRecovery)
		case tx.identifier == "":
			tx.advance(askForgetful, e.org.Now())
			return ok
		}
		return e.mailRecovery(tx)
	})
}

// mailRecovery sends a mail to a person who may recover. To everybody else it looks the same.
func (e *Engine) mailRecovery(tx *transaction) reply {
	tx.challenge, tx.forgetful = nil, ""
	if entry, found := e.org.LookUp(tx.identifier); found && e.org.MayRecover(entry) {
		tx.forgetful = entry.ID
		tx.challenge = e.org.ChallengeWithLink(entry, recoveryFactor(entry.Login), func(code string) string {
			if e.org.Knobs().MagicLink {
				return wire.AppendQuery(tx.request.redirectURI, url.Values{"otp": {code}, "state": {tx.request.state}})
			}
			return e.org.RecoveryLink("recovery_token", e.org.NewRecoveryToken(entry))
		})
	}
	tx.advance(askRecoveryCode, e.org.Now())
	return ok
}

func recoveryFactor(login string) state.Factor {
	return state.Factor{Kind: state.MailCode, ID: state.EntityID("eae", login)}
}

// takeRecoveryCode takes the code of that mail, after which a new password is asked for.
func (e *Engine) takeRecoveryCode(tx *transaction, code string) reply {
	entry, _ := e.org.Find(tx.forgetful)
	if tx.challenge == nil || !e.org.MayRecover(entry) || !e.org.Answer(tx.challenge, entry, code) {
		return reply{http.StatusUnauthorized, &errMailCode, true}
	}
	tx.userID = entry.ID
	tx.advance(askReset, e.org.Now())
	return ok
}

// takeReset takes the new password of who has forgotten the old one.
func (e *Engine) takeReset(tx *transaction, password string) reply {
	entry := e.entry(tx)
	switch {
	case tx.token != "" && !e.stands(e.org.RecoveryTokens, tx), !e.org.MayRecover(entry):
		return refuse(http.StatusForbidden, errRecoveryToken)
	case !state.GoodPassword(entry, password):
		return reply{http.StatusBadRequest, &errNewPassword, true}
	}
	e.org.ResetPassword(entry.ID, password)
	return e.afterPassword(tx)
}

// takeFirstPassword takes the password by which an account becomes active.
func (e *Engine) takeFirstPassword(tx *transaction, password string) reply {
	entry := e.entry(tx)
	switch {
	case !e.stands(e.org.ActivationTokens, tx) || entry.Status != state.StatusProvisioned:
		return refuse(http.StatusForbidden, errRecoveryToken)
	case !state.GoodPassword(entry, password):
		return reply{http.StatusBadRequest, &errNewPassword, true}
	}
	e.org.ActivateWith(entry.ID, password, tx.token)
	return e.afterPassword(tx)
}

// stands says whether the token that a transaction began with is good still.
func (e *Engine) stands(tokens *state.Expiring[string, string], tx *transaction) bool {
	entry, found := e.org.PersonOf(tokens, tx.token)
	return found && entry.ID == tx.userID
}

// Skip answers POST /idp/idx/skip: a password that will expire is kept for now.
func (e *Engine) Skip() http.HandlerFunc {
	return e.serve(func(tx *transaction, _ input) reply {
		if tx.step != warnPassword {
			return wrongStep
		}
		return e.afterPassword(tx)
	})
}

// recoveryForms ask for the code of the mail to who has forgotten the password. They show what was typed, not whom it
// names.
func (e *Engine) recoveryForms(tx *transaction, doc object, problem *message) []any {
	typed := state.Entry{Person: state.Person{Login: tx.identifier, Email: tx.identifier}}
	current := enrolment(recoveryFactor(tx.identifier), typed)
	current["resend"] = e.form(tx, "resend", "challenge/resend")
	if !e.org.Knobs().MagicLink {
		current["contextualData"] = object{"useEmailMagicLink": false}
	}
	doc["currentAuthenticatorEnrollment"] = objectOf(current)
	return []any{related(e.form(tx, "challenge-authenticator", "challenge/answer", passcode("Enter code", false, problem)), "$.currentAuthenticatorEnrollment")}
}

// newPasswordForms ask for a password that takes the place of another, or is the first. name is the remediation.
func (e *Engine) newPasswordForms(tx *transaction, doc object, name string, problem *message) []any {
	current := object{
		"type": "password", "key": "okta_password", "id": passwordID, "displayName": "Password", "methods": []any{object{"type": "password"}},
		"settings": object{"complexity": object{"minLength": state.MinPassword}, "age": object{}},
	}
	forms := []any{related(e.form(tx, name, "challenge/answer", passcode("New password", true, problem)), "$.currentAuthenticator")}
	if tx.step == warnPassword {
		current["settings"].(object)["daysToExpiry"] = e.entry(tx).PasswordExpiresIn
		forms = append(forms, e.form(tx, "skip", "skip"))
	}
	doc["currentAuthenticator"] = objectOf(current)
	return forms
}
