package classic

import (
	"net/http"

	"example.com/okta-gin/mockokta/wire"
)

var (
	errUnlock   = wire.APIError{Status: http.StatusForbidden, Code: "E0000032", Summary: "Unlock is not allowed for this user."}
	errRecovery = wire.APIError{Status: http.StatusForbidden, Code: "E0000034", Summary: "Forgot password not allowed on specified user."}
)

// Unlock answers POST /api/v1/authn/recovery/unlock: people of this org can't do it themselves, whoever asks.
func (e *Engine) Unlock(w http.ResponseWriter, r *http.Request) { refuse(w, r, errUnlock) }

// RecoverPassword answers POST /api/v1/authn/recovery/password as Unlock does.
func (e *Engine) RecoverPassword(w http.ResponseWriter, r *http.Request) { refuse(w, r, errRecovery) }

func refuse(w http.ResponseWriter, r *http.Request, fault wire.APIError) {
	var body struct{}
	if readJSON(w, r, &body) {
		wire.WriteAPIError(w, fault)
	}
}
