package doctor

import (
	"context"
	"fmt"
	"net/url"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

// checkOtherSecret has Okta judge the second of two client secrets, as checkClient does the first.
func checkOtherSecret(ctx context.Context, e *examiner) {
	const check = "other client secret"
	if !e.cfg.OtherClientSecret.IsSet() {
		e.skip(check, "OKTA_OAUTH2_CLIENT_SECRET has one")
		return
	}
	if !e.hasServer(check) {
		return
	}
	with := *e
	with.cfg.ClientSecret, with.cfg.OtherClientSecret = e.cfg.OtherClientSecret, config.Secret{}
	r, refusal := askToken(ctx, &with, url.Values{
		"grant_type": {"authorization_code"}, "code": {madeUp}, "redirect_uri": {e.redirectURI()}, "code_verifier": {okta.NewAttempt().Verifier},
	})
	switch refusal.Code {
	case "invalid_grant":
		e.ok(check, "Okta takes the second secret too")
	case "invalid_client":
		e.tell(check, Warn, "Okta does not take the second of the two in OKTA_OAUTH2_CLIENT_SECRET", "Make it active, or, if it is the one that was replaced, leave it out.", atCredentials)
	case useNonce, invalidProof:
		e.skip(check, "Okta looks at DPoP first: see there")
	default:
		e.tell(check, Unknown, fmt.Sprintf("status %d %s", r.status(), refusal.Code), "Try again in a minute.", "")
	}
}
