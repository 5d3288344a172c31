package dpop

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

var errNonce = wire.BadRequest("use_dpop_nonce", "Authorization server requires nonce in DPoP proof.")

// AtServer judges the proof of a request to one of an authorization server's endpoints and returns the thumbprint
// of its key, or nothing where there is no proof. Okta asks for a nonce before it looks at jti, and tells the nonce
// to use next with good answers too.
func AtServer(o *state.Org, as *state.AuthServer, w http.ResponseWriter, r *http.Request) (thumbprint string, fault *wire.OAuthError) {
	knobs := o.Knobs()
	switch {
	case knobs.IgnoreProofs || len(r.Header.Values("DPoP")) == 0:
		return "", nil
	case knobs.RefuseProofs:
		return "", invalid("The DPoP proof JWT is invalid.")
	}
	proof, fault := Read(r, o.URL()+r.URL.Path, o.Now())
	if fault != nil {
		return "", fault
	}
	if !takeNonce(w, o, as.Nonces, proof) {
		return "", errNonce
	}
	return proof.Thumbprint, Once(o, proof)
}

// takeNonce says whether a proof's nonce is good, and tells the one to use next.
func takeNonce(w http.ResponseWriter, o *state.Org, nonces *state.Nonces, proof Proof) bool {
	knobs, now := o.Knobs(), o.Now()
	good := nonces.Good(proof.Nonce, now) && !knobs.RefuseNonces
	next := ""
	if knobs.FreshNonces {
		next = nonces.Another(now)
	} else {
		next = nonces.Current(now, knobs.NonceLifetime)
	}
	w.Header().Set("DPoP-Nonce", next)
	w.Header().Add("Access-Control-Expose-Headers", "DPoP-Nonce")
	return good
}

// Once refuses a proof without id, or one that was there before.
func Once(o *state.Org, proof Proof) *wire.OAuthError {
	if proof.ID == "" {
		return invalid("'jti' claim in the DPoP proof JWT is invalid.")
	}
	if !o.ProofIDs.PutNew(proof.Thumbprint+" "+proof.ID, struct{}{}, proof.Dies) {
		return invalid("The DPoP proof JWT has already been used.")
	}
	return nil
}
