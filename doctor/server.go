package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"example.com/okta-gin/okta/oktahttp"
)

// checkServer judges the metadata that the first answer brought.
func checkServer(ctx context.Context, e *examiner) {
	const check = "metadata"
	r := e.first
	switch {
	case r.answer == nil:
		e.skip(check, "not looked at: there is no answer of Okta")
		return
	case r.status() == http.StatusNotFound:
		e.tell(check, Fail, "there is no authorization server at OKTA_OAUTH2_ISSUER"+otherServers(ctx, e), "Set OKTA_OAUTH2_ISSUER to the Issuer URI, letter by letter.", atIssuer)
		return
	case r.status() >= http.StatusMultipleChoices && r.status() < http.StatusBadRequest:
		e.tell(check, Fail, fmt.Sprintf("status %d: the address leads elsewhere, to %s", r.status(), hostOf(r.answer.Header.Get("Location"))), "Set OKTA_OAUTH2_ISSUER to the Issuer URI; the host of the Admin Console (-admin) is not it.", atIssuer)
		return
	case r.status() != http.StatusOK:
		e.tell(check, Fail, fmt.Sprintf("Okta answers with status %d", r.status()), "Try again in a minute; status.okta.com says whether Okta has trouble.", "")
		return
	}
	var found metadata
	if err := oktahttp.DecodeJSON(r.body, &found); err != nil {
		e.tell(check, Fail, "what answers there is no authorization server: it sends no JSON", "Set OKTA_OAUTH2_ISSUER to the Issuer URI; see that no proxy answers in Okta's place.", atIssuer)
		return
	}
	if found.Issuer != e.cfg.Issuer {
		e.tell(check, Fail, fmt.Sprintf("OKTA_OAUTH2_ISSUER is %q, and the server there calls itself %q", e.cfg.Issuer, plain(found.Issuer)),
			"Set OKTA_OAUTH2_ISSUER to what it calls itself. Where that has another host, one of them is the custom domain: choose at Issuer.", atIssuer)
		return
	}
	if found.AuthorizationEndpoint == "" || found.TokenEndpoint == "" || found.JWKSURI == "" {
		e.tell(check, Fail, "the metadata lack an endpoint", "Set OKTA_OAUTH2_ISSUER to the Issuer URI.", atIssuer)
		return
	}
	if strings.HasPrefix(e.cfg.Issuer, "https://") {
		for _, endpoint := range []string{found.AuthorizationEndpoint, found.TokenEndpoint, found.JWKSURI, found.EndSessionEndpoint, found.PushEndpoint} {
			if endpoint != "" && !strings.HasPrefix(endpoint, "https://") { // no secret is sent there
				e.tell(check, Fail, "the metadata name an endpoint without https: "+plain(endpoint), "See who answers in Okta's place: Okta's endpoints are https.", "")
				return
			}
		}
	}
	e.metadata = found
	kind := "a custom authorization server"
	if e.cfg.IsOrgServer() {
		kind = "the org's own authorization server"
	}
	e.ok(check, "the issuer is the same letter by letter; "+kind+" ("+e.cfg.OrgKind()+")")
}

// otherServers says where else at the host an authorization server answers.
func otherServers(ctx context.Context, e *examiner) string {
	for _, issuer := range []string{e.cfg.OrgURL() + "/oauth2/default", e.cfg.OrgURL()} {
		if issuer != e.cfg.Issuer && e.ask(ctx, issuer+wellKnown).status() == http.StatusOK {
			return "; there is one at " + issuer
		}
	}
	return ""
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "another path"
	}
	return plain(u.Host)
}

// checkKeys looks at what tokens are verified with.
func checkKeys(ctx context.Context, e *examiner) {
	const check = "keys"
	if !e.hasServer(check) {
		return
	}
	r := e.ask(ctx, e.metadata.JWKSURI)
	var set struct {
		Keys []struct{ Kty, Use, Alg, Kid string } `json:"keys"`
	}
	if r.status() != http.StatusOK || oktahttp.DecodeJSON(r.body, &set) != nil {
		e.tell(check, Fail, "no key set at "+hostOf(e.metadata.JWKSURI)+fmt.Sprintf(": status %d", r.status()), "Let this machine reach that host too.", "")
		return
	}
	usable := 0
	for _, key := range set.Keys {
		if key.Kty == "RSA" && (key.Use == "" || key.Use == "sig") && (key.Alg == "" || key.Alg == "RS256") {
			usable++
		}
	}
	if usable == 0 {
		e.tell(check, Fail, fmt.Sprintf("none of %d keys is for RS256", len(set.Keys)), "Have the authorization server sign with RS256.", "Security → API → Authorization Servers → your server → Settings")
		return
	}
	e.ok(check, fmt.Sprintf("%d of %d keys verify tokens", usable, len(set.Keys)))
}
