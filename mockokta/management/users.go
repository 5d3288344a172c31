// Package management is the corner of the management API that deals with people.
package management

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// User answers GET /api/v1/users/{id}.
func User(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		entry, ok := readUser(o, w, r)
		if !ok {
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`W/"%s"`, state.EntityID("", entry.ID+entry.Updated.String())))
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, userRecord(o, entry))
	}
}

// UserGroups answers GET /api/v1/users/{id}/groups, in pages tied together by Link headers.
func UserGroups(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		entry, ok := readUser(o, w, r)
		if !ok {
			return
		}
		limit := max(o.Knobs().GroupsPageSize, 1)
		if raw := r.URL.Query().Get("limit"); raw != "" {
			n, err := strconv.Atoi(raw)
			if err != nil || n < 1 {
				wire.WriteAPIError(w, wire.ErrValidation, "limit: must be a positive number")
				return
			}
			limit = min(n, 200)
		}
		groups := entry.Groups
		if after := r.URL.Query().Get("after"); after != "" {
			i := slices.IndexFunc(groups, func(name string) bool { return state.EntityID("00g", name) == after })
			groups = groups[i+1:]
		}
		self := o.URL() + "/api/v1/users/" + entry.ID + "/groups"
		w.Header().Add("Link", fmt.Sprintf(`<%s?%s>; rel="self"`, self, url.Values{"limit": {strconv.Itoa(limit)}}.Encode()))
		if len(groups) > limit {
			groups = groups[:limit]
			next := url.Values{"limit": {strconv.Itoa(limit)}, "after": {state.EntityID("00g", groups[limit-1])}}
			w.Header().Add("Link", fmt.Sprintf(`<%s?%s>; rel="next"`, self, next.Encode()))
		}
		list := []any{}
		for _, name := range groups {
			list = append(list, groupRecord(name, entry.Created))
		}
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, list)
	}
}

// readUser checks the caller and finds the user of the path. It answers itself when it can't.
func readUser(o *state.Org, w http.ResponseWriter, r *http.Request) (state.Entry, bool) {
	caller, ok := identify(o, w, r)
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

// identify finds out who calls, by API token or by an access token of the org server. It answers itself
// when the caller may not.
func identify(o *state.Org, w http.ResponseWriter, r *http.Request) (principal, bool) {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme == "SSWS" && subtle.ConstantTimeCompare([]byte(value), []byte(o.APIToken())) == 1 {
		return principal{userID: firstAdmin(o)}, true
	}
	raw, isBearer := wire.BearerToken(r)
	if !isBearer {
		wire.WriteAPIError(w, wire.ErrInvalidToken)
		return principal{}, false
	}
	token, found := o.AccessTokens.Get(state.HashToken(raw))
	refusal := "The access token is invalid."
	if found {
		refusal = o.Refusal(token)
		if !token.Grant.Server.IsOrg() {
			refusal = "The access token provided has an invalid issuer."
		}
	}
	if refusal != "" {
		wire.BearerError(w, http.StatusUnauthorized, "invalid_token", refusal)
		return principal{}, false
	}
	caller := principal{userID: token.Grant.UserID, selfOnly: !slices.Contains(token.Scopes, "okta.users.read")}
	if caller.selfOnly && !slices.Contains(token.Scopes, "okta.users.read.self") {
		wire.NoStore(w)
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/users"`)
		w.WriteHeader(http.StatusForbidden)
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

func userRecord(o *state.Org, entry state.Entry) map[string]any {
	profile := map[string]any{
		"login": entry.Login, "email": entry.Email, "secondEmail": nil, "mobilePhone": nil,
		"firstName": entry.FirstName, "lastName": entry.LastName, "displayName": entry.FullName(),
	}
	apiNames := map[string]string{"zoneinfo": "timezone", "phone_number": "mobilePhone", "locale": "locale", "nickname": "nickName", "middle_name": "middleName"}
	standard := slices.Concat(state.ScopeClaims["profile"], state.ScopeClaims["email"], state.ScopeClaims["phone"], state.ScopeClaims["address"])
	for name, value := range entry.Profile {
		if apiName, known := apiNames[name]; known {
			profile[apiName] = value
		} else if !slices.Contains(standard, name) {
			profile[name] = value
		}
	}
	created := wire.Time(entry.Created)
	var lastLogin any
	if !entry.LastLogin.IsZero() {
		lastLogin = wire.Time(entry.LastLogin)
	}
	return map[string]any{
		"id": entry.ID, "status": entry.Status, "created": created, "activated": created, "statusChanged": created,
		"lastLogin": lastLogin, "lastUpdated": wire.Time(entry.Updated), "passwordChanged": created,
		"type": map[string]any{"id": "oty1mockDefault005d7"}, "profile": profile,
		"credentials": map[string]any{"password": map[string]any{}, "provider": map[string]any{"type": "OKTA", "name": "OKTA"}},
		"_links":      map[string]any{"self": map[string]any{"href": o.URL() + "/api/v1/users/" + entry.ID}},
	}
}

func groupRecord(name string, created time.Time) map[string]any {
	kind := "OKTA_GROUP"
	if name == "Everyone" {
		kind = "BUILT_IN"
	}
	at := wire.Time(created)
	return map[string]any{
		"id": state.EntityID("00g", name), "created": at, "lastUpdated": at, "lastMembershipUpdated": at,
		"objectClass": []string{"okta:user_group"}, "type": kind, "profile": map[string]any{"name": name, "description": nil},
	}
}
