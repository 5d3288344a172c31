package conformance_test

import "net/url"

// oidcc-client-test-3rd-party-init-login: somebody else sends the person to initiate_login_uri with iss. The
// client must send them on to the authorization endpoint, and the happy path must follow.
func testThirdParty(r *run) {
	if got := len(r.record.of("authorize")); got != 0 {
		r.Fatalf("authorize was asked %d times before", got)
	}
	r.accepted(r.browser.open(initiatePath+"?iss="+url.QueryEscape(r.org.Issuer())), "/")
	r.asked(1, 1)
}
