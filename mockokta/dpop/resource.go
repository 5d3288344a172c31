package dpop

import (
	"crypto/subtle"
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// AtResource judges how an access token is presented to one of the org's own resources: a bound one with a proof by
// its key, others as bearers. It answers itself when something is wrong.
func AtResource(o *state.Org, w http.ResponseWriter, r *http.Request, c wire.Challenge, scheme, raw string, token *state.AccessToken) bool {
	if scheme == wire.Bearer {
		if token.Thumbprint == "" {
			return true
		}
		c.With(wire.DPoP, state.KeyAlgorithms()).Refuse(w, http.StatusBadRequest, "invalid_request", "The resource request must use the DPoP authentication scheme when using a DPoP bound token.")
		return false
	}
	c = c.With(wire.DPoP, state.KeyAlgorithms())
	if token.Thumbprint == "" {
		c.Refuse(w, http.StatusUnauthorized, "invalid_token", "The presented access_token is not DPoP bound.")
		return false
	}
	if len(r.Header.Values("DPoP")) == 0 {
		c.Refuse(w, http.StatusBadRequest, "invalid_request", "The resource request requires a DPoP proof.")
		return false
	}
	proof, fault := Read(r, o.URL()+r.URL.Path, o.Now())
	switch {
	case fault != nil:
	case !equal(proof.TokenHash, HashToken(raw)):
		fault = invalid("'ath' claim in the DPoP proof does not match the presented access_token.")
	case !equal(proof.Thumbprint, token.Thumbprint):
		fault = invalid("The access_token is not bound to the provided DPoP proof.")
	case o.Knobs().NoncesAtResources && !takeNonce(w, o, token.Grant.Server.Nonces, proof):
		c.Refuse(w, http.StatusUnauthorized, "use_dpop_nonce", "Resource server requires nonce in DPoP proof.")
		return false
	default:
		fault = Once(o, proof)
	}
	if fault != nil {
		c.Refuse(w, fault.Status, fault.Code, fault.Description)
		return false
	}
	return true
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
