package classic

import (
	"errors"
	"maps"
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
		e.wait(w, person, "PASSWORD_EXPIRED", map[string]any{"user": user(person), "policy": map[string]any{"complexity": map[string]any{"minLength": state.MinPassword}}}, map[string]any{
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
	e.wait(w, person, "MFA_REQUIRED", map[string]any{"user": user(person), "factors": e.factors(person)}, nil)
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

// wait starts a transaction and answers with its state token.
func (e *Engine) wait(w http.ResponseWriter, person state.Entry, status string, embedded, links map[string]any) {
	token := "00" + state.RandomID()[:40]
	expires := e.org.Now().Add(transactionLifetime)
	e.transactions.Put(token, &transaction{userID: person.ID}, expires)
	e.write(w, map[string]any{
		"stateToken": token, "expiresAt": wire.Time(expires), "status": status, "_embedded": embedded, "_links": e.links(links),
	})
}

// succeed answers with a session token.
func (e *Engine) succeed(w http.ResponseWriter, proof state.Proof) {
	person, _ := e.org.Find(proof.UserID)
	token := "20111" + state.RandomID() + state.RandomID()[:7]
	expires := e.org.Now().Add(sessionTokenLifetime)
	e.org.SessionTokens.Put(token, proof, expires)
	e.write(w, map[string]any{
		"expiresAt": wire.Time(expires), "status": "SUCCESS", "sessionToken": token,
		"_embedded": map[string]any{"user": user(person)}, "_links": e.links(nil),
	})
}

func (e *Engine) write(w http.ResponseWriter, body map[string]any) {
	wire.NoStore(w)
	wire.JSON(w, http.StatusOK, body)
}

// links are the _links of an answer: cancel, and others.
func (e *Engine) links(others map[string]any) map[string]any {
	links := map[string]any{"cancel": link(e.org.URL()+"/api/v1/authn/cancel", http.MethodPost)}
	maps.Copy(links, others)
	return links
}

func named(name string, link map[string]any) map[string]any {
	link["name"] = name
	return link
}

// user is a person as this engine shows them.
func user(person state.Entry) map[string]any {
	return map[string]any{
		"id": person.ID, "passwordChanged": wire.Time(person.Created),
		"profile": map[string]any{
			"login": person.Login, "firstName": person.FirstName, "lastName": person.LastName,
			"locale": person.Locale(), "timeZone": person.Profile["zoneinfo"],
		},
	}
}
