package doctor

import (
	"context"
	"fmt"
	"slices"

	"example.com/okta-gin/config"
)

// checkGroupsClaim looks for the claim that REQUIRE_GROUPS needs.
func checkGroupsClaim(ctx context.Context, e *examiner) {
	const check = "groups claim"
	if len(e.cfg.RequireGroups) == 0 {
		e.skip(check, "REQUIRE_GROUPS is not set")
		return
	}
	if !e.hasServer(check) {
		return
	}
	if e.claims != nil {
		groupsOfPerson(e, check)
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
	if _, ok := manage(ctx, e, "/authorizationServers/"+serverID(e.cfg.Issuer)+"/claims", &claims); !ok {
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

// groupsOfPerson judges the groups claim by somebody who has signed in.
func groupsOfPerson(e *examiner, check string) {
	given, _ := e.claims["groups"].([]any)
	var groups []string
	for _, each := range given {
		if name, ok := each.(string); ok {
			groups = append(groups, name)
		}
	}
	seen := fmt.Sprintf("%d groups came with the sign-in", len(groups))
	switch {
	case len(groups) == 0:
		e.tell(check, Fail, "no groups came with the sign-in, and REQUIRE_GROUPS is set", "Add a claim groups for the ID Token, always, whose filter matches the groups in REQUIRE_GROUPS.", atGroups(e.cfg))
	case !slices.ContainsFunc(groups, func(name string) bool { return slices.Contains(e.cfg.RequireGroups, name) }):
		e.tell(check, Warn, seen+", none of them in REQUIRE_GROUPS: this person is not let in", "If they should be: let the claim's filter match the group, or add them to it.", atGroups(e.cfg))
	default:
		e.ok(check, seen+", one of them in REQUIRE_GROUPS")
	}
}

func atGroups(cfg config.Config) string {
	if cfg.IsOrgServer() {
		return atAppClaims
	}
	return atClaims
}
