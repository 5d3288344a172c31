package doctor

import (
	"context"
	"fmt"
	"slices"
)

// checkAccessPolicy looks for a policy that lets the client in. Okta itself judges it only
// once somebody has signed in.
func checkAccessPolicy(ctx context.Context, e *examiner) {
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
	if got := probe(ctx, e, nil); got.code == "access_denied" {
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
	if _, ok := manage(ctx, e, "/authorizationServers/"+serverID(e.cfg.Issuer)+"/policies", &policies); !ok {
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
