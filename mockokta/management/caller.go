package management

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta/dpop"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// userOf checks whether the caller may have the scope and finds the user of the path. It answers itself when it
// can't.
func userOf(o *state.Org, w http.ResponseWriter, r *http.Request, scope string) (state.Entry, bool) {
	caller, ok := identify(o, w, r, scope)
	if !ok {
		return state.Entry{}, false
	}
	id := r.PathValue("id")
	entry, found := o.LookUp(id)
	if id == "me" {
		entry, found = o.Find(caller.userID)
	}
	if caller.selfOnly && (!found || entry.ID != caller.userID) {
		wire.WriteAPIError(w, wire.ErrForbidden)
		return state.Entry{}, false
	}
	if !found {
		wire.WriteAPIError(w, wire.NotFound(id+" (User)"))
		return state.Entry{}, false
	}
	return entry, true
}

// principal is who calls the management API.
type principal struct {
	userID   string
	selfOnly bool
}

// adminGroup is the group whose members may use the management API.
const adminGroup = "Admins"

// Scopes of the management API.
const (
	scopeRead     = "okta.users.read"
	scopeReadSelf = "okta.users.read.self"
	scopeManage   = "okta.users.manage"
	scopeLogout   = "okta.universalLogout.manage"
)

// identify finds out who calls, by API token or by an access token of the org server with the scope. It answers
// itself when the caller may not.
func identify(o *state.Org, w http.ResponseWriter, r *http.Request, scope string) (principal, bool) {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme == "SSWS" && subtle.ConstantTimeCompare([]byte(value), []byte(o.APIToken())) == 1 {
		return principal{userID: firstAdmin(o)}, true
	}
	tokenScheme, raw, ok := wire.PresentedToken(r)
	if !ok {
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return principal{}, false
	}
	challenge := wire.Challenge{Server: o.URL() + o.OwnServer.Base, Realm: o.OrgIssuer(), Scope: scope, Resource: "/api/v1/users"}
	token, found := o.AccessTokens.Get(state.HashToken(raw))
	refusal := "The access token is invalid."
	if found {
		refusal = o.Refusal(token)
		if !token.Grant.Server.IsOrg() {
			refusal = "The access token provided has an invalid issuer."
		}
	}
	if refusal != "" {
		challenge.Refuse(w, http.StatusUnauthorized, "invalid_token", refusal)
		return principal{}, false
	}
	if !dpop.AtResource(o, w, r, challenge, tokenScheme, raw, token) {
		return principal{}, false
	}
	has := func(scope string) bool { return slices.Contains(token.Scopes, scope) }
	caller := principal{userID: token.Grant.UserID, selfOnly: !has(scope) && (scope != scopeRead || !has(scopeManage))}
	if caller.selfOnly && (scope != scopeRead || !has(scopeReadSelf)) {
		challenge.Refuse(w, http.StatusForbidden, "insufficient_scope", "The access token provided does not contain the required scopes.")
		return principal{}, false
	}
	if entry, _ := o.Find(caller.userID); !caller.selfOnly && caller.userID != "" && !slices.Contains(entry.Groups, adminGroup) {
		wire.WriteAPIError(w, wire.ErrForbidden)
		return principal{}, false
	}
	return caller, true
}

// firstAdmin is the administrator who made the API token.
func firstAdmin(o *state.Org) string {
	for _, person := range o.People() {
		if slices.Contains(person.Groups, adminGroup) {
			return person.ID
		}
	}
	return ""
}
