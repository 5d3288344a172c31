package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"example.com/okta-gin/okta/clientauth"
)

// checkPush has Okta judge the client at the endpoint of pushed authorization requests, by one
// that it must refuse: of a response type that there is not, so that nothing is kept.
func checkPush(ctx context.Context, e *examiner) {
	const check = "pushed requests"
	switch {
	case !e.hasServer(check):
		return
	case e.metadata.PushEndpoint == "":
		e.skip(check, "the authorization server offers none")
		return
	case e.cfg.PAR == "off":
		e.skip(check, "OKTA_PAR is off")
		return
	}
	credential, err := clientauth.New(e.cfg, e.now)
	if err != nil {
		e.skip(check, "not looked at: client authentication fails")
		return
	}
	request, err := credential.Request(ctx, e.metadata.pushEndpoint(), url.Values{"client_id": {e.cfg.ClientID}, "response_type": {madeUp}, "redirect_uri": {e.redirectURI()}, "scope": {"openid"}})
	if err != nil {
		e.skip(check, "not looked at: client authentication fails")
		return
	}
	r := e.send(request)
	refusal := r.refusal()
	switch {
	case refusal.Code == "invalid_client":
		e.tell(check, Fail, fmt.Sprintf("%s (%s)", refusal.Code, refusal.Description), "See client authentication; or set OKTA_PAR=off where the server does not require it.", atCredentials)
	case refusal.Code == "access_denied", refusal.Code == "unauthorized_client":
		e.tell(check, Fail, fmt.Sprintf("%s (%s)", refusal.Code, refusal.Description), "Let the app use pushed requests, or set OKTA_PAR=off.", "Applications → your app → General")
	case r.status() == http.StatusBadRequest && refusal.Code != "":
		e.ok(check, "Okta takes them from the client: of a made-up one it refuses what is made up alone")
	default:
		e.tell(check, Unknown, fmt.Sprintf("status %d %s", r.status(), refusal.Code), "Sign in once, and see what the log says.", "")
	}
}
