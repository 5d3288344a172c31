// Package idx is the Identity Engine's sign-in for scripts: what the Okta Sign-In Widget talks to. It ends with an
// interaction code, which the app redeems at the token endpoint.
package idx

import (
	"cmp"

	"example.com/okta-gin/mockokta/state"
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

// find returns the transaction that a handle names, or nil. A state token may be the first half of a state handle.
func (e *Engine) find(in input) *transaction {
	if in.InteractionHandle != "" {
		tx, _ := e.interactions.Get(in.InteractionHandle) // nil if there is none
		return tx
	}
	handle := cmp.Or(in.StateHandle, in.StateToken)
	tx, found := e.transactions.Get(key(handle))
	isHalf := handle == in.StateToken && handle == key(handle)
	if !found || tx.handle != handle && !isHalf {
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
