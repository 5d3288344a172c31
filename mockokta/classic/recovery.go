package classic

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var (
	errUnlock   = wire.APIError{Status: http.StatusForbidden, Code: "E0000032", Summary: "Unlock is not allowed for this user."}
	errRecovery = wire.APIError{Status: http.StatusForbidden, Code: "E0000034", Summary: "Forgot password not allowed on specified user."}
)

// Unlock answers POST /api/v1/authn/recovery/unlock: people of this org can't do it themselves, whoever asks.
func (e *Engine) Unlock(w http.ResponseWriter, r *http.Request) {
	var body struct{}
	if readJSON(w, r, &body) {
		wire.WriteAPIError(w, errUnlock)
	}
}

// RecoverPassword answers POST /api/v1/authn/recovery/password: a mail with a link for a new password to who may have
// one. The answer does not tell whether there is such a person.
func (e *Engine) RecoverPassword(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Username   string `json:"username"`
		FactorType string `json:"factorType"`
	}
	switch {
	case !readJSON(w, r, &body):
		return
	case e.org.Knobs().NoRecovery:
		wire.WriteAPIError(w, errRecovery)
		return
	case body.Username == "":
		wire.WriteAPIError(w, wire.Invalid("username"), "username: The field cannot be left blank")
		return
	case body.FactorType != "" && body.FactorType != "EMAIL":
		wire.WriteAPIError(w, wire.Invalid("factorType"), "factorType: The only one here is EMAIL")
		return
	}
	if person, found := e.org.LookUp(body.Username); found && e.org.MayRecover(person) {
		e.org.SendRecovery(person.Login)
	}
	e.write(w, map[string]any{"status": "RECOVERY_CHALLENGE", "factorResult": "WAITING", "factorType": "EMAIL", "recoveryType": "PASSWORD"})
}

// VerifyRecovery answers POST /api/v1/authn/recovery/token with the token of that mail. The org has no recovery
// questions: a new password is next.
func (e *Engine) VerifyRecovery(w http.ResponseWriter, r *http.Request) {
	var body struct {
		RecoveryToken string `json:"recoveryToken"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	person, found := e.org.PersonOf(e.org.RecoveryTokens, body.RecoveryToken)
	if !found || !e.org.MayRecover(person) {
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return
	}
	e.askNewPassword(w, person, body.RecoveryToken, "PASSWORD")
}

// activate goes on with the token of an activation mail.
func (e *Engine) activate(w http.ResponseWriter, token string) {
	person, found := e.org.PersonOf(e.org.ActivationTokens, token)
	if !found || person.Status != state.StatusProvisioned {
		wire.WriteAPIError(w, wire.ErrAuthentication)
		return
	}
	e.askNewPassword(w, person, token, "ACCOUNT_ACTIVATION")
}

func (e *Engine) askNewPassword(w http.ResponseWriter, person state.Entry, token, kind string) {
	stateToken := newStateToken()
	tx := &transaction{userID: person.ID, token: token, status: passwordReset}
	e.keep(stateToken, tx)
	e.write(w, map[string]any{
		"stateToken": stateToken, "expiresAt": wire.Time(e.org.Now().Add(transactionLifetime)), "status": passwordReset, "recoveryType": kind,
		"_embedded": map[string]any{"user": user(person), "policy": passwordPolicy(person)},
		"_links": e.links(map[string]any{
			"next": named("resetPassword", link(e.org.URL()+"/api/v1/authn/credentials/reset_password", http.MethodPost)),
		}),
	})
}

// ResetPassword answers POST /api/v1/authn/credentials/reset_password, the end of recovery and activation.
func (e *Engine) ResetPassword(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken  string `json:"stateToken"`
		NewPassword string `json:"newPassword"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, ok := e.take(w, body.StateToken, passwordReset)
	if !ok {
		return
	}
	recovering, foundRecovery := e.org.PersonOf(e.org.RecoveryTokens, tx.token)
	activating, foundActivation := e.org.PersonOf(e.org.ActivationTokens, tx.token)
	foundRecovery = foundRecovery && e.org.MayRecover(recovering)
	foundActivation = foundActivation && activating.Status == state.StatusProvisioned
	person := recovering
	if foundActivation {
		person = activating
	}
	switch {
	case !foundRecovery && !foundActivation || person.ID != tx.userID:
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return
	case !state.GoodPassword(person, body.NewPassword):
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, errComplexity, "Passwords must have at least 8 characters, and be new")
		return
	case foundActivation:
		e.org.ActivateWith(person.ID, body.NewPassword, tx.token)
	default:
		e.org.ResetPassword(person.ID, body.NewPassword)
	}
	e.afterPassword(w, person)
}
