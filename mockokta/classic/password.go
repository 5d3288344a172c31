package classic

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var errCredentials = wire.APIError{Status: http.StatusForbidden, Code: "E0000014", Summary: "Update of credentials failed"}

// ChangePassword answers POST /api/v1/authn/credentials/change_password, for people whose password has expired.
func (e *Engine) ChangePassword(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken  string `json:"stateToken"`
		OldPassword string `json:"oldPassword"`
		NewPassword string `json:"newPassword"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, found := e.transactions.Take(body.StateToken)
	if !found {
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return
	}
	person, _ := e.org.Find(tx.userID)
	if person.Status != state.StatusPasswordExpired {
		wire.WriteAPIError(w, wire.ErrForbidden)
		return
	}
	if body.OldPassword != person.Password || len(body.NewPassword) < state.MinPassword || body.NewPassword == person.Password {
		e.keep(body.StateToken, tx)
		wire.WriteAPIError(w, errCredentials, "The old password is wrong, or the new one is too short or the same.")
		return
	}
	e.org.SetPassword(person.ID, body.NewPassword)
	e.afterPassword(w, person)
}
