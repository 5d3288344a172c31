package management

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// UserGroups answers GET /api/v1/users/{id}/groups, in pages tied together by Link headers.
func UserGroups(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		entry, ok := userOf(o, w, r, scopeRead)
		if !ok {
			return
		}
		limit := max(o.Knobs().GroupsPageSize, 1)
		if raw := r.URL.Query().Get("limit"); raw != "" {
			n, err := strconv.Atoi(raw)
			if err != nil || n < 1 {
				wire.WriteAPIError(w, wire.Invalid("limit"), "limit: must be a positive number")
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
			list = append(list, groupRecord(o, name, entry.Created))
		}
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, list)
	}
}

func groupRecord(o *state.Org, name string, created time.Time) map[string]any {
	kind, description := "OKTA_GROUP", any(nil)
	if name == "Everyone" {
		kind, description = "BUILT_IN", "All users in your organization"
	}
	id, at := state.EntityID("00g", name), wire.Time(created)
	link := func(rest string) map[string]any {
		return map[string]any{"href": o.URL() + "/api/v1/groups/" + id + rest}
	}
	return map[string]any{
		"id": id, "created": at, "lastUpdated": at, "lastMembershipUpdated": at,
		"objectClass": []string{"okta:user_group"}, "type": kind, "profile": map[string]any{"name": name, "description": description},
		"_links": map[string]any{"users": link("/users"), "apps": link("/apps")},
	}
}
