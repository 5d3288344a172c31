// Package idx is the Identity Engine's sign-in for scripts: what the Okta Sign-In Widget talks to. It ends with an
// interaction code, which the app redeems at the token endpoint.
package idx

import (
	"cmp"
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Engine is the engine of one org.
type Engine struct {
	org          *state.Org
	interactions *state.Expiring[string, *transaction] // by interaction handle
	transactions *state.Expiring[string, *transaction] // by key of the state handle
}

// New makes the engine of an org.
func New(org *state.Org) *Engine {
	return &Engine{org, state.NewExpiring[string, *transaction](org.Now), state.NewExpiring[string, *transaction](org.Now)}
}

// input is everything that scripts post to the engine.
type input struct {
	StateHandle       string `json:"stateHandle"`
	StateToken        string `json:"stateToken"`
	InteractionHandle string `json:"interactionHandle"`
	Identifier        string `json:"identifier"`
	Credentials       struct {
		Passcode string `json:"passcode"`
		TOTP     string `json:"totp"`
	} `json:"credentials"`
	Authenticator struct {
		ID string `json:"id"`
	} `json:"authenticator"`
}

// reply is what a step says: a problem or, without one, where the transaction stands.
type reply struct {
	status  int
	problem *message
	atField bool
}

var (
	ok         = reply{status: http.StatusOK}
	errExpired = message{"The session has expired.", "idx.session.expired"}
)

// serve makes a handler of a step. It finds the transaction, which no other request touches meanwhile, and answers
// with where it stands after the step.
func (e *Engine) serve(do func(tx *transaction, in input) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in, fault := read(r)
		if fault != nil {
			wire.WriteAPIError(w, *fault)
			return
		}
		tx := e.find(in)
		if tx == nil {
			write(w, http.StatusUnauthorized, object{"version": "1.0.0", "messages": errExpired.list()})
			return
		}
		tx.mu.Lock()
		defer tx.mu.Unlock()
		answer := do(tx, in)
		e.keep(tx)
		write(w, answer.status, e.view(tx, answer.problem, answer.atField))
	}
}

// read reads a request's body.
func read(r *http.Request) (in input, fault *wire.APIError) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "application/ion+json" {
		return in, &wire.ErrMediaType
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return in, &wire.ErrMalformed
	}
	return in, nil
}

// find returns the transaction that a handle names, or nil. A state token may be the first half of a state handle.
func (e *Engine) find(in input) *transaction {
	if in.InteractionHandle != "" {
		tx, _ := e.interactions.Get(in.InteractionHandle)
		return e.alive(tx)
	}
	handle := cmp.Or(in.StateHandle, in.StateToken)
	tx, found := e.transactions.Get(key(handle))
	isHalf := handle == in.StateToken && handle == key(handle)
	if !found || tx.handle != handle && !isHalf {
		return nil
	}
	return e.alive(tx)
}

// alive returns tx unless it is over.
func (e *Engine) alive(tx *transaction) *transaction {
	if tx == nil {
		return nil
	}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if !e.org.Now().Before(tx.expires) {
		return nil
	}
	return tx
}

// keep remembers a transaction for as long as it waits.
func (e *Engine) keep(tx *transaction) {
	e.transactions.Put(key(tx.handle), tx, tx.expires)
	if tx.interaction != "" {
		e.interactions.Put(tx.interaction, tx, tx.expires)
	}
}

// entry is the person whose password was right, or nobody.
func (e *Engine) entry(tx *transaction) state.Entry {
	entry, _ := e.org.Find(tx.userID)
	return entry
}

// masked hides a mail address but for the first and the last letter of its name.
func masked(address string) string {
	name, domain, _ := strings.Cut(address, "@")
	if len(name) < 2 {
		return "***@" + domain
	}
	return name[:1] + "***" + name[len(name)-1:] + "@" + domain
}
