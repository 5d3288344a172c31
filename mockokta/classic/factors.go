package classic

import (
	"net/http"
	"slices"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var errPasscode = wire.APIError{Status: http.StatusForbidden, Code: "E0000068", Summary: "Invalid Passcode/Answer"}

// Verify answers POST /api/v1/authn/factors/{id}/verify: without a pass code it asks for the factor (and sends
// the mail), with one it answers.
func (e *Engine) Verify(w http.ResponseWriter, r *http.Request) {
	var body struct {
		StateToken string `json:"stateToken"`
		PassCode   string `json:"passCode"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	tx, found := e.transactions.Take(body.StateToken) // one request at a time
	if !found {
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return
	}
	expires := e.org.Now().Add(transactionLifetime)
	person, _ := e.org.Find(tx.userID)
	i := slices.IndexFunc(person.Factors(), func(f state.Factor) bool { return f.ID == r.PathValue("id") })
	if person.Status != state.StatusActive {
		wire.WriteAPIError(w, wire.ErrAuthentication)
		return
	}
	if i < 0 {
		e.transactions.Put(body.StateToken, tx, expires)
		wire.WriteAPIError(w, wire.NotFound(r.PathValue("id")+" (UserFactor)"))
		return
	}
	factor := person.Factors()[i]
	asked := tx.challenge != nil && tx.challenge.Factor == factor
	if !asked {
		tx = &transaction{tx.userID, e.org.Challenge(person, factor)}
	}
	switch {
	case body.PassCode == "":
		e.transactions.Put(body.StateToken, tx, expires)
		e.write(w, map[string]any{
			"stateToken": body.StateToken, "expiresAt": wire.Time(expires), "status": "MFA_CHALLENGE",
			"_embedded": map[string]any{"user": user(person), "factor": e.factor(factor)}, "_links": e.links(nil),
		})
	case !e.org.Answer(tx.challenge, person, body.PassCode):
		e.transactions.Put(body.StateToken, tx, expires)
		wire.WriteAPIError(w, errPasscode, "Your passcode doesn't match our records. Please try again.")
	default:
		e.succeed(w, state.ProofOf(person.ID, factor.Kind))
	}
}

// factors are a person's second factors as this engine shows them.
func (e *Engine) factors(person state.Entry) []any {
	list := []any{}
	for _, factor := range person.Factors() {
		list = append(list, e.factor(factor))
	}
	return list
}

func (e *Engine) factor(factor state.Factor) map[string]any {
	shown := map[string]any{
		"id": factor.ID, "factorType": "email", "provider": "OKTA", "vendorName": "OKTA", "profile": map[string]any{},
		"_links": map[string]any{"verify": link(e.org.URL()+"/api/v1/authn/factors/"+factor.ID+"/verify", http.MethodPost)},
	}
	if factor.Kind == state.TOTP {
		shown["factorType"], shown["provider"], shown["vendorName"] = "token:software:totp", "GOOGLE", "GOOGLE"
	}
	return shown
}
