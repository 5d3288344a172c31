package classic

import (
	"maps"
	"net/http"
	"slices"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

func newStateToken() string { return "00" + state.RandomID()[:40] }

// keep remembers a transaction under its state token.
func (e *Engine) keep(token string, tx *transaction) {
	e.transactions.Put(token, tx, e.org.Now().Add(transactionLifetime))
}

// take takes a transaction out, so that no other request touches it meanwhile: who goes on with it keeps it again. It
// answers itself when there is none that stands at one of these.
func (e *Engine) take(w http.ResponseWriter, token string, at ...string) (*transaction, bool) {
	tx, found := e.transactions.Take(token)
	switch {
	case !found:
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return nil, false
	case !slices.Contains(at, tx.status):
		e.keep(token, tx)
		wire.WriteAPIError(w, wire.ErrState, wire.ErrState.Summary)
		return nil, false
	}
	return tx, true
}

// wait keeps a transaction and answers with its state token.
func (e *Engine) wait(w http.ResponseWriter, token string, tx *transaction, status string, embedded, links map[string]any) {
	tx.status = status
	e.keep(token, tx)
	e.write(w, map[string]any{
		"stateToken": token, "expiresAt": wire.Time(e.org.Now().Add(transactionLifetime)), "status": status,
		"_embedded": embedded, "_links": e.links(links),
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
