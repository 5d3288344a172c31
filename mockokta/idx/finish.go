package idx

import (
	"net/http"
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// finish ends a transaction with an interaction code, if the org's settings let this person into this app. Where
// an app asks for more than one factor and the person has one, the password counts for every factor.
func (e *Engine) finish(tx *transaction, factors ...state.FactorKind) reply {
	entry, knobs, level := e.entry(tx), e.org.Knobs(), state.Assurance(tx.request.acr)
	switch {
	case !entry.Assigned:
		return refuse(http.StatusBadRequest, errNotAssigned)
	case knobs.NoPolicy && !tx.request.server.IsOrg(), knobs.DenyConsent, knobs.UnmetACR && level > 1:
		return refuse(http.StatusForbidden, errDenied)
	}
	if len(factors) == 0 && level > 1 {
		factors = []state.FactorKind{state.TOTP}
	}
	tx.proof = state.ProofOf(entry.ID, factors...)
	tx.proof.Level = max(tx.proof.Level, level)
	tx.code = state.RandomID()
	now := e.org.Now()
	tx.advance(done, now)
	e.org.InteractionCodes.Put(tx.code, &state.AuthCode{
		Grant: &state.Grant{
			Server: tx.request.server, Client: tx.request.client, UserID: entry.ID, Scopes: tx.request.scopes, Nonce: tx.request.nonce,
			ACR: tx.request.acr, AuthTime: now, AMR: tx.proof.AMR, Began: now, Resources: tx.request.resources,
		},
		RedirectURI: tx.request.redirectURI, Challenge: tx.request.challenge, Thumbprint: tx.request.thumbprint, Expires: tx.expires,
	}, now.Add(2*codeLifetime)) // kept longer so that a late second use is noticed
	e.org.SignedIn(entry.ID)
	return ok
}

// TokenRedirect answers GET /login/token/redirect?stateToken=…, which gives the browser a session of the org
// after a sign-in by script and goes on to the app.
func (e *Engine) TokenRedirect(w http.ResponseWriter, r *http.Request) {
	tx := e.find(input{StateToken: r.URL.Query().Get("stateToken")})
	if tx == nil {
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return
	}
	tx.mu.Lock()
	defer tx.mu.Unlock()
	if tx.step != done {
		wire.WriteAPIError(w, wire.ErrForbidden)
		return
	}
	e.org.StartSession(w, r, tx.proof).Join(tx.request.client, tx.request.server)
	params := url.Values{"interaction_code": {tx.code}}
	if tx.request.state != "" {
		params.Set("state", tx.request.state)
	}
	wire.NoStore(w)
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, wire.AppendQuery(tx.request.redirectURI, params), http.StatusSeeOther)
}
