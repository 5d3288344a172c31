// Package management is the corner of the management API that deals with people.
package management

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// User answers GET /api/v1/users/{id}.
func User(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		entry, ok := userOf(o, w, r, scopeRead)
		if !ok {
			return
		}
		w.Header().Set("ETag", fmt.Sprintf(`W/"%s"`, state.EntityID("", entry.ID+entry.Updated.String())))
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, userRecord(o, entry))
	}
}

func userRecord(o *state.Org, entry state.Entry) map[string]any {
	profile := map[string]any{
		"login": entry.Login, "email": entry.Email, "secondEmail": nil, "mobilePhone": nil,
		"firstName": entry.FirstName, "lastName": entry.LastName, "displayName": entry.FullName(),
	}
	apiNames := map[string]string{"zoneinfo": "timezone", "phone_number": "mobilePhone", "locale": "locale", "nickname": "nickName", "middle_name": "middleName"}
	standard := slices.Concat(state.ScopeClaims["profile"], state.ScopeClaims["email"], state.ScopeClaims["phone"], state.ScopeClaims["address"])
	for name, value := range entry.Profile {
		if name == "locale" {
			value = entry.Locale()
		}
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
