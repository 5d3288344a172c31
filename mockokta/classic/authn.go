package classic

import (
	"errors"
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Authn answers POST /api/v1/authn. People with a second factor get a state token, with which they go on.
func (e *Engine) Authn(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Username string `json:"username"`
		Password string `json:"password"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	if body.Username == "" {
		wire.WriteAPIError(w, wire.Invalid("authRequest"), "username: The field cannot be left blank")
		return
	}
	person, err := e.org.Authenticate(body.Username, body.Password)
	switch {
	case errors.Is(err, state.ErrLockedOut) && e.org.Knobs().RevealLockout:
		e.write(w, map[string]any{"status": "LOCKED_OUT", "_embedded": map[string]any{}, "_links": e.links(map[string]any{
			"next": named("unlock", link(e.org.URL()+"/api/v1/authn/recovery/unlock", http.MethodPost)),
		})})
	case errors.Is(err, state.ErrPasswordExpired):
		e.wait(w, newStateToken(), &transaction{userID: person.ID}, "PASSWORD_EXPIRED", map[string]any{"user": user(person), "policy": map[string]any{"complexity": map[string]any{"minLength": state.MinPassword}}}, map[string]any{
			"next": named("changePassword", link(e.org.URL()+"/api/v1/authn/credentials/change_password", http.MethodPost)),
		})
	case err != nil:
		wire.WriteAPIError(w, wire.ErrAuthentication)
	default:
		e.afterPassword(w, person)
	}
}

// afterPassword asks for the second factor of who has one.
func (e *Engine) afterPassword(w http.ResponseWriter, person state.Entry) {
	if len(person.Factors()) == 0 {
		e.succeed(w, state.ProofOf(person.ID))
		return
	}
	e.requireFactor(w, newStateToken(), person)
}

// Cancel answers POST /api/v1/authn/cancel: it ends the transaction of a state token.
func (e *Engine) Cancel(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	if _, found := e.transactions.Take(body.StateToken); !found {
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return
	}
	e.write(w, map[string]any{"relayState": nil})
}
