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
		Token    string `json:"token"` // of an activation mail, in place of the two
		Options  struct {
			WarnBeforePasswordExpired bool `json:"warnBeforePasswordExpired"`
		} `json:"options"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	if body.Token != "" {
		e.activate(w, body.Token)
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
		e.askOtherPassword(w, person, passwordExpired)
	case err != nil:
		wire.WriteAPIError(w, wire.ErrAuthentication)
	case body.Options.WarnBeforePasswordExpired && person.PasswordExpiresIn > 0:
		e.askOtherPassword(w, person, passwordWarn)
	default:
		e.afterPassword(w, person)
	}
}

// afterPassword asks for the second factor of who has one, and lets those set one up who must.
func (e *Engine) afterPassword(w http.ResponseWriter, person state.Entry) {
	switch {
	case len(person.Factors()) > 0:
		e.requireFactor(w, newStateToken(), person)
	case e.org.NeedsFactor(person, 0): // what the app asks for is not known here
		e.requireEnrolment(w, newStateToken(), person)
	default:
		e.succeed(w, state.ProofOf(person.ID))
	}
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
