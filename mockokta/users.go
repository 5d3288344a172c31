package mockokta

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// serveUser answers GET /api/v1/users/{id}.
func (o *Org) serveUser(w http.ResponseWriter, r *http.Request) {
	entry, ok := o.readUser(w, r)
	if !ok {
		return
	}
	w.Header().Set("ETag", fmt.Sprintf(`W/"%s"`, entityID("", entry.ID+entry.updated.String())))
	noStore(w)
	writeJSON(w, http.StatusOK, o.userRecord(entry))
}

// serveUserGroups answers GET /api/v1/users/{id}/groups, in pages tied together by Link headers.
func (o *Org) serveUserGroups(w http.ResponseWriter, r *http.Request) {
	entry, ok := o.readUser(w, r)
	if !ok {
		return
	}
	limit := max(o.knobs.Load().GroupsPageSize, 1)
	if raw := r.URL.Query().Get("limit"); raw != "" {
		n, err := strconv.Atoi(raw)
		if err != nil || n < 1 {
			writeAPIError(w, errValidation, "limit: must be a positive number")
			return
		}
		limit = min(n, 200)
	}
	groups := entry.Groups
	if after := r.URL.Query().Get("after"); after != "" {
		i := slices.IndexFunc(groups, func(name string) bool { return entityID("00g", name) == after })
		groups = groups[i+1:]
	}
	self := o.url + "/api/v1/users/" + entry.ID + "/groups"
	w.Header().Add("Link", fmt.Sprintf(`<%s?%s>; rel="self"`, self, url.Values{"limit": {strconv.Itoa(limit)}}.Encode()))
	if len(groups) > limit {
		groups = groups[:limit]
		next := url.Values{"limit": {strconv.Itoa(limit)}, "after": {entityID("00g", groups[limit-1])}}
		w.Header().Add("Link", fmt.Sprintf(`<%s?%s>; rel="next"`, self, next.Encode()))
	}
	list := []any{}
	for _, name := range groups {
		list = append(list, groupRecord(name, entry.created))
	}
	noStore(w)
	writeJSON(w, http.StatusOK, list)
}

// readUser checks the caller and finds the user of the path. It answers itself when it can't.
func (o *Org) readUser(w http.ResponseWriter, r *http.Request) (directoryEntry, bool) {
	caller, ok := o.apiCaller(w, r)
	if !ok {
		return directoryEntry{}, false
	}
	id := r.PathValue("id")
	entry, found := o.directory.lookUp(id)
	if id == "me" {
		entry, found = o.directory.find(caller.userID)
	}
	if caller.selfOnly && (!found || entry.ID != caller.userID) {
		writeAPIError(w, errForbidden)
		return directoryEntry{}, false
	}
	if !found {
		writeAPIError(w, errNotFound(id+" (User)"))
		return directoryEntry{}, false
	}
	return entry, true
}

// apiCaller is who calls the management API.
type apiCaller struct {
	userID   string
	selfOnly bool
}

// adminGroup is the group whose members may use the management API.
const adminGroup = "Admins"

// apiCaller finds out who calls, by API token or by an access token of the org server. It answers itself
// when the caller may not.
func (o *Org) apiCaller(w http.ResponseWriter, r *http.Request) (apiCaller, bool) {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if scheme == "SSWS" && subtle.ConstantTimeCompare([]byte(value), []byte(o.apiToken)) == 1 {
		return apiCaller{userID: o.firstAdmin()}, true
	}
	raw, isBearer := bearerToken(r)
	if !isBearer {
		writeAPIError(w, errInvalidToken)
		return apiCaller{}, false
	}
	token, found := o.accessTokens.get(hashToken(raw))
	refusal := "The access token is invalid."
	if found {
		refusal = token.refusal(o)
		if !token.grant.as.isOrg() {
			refusal = "The access token provided has an invalid issuer."
		}
	}
	if refusal != "" {
		bearerError(w, http.StatusUnauthorized, "invalid_token", refusal)
		return apiCaller{}, false
	}
	caller := apiCaller{userID: token.grant.userID, selfOnly: !slices.Contains(token.scopes, "okta.users.read")}
	if caller.selfOnly && !slices.Contains(token.scopes, "okta.users.read.self") {
		noStore(w)
		w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/users"`)
		w.WriteHeader(http.StatusForbidden)
		return apiCaller{}, false
	}
	if entry, _ := o.directory.find(caller.userID); !caller.selfOnly && caller.userID != "" && !slices.Contains(entry.Groups, adminGroup) {
		writeAPIError(w, errForbidden)
		return apiCaller{}, false
	}
	return caller, true
}

// firstAdmin is the administrator who made the API token.
func (o *Org) firstAdmin() string {
	for _, person := range o.People() {
		if slices.Contains(person.Groups, adminGroup) {
			return person.ID
		}
	}
	return ""
}

const apiTime = "2006-01-02T15:04:05.000Z"

func (o *Org) userRecord(entry directoryEntry) map[string]any {
	profile := map[string]any{
		"login": entry.Login, "email": entry.Email, "secondEmail": nil, "mobilePhone": nil,
		"firstName": entry.FirstName, "lastName": entry.LastName, "displayName": entry.name(),
	}
	apiNames := map[string]string{"zoneinfo": "timezone", "phone_number": "mobilePhone", "locale": "locale", "nickname": "nickName", "middle_name": "middleName"}
	standard := slices.Concat(scopeClaims["profile"], scopeClaims["email"], scopeClaims["phone"], scopeClaims["address"])
	for name, value := range entry.Profile {
		if apiName, known := apiNames[name]; known {
			profile[apiName] = value
		} else if !slices.Contains(standard, name) {
			profile[name] = value
		}
	}
	created := entry.created.UTC().Format(apiTime)
	var lastLogin any
	if !entry.lastLogin.IsZero() {
		lastLogin = entry.lastLogin.UTC().Format(apiTime)
	}
	return map[string]any{
		"id": entry.ID, "status": entry.Status, "created": created, "activated": created, "statusChanged": created,
		"lastLogin": lastLogin, "lastUpdated": entry.updated.UTC().Format(apiTime), "passwordChanged": created,
		"type": map[string]any{"id": "oty1mockDefault005d7"}, "profile": profile,
		"credentials": map[string]any{"password": map[string]any{}, "provider": map[string]any{"type": "OKTA", "name": "OKTA"}},
		"_links":      map[string]any{"self": map[string]any{"href": o.url + "/api/v1/users/" + entry.ID}},
	}
}

func groupRecord(name string, created time.Time) map[string]any {
	kind := "OKTA_GROUP"
	if name == "Everyone" {
		kind = "BUILT_IN"
	}
	at := created.UTC().Format(apiTime)
	return map[string]any{
		"id": entityID("00g", name), "created": at, "lastUpdated": at, "lastMembershipUpdated": at,
		"objectClass": []string{"okta:user_group"}, "type": kind, "profile": map[string]any{"name": name, "description": nil},
	}
}
