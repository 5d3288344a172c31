package doctor

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
)

const atProofs = "Applications → your app → General → General Settings → Proof of possession: Require Demonstrating Proof of Possession (DPoP) header in token requests"

// The codes with which Okta refuses a DPoP proof, or the want of one.
const (
	useNonce     = "use_dpop_nonce"
	invalidProof = "invalid_dpop_proof"
)

// fits looks whether the metadata offer what OKTA_PAR, OKTA_JAR, OKTA_DPOP and the client
// key ask of the server, and the settings what the server demands.
func (e *examiner) fits(ctx context.Context) {
	const check = "fapi"
	if !e.hasServer(check) {
		return
	}
	rp, err := okta.New(e.cfg, okta.Options{RedirectURI: e.redirectURI(), Now: e.now, Watch: func(http.RoundTripper) http.RoundTripper { return e.http.Transport }})
	if err == nil {
		err = rp.Fits(ctx)
	}
	if err != nil {
		e.tell(check, Fail, plain(err.Error()), "Change the setting that is named, or what the authorization server offers.", atCredentials)
		return
	}
	e.ok(check, "the server offers what OKTA_PAR, OKTA_JAR, OKTA_DPOP and the client key ask for, and demands no more")
}

// proofs looks whether Okta and OKTA_DPOP agree, by a code that was never given.
func (e *examiner) proofs(ctx context.Context) {
	const check = "dpop"
	if !e.hasServer(check) {
		return
	}
	f, refusal := e.token(ctx, url.Values{
		"grant_type": {"authorization_code"}, "code": {madeUp}, "redirect_uri": {e.redirectURI()}, "code_verifier": {okta.NewAttempt().Verifier},
	})
	on := e.cfg.DPoP == "on"
	switch refused := refusal.Code == useNonce || refusal.Code == invalidProof; {
	case errors.Is(f.err, okta.ErrUntrusted), refusal.Code == "invalid_client":
		e.skip(check, "not looked at: client authentication fails")
	case refused && !on:
		e.tell(check, Fail, "Okta demands DPoP of this app, and OKTA_DPOP is off: nobody can sign in", "Set OKTA_DPOP=on, or untick it there.", atProofs)
	case refused:
		e.tell(check, Fail, "Okta does not take this app's proofs: "+refusal.Error(), "See that this machine's clock is right; else sign in once, and see what the log says.", atProofs)
	case !on:
		e.skip(check, "OKTA_DPOP is off: tokens are plain bearers")
	case f.header(dpop.NonceHeader) != "":
		e.ok(check, "Okta wants its nonce in proofs, and takes this app's")
	default:
		e.tell(check, Unknown, "Okta says nothing of this app's proofs; tokens that come back as plain bearers are refused", "See that it is ticked there.", atProofs)
	}
}

// prover is a key with which requests to the token endpoint are proved; nil where
// OKTA_DPOP is off.
type prover struct {
	sender *dpop.Sender
	key    *dpop.Key
}

func (e *examiner) prover() (*prover, error) {
	if e.cfg.DPoP != "on" {
		return nil, nil
	}
	sender, err := dpop.NewSender(e.now)
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

// heard reports whether an answer to r brought a nonce for the next time.
func (p *prover) heard(r *http.Request, f first) bool {
	return p != nil && f.answer != nil && p.sender.Heard(r.URL, "", f.answer.Header)
}
