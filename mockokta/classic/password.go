package classic

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var (
	errCredentials = wire.APIError{Status: http.StatusForbidden, Code: "E0000014", Summary: "Update of credentials failed"}
	errComplexity  = wire.APIError{Status: http.StatusForbidden, Code: "E0000014", Summary: "The password does meet the complexity requirements of the current password policy."}
)

// passwordPolicy is what a new password must be, and when the old one expires.
func passwordPolicy(person state.Entry) map[string]any {
	policy := map[string]any{"complexity": map[string]any{"minLength": state.MinPassword}}
	if person.PasswordExpiresIn > 0 {
		policy["expiration"] = map[string]any{"passwordExpireDays": person.PasswordExpiresIn}
	}
	return policy
}

// askOtherPassword asks people whose password has expired for another, and those whose will expire whether they want
// one.
func (e *Engine) askOtherPassword(w http.ResponseWriter, person state.Entry, status string) {
	links := map[string]any{"next": named("changePassword", link(e.org.URL()+"/api/v1/authn/credentials/change_password", http.MethodPost))}
	if status == passwordWarn {
		links["skip"] = named("skip", link(e.org.URL()+"/api/v1/authn/skip", http.MethodPost))
	}
	e.wait(w, newStateToken(), &transaction{userID: person.ID}, status, map[string]any{"user": user(person), "policy": passwordPolicy(person)}, links)
}

// ChangePassword answers POST /api/v1/authn/credentials/change_password, for people whose password has expired or will.
func (e *Engine) ChangePassword(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken  string `json:"stateToken"`
		OldPassword string `json:"oldPassword"`
		NewPassword string `json:"newPassword"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, ok := e.take(w, body.StateToken, passwordExpired, passwordWarn)
	if !ok {
		return
	}
	person, _ := e.org.Find(tx.userID)
	if person.Status != state.StatusPasswordExpired && (tx.status == passwordExpired || person.Status != state.StatusActive) {
		wire.WriteAPIError(w, wire.ErrForbidden)
		return
	}
	if body.OldPassword != person.Password || !state.GoodPassword(person, body.NewPassword) {
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, errCredentials, "The old password is wrong, or the new one is too short or the same.")
		return
	}
	e.org.SetPassword(person.ID, body.NewPassword)
	e.afterPassword(w, person)
}

// Skip answers POST /api/v1/authn/skip: a password that will expire is kept for now.
func (e *Engine) Skip(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	if _, person, ok := e.resume(w, body.StateToken, passwordWarn); ok {
		e.afterPassword(w, person)
	}
}
