package okta

import (
	"net/url"

	"example.com/okta-gin/okta/oktahttp"
)

// jarOn is the word of config.Config.JAR.
const jarOn = "on"

// signed is an authorize request as the server gets it: as it is or, where OKTA_JAR is on,
// as a request object (RFC 9101 section 5), beside which there is the client_id alone.
func (rp *RelyingParty) signed(request url.Values, meta *metadata) (url.Values, error) {
	if rp.cfg.JAR != jarOn {
		return request, nil
	}
	object, err := rp.credential.Load().RequestObject(request, meta.RequestAlgorithms)
	if err != nil {
		return nil, err
	}
	return url.Values{"client_id": {rp.cfg.ClientID}, "request": {object}}, nil
}

// checkSigned says why OKTA_JAR can't be as it is.
func (rp *RelyingParty) checkSigned(meta *metadata) error {
	switch {
	case rp.cfg.JAR != jarOn && meta.SignedRequestsRequired:
		return oktahttp.Untrusted("OKTA_JAR is off, but by its metadata the authorization server requires signed request objects; set it to on, with a key in OKTA_OAUTH2_CLIENT_KEY")
	case rp.cfg.JAR != jarOn:
		return nil
	case meta.SignedRequests != nil && !*meta.SignedRequests:
		return oktahttp.Untrusted("OKTA_JAR is on, but by its metadata the authorization server takes no signed request objects; set it to off")
	default:
		return rp.credential.Load().CheckRequests(meta.RequestAlgorithms)
	}
}
