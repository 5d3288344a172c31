package doctor

import (
	"net/http"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/dpop"
)

// The codes with which Okta refuses a DPoP proof, or the want of one.
const (
	useNonce     = "use_dpop_nonce"
	invalidProof = "invalid_dpop_proof"
)

// prover is a key with which requests to the token endpoint are proved; nil where
// OKTA_DPOP is off.
type prover struct {
	sender *dpop.Sender
	key    *dpop.Key
}

func newProver(cfg config.Config, now func() time.Time) (*prover, error) {
	if cfg.DPoP != "on" {
		return nil, nil
	}
	sender, err := dpop.NewSender(now)
	if err != nil {
		return nil, err
	}
	key, err := dpop.NewKey()
	return &prover{sender, key}, err
}

// prove adds a proof to a request.
func (p *prover) prove(r *http.Request) error {
	if p == nil {
		return nil
	}
	proof, err := p.sender.Proof(p.key, r.Method, r.URL, "")
	r.Header.Set(dpop.Header, proof)
	return err
}

// heard reports whether the reply to a request brought a nonce for the next time.
func (p *prover) heard(request *http.Request, r reply) bool {
	return p != nil && r.answer != nil && p.sender.Heard(request.URL, "", r.answer.Header)
}
