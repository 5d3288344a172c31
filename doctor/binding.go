package doctor

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
)

// checkFits looks whether the metadata offer what OKTA_PAR, OKTA_JAR, OKTA_DPOP and the client
// key ask of the server, and the settings what the server demands.
func checkFits(ctx context.Context, e *examiner) {
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

// checkProofs looks whether Okta and OKTA_DPOP agree, by a code that was never given.
func checkProofs(ctx context.Context, e *examiner) {
	const check = "dpop"
	if !e.hasServer(check) {
		return
	}
	r, refusal := askToken(ctx, e, url.Values{
		"grant_type": {"authorization_code"}, "code": {madeUp}, "redirect_uri": {e.redirectURI()}, "code_verifier": {okta.NewAttempt().Verifier},
	})
	on := e.cfg.DPoP == "on"
	switch refused := refusal.Code == useNonce || refusal.Code == invalidProof; {
	case errors.Is(r.err, okta.ErrUntrusted), refusal.Code == "invalid_client":
		e.skip(check, "not looked at: client authentication fails")
	case refused && !on:
		e.tell(check, Fail, "Okta demands DPoP of this app, and OKTA_DPOP is off: nobody can sign in", "Set OKTA_DPOP=on, or untick it there.", atProofs)
	case refused:
		e.tell(check, Fail, "Okta does not take this app's proofs: "+refusal.Error(), "See that this machine's clock is right; else sign in once, and see what the log says.", atProofs)
	case !on:
		e.skip(check, "OKTA_DPOP is off: tokens are plain bearers")
	case r.header(dpop.NonceHeader) != "":
		e.ok(check, "Okta wants its nonce in proofs, and takes this app's")
	default:
		e.tell(check, Unknown, "Okta says nothing of this app's proofs; tokens that come back as plain bearers are refused", "See that it is ticked there.", atProofs)
	}
}
