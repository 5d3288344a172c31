// Package classic is the Classic Engine's sign-in for scripts: primary authentication with second factors, and
// sessions. It ends with a session token, which the authorize endpoint takes once.
package classic

import (
	"encoding/json"
	"mime"
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Engine is the engine of one org.
type Engine struct {
	org          *state.Org
	transactions *state.Expiring[string, *transaction] // by state token
	pictures     *state.Expiring[string, drawing]
}

// New makes the engine of an org.
func New(org *state.Org) *Engine {
	return &Engine{org, state.NewExpiring[string, *transaction](org.Now), state.NewExpiring[string, drawing](org.Now)}
}

// Where a transaction stands.
const (
	mfaRequired       = "MFA_REQUIRED"
	mfaChallenge      = "MFA_CHALLENGE"
	mfaEnroll         = "MFA_ENROLL"
	mfaEnrollActivate = "MFA_ENROLL_ACTIVATE"
	passwordExpired   = "PASSWORD_EXPIRED"
	passwordWarn      = "PASSWORD_WARN"
	passwordReset     = "PASSWORD_RESET"
)

// transaction is a sign-in that waits for a factor or a password.
type transaction struct {
	userID    string
	status    string
	challenge *state.Challenge // nil until a factor is chosen
	enrolling state.Factor     // the factor that is set up
	secret    string           // of the authenticator app that is set up
	picture   string           // names its QR code
	token     string           // of the mail it began with, if any
}

const (
	transactionLifetime  = 5 * time.Minute
	sessionTokenLifetime = 5 * time.Minute
)

// readJSON reads a JSON body into v. It answers itself when it can't.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		wire.WriteAPIError(w, wire.ErrMediaType)
		return false
	}
	if err := json.NewDecoder(r.Body).Decode(v); err != nil {
		wire.WriteAPIError(w, wire.ErrMalformed)
		return false
	}
	return true
}

// link is a _links member: where it leads and the method it takes.
func link(href, method string) map[string]any {
	return map[string]any{"href": href, "hints": map[string]any{"allow": []string{method}}}
}
