package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	atPolicies = "Security → API → Authorization Servers → your server → Access Policies"
	atClaims   = "Security → API → Authorization Servers → your server → Claims"
	// atAppClaims is where the org's own server has them.
	atAppClaims = "Applications → your app → Sign On → OpenID Connect ID Token"
)

// integration is the app integration, as the management API has it.
type integration struct {
	Settings struct {
		Client struct {
			SignOutURIs []string `json:"post_logout_redirect_uris"`
		} `json:"oauthClient"`
	} `json:"settings"`
}

// manage asks the management API for v, and reports whether it was to be had. Without
// an API token nothing is asked.
func (e *examiner) manage(ctx context.Context, address string, v any) (status int, ok bool) {
	if !e.cfg.APIToken.IsSet() {
		return 0, false
	}
	f := e.ask(ctx, e.cfg.OrgURL()+"/api/v1"+address, "Authorization", "SSWS "+e.cfg.APIToken.Reveal())
	return f.status(), f.status() == http.StatusOK && oktahttp.DecodeJSON(f.body, v) == nil
}

func (e *examiner) integration(ctx context.Context) (found integration, ok bool) {
	_, ok = e.manage(ctx, "/apps/"+url.PathEscape(e.cfg.ClientID), &found)
	return found, ok
}

// accessPolicy looks for a policy that lets the client in. Okta itself judges it only
// once somebody has signed in.
func (e *examiner) accessPolicy(ctx context.Context) {
	const check = "access policy"
	if !e.hasServer(check) {
		return
	}
	if e.cfg.IsOrgServer() {
		e.skip(check, "the org's own server needs none")
		return
	}
	if e.claims != nil {
		e.ok(check, "somebody could sign in")
		return
	}
	const next = "Add a policy for this client, with a rule that has Authorization Code: without it Okta answers access_denied."
	if got := e.probe(ctx, nil); got.code == "access_denied" {
		e.tell(check, Fail, got.String(), next, atPolicies)
		return
	}
	var policies []struct {
		Status     string `json:"status"`
		Conditions struct {
			Clients struct {
				Include []string `json:"include"`
			} `json:"clients"`
		} `json:"conditions"`
	}
	if _, ok := e.manage(ctx, "/authorizationServers/"+e.serverID()+"/policies", &policies); !ok {
		e.tell(check, Unknown, "Okta looks at it only once somebody has signed in", "See that there is a policy for this client with a rule; a new org's default server has none. With an OKTA_API_TOKEN that may read authorization servers this is looked up.", atPolicies)
		return
	}
	for _, policy := range policies {
		for _, client := range []string{"ALL_CLIENTS", e.cfg.ClientID} {
			if policy.Status == "ACTIVE" && slices.Contains(policy.Conditions.Clients.Include, client) {
				e.ok(check, "there is an active policy for this client")
				return
			}
		}
	}
	e.tell(check, Fail, fmt.Sprintf("none of %d policies is active and for this client", len(policies)), next, atPolicies)
}

// groupsClaim looks for the claim that REQUIRE_GROUPS needs.
func (e *examiner) groupsClaim(ctx context.Context) {
	const check = "groups claim"
	if len(e.cfg.RequireGroups) == 0 {
		e.skip(check, "REQUIRE_GROUPS is not set")
		return
	}
	if !e.hasServer(check) {
		return
	}
	if e.claims != nil {
		e.groupsOfPerson(check)
		return
	}
	if e.cfg.IsOrgServer() {
		if !slices.Contains(e.cfg.Scopes, "groups") {
			e.tell(check, Warn, "REQUIRE_GROUPS is set, and OKTA_SCOPES is without groups", "Add groups to OKTA_SCOPES, and a Group Claim to the app.", atAppClaims)
			return
		}
		e.tell(check, Unknown, "the app has it or not: Okta says so only of a person", "See that there is a Group Claim named groups.", atAppClaims)
		return
	}
	var claims []struct {
		Name   string `json:"name"`
		Status string `json:"status"`
		Type   string `json:"claimType"`
	}
	if _, ok := e.manage(ctx, "/authorizationServers/"+e.serverID()+"/claims", &claims); !ok {
		e.tell(check, Unknown, "Okta says so only of a person", "See that there is a claim groups for the ID Token.", atClaims)
		return
	}
	for _, claim := range claims {
		if claim.Name == "groups" && claim.Status == "ACTIVE" && claim.Type == "IDENTITY" {
			e.ok(check, "the server puts groups into ID tokens")
			return
		}
	}
	e.tell(check, Fail, "REQUIRE_GROUPS is set, and the server has no groups claim for ID tokens: nobody gets in", "Add a claim groups, of value type Groups, included in the ID Token always.", atClaims)
}

// serverID is the last part of a custom server's issuer.
func (e *examiner) serverID() string {
	u, err := url.Parse(e.cfg.Issuer)
	if err != nil {
		return ""
	}
	return url.PathEscape(path.Base(u.Path))
}
