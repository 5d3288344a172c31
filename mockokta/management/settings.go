package management

import (
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Scopes of the management API for what administrators set up.
const (
	scopeApps    = "okta.apps.read"
	scopeServers = "okta.authorizationServers.read"
	scopeTokens  = "okta.apiTokens.read"
	scopeRoles   = "okta.roles.read"
)

// tokenWindow is for how long an API token lives without being used.
const tokenWindow = 30 * 24 * time.Hour

// App answers GET /api/v1/apps/{id} with an app integration.
func App(o *state.Org) http.HandlerFunc {
	return behind(o, scopeApps, func(w http.ResponseWriter, r *http.Request) {
		client := o.Client(r.PathValue("id"))
		if client == nil {
			wire.WriteAPIError(w, wire.NotFound(r.PathValue("id")+" (AppInstance)"))
			return
		}
		wire.JSON(w, http.StatusOK, map[string]any{
			"id": client.ID, "name": "oidc_client", "label": client.Name, "status": "ACTIVE", "signOnMode": "OPENID_CONNECT",
			"settings": map[string]any{"oauthClient": map[string]any{
				"redirect_uris": client.RedirectURIs, "post_logout_redirect_uris": client.LogoutURIs, "grant_types": client.Grants, "response_types": []string{"code"},
			}},
		})
	})
}

// Policies answers GET /api/v1/authorizationServers/{as}/policies: one for every client, or none with Knobs.NoPolicy.
func Policies(o *state.Org) http.HandlerFunc {
	return ofServer(o, func(w http.ResponseWriter, _ *http.Request) {
		list := []any{}
		if !o.Knobs().NoPolicy {
			list = append(list, map[string]any{
				"id": state.EntityID("00p", "policy"), "name": "Default Policy", "type": "OAUTH_AUTHORIZATION_POLICY", "status": "ACTIVE",
				"conditions": map[string]any{"clients": map[string]any{"include": []string{"ALL_CLIENTS"}}},
			})
		}
		wire.JSON(w, http.StatusOK, list)
	})
}

// Claims answers GET /api/v1/authorizationServers/{as}/claims: groups, as Knobs.OmitGroups and OmitAccessGroups leave it.
func Claims(o *state.Org) http.HandlerFunc {
	return ofServer(o, func(w http.ResponseWriter, _ *http.Request) {
		list := []any{claimRecord("sub", "RESOURCE", "SYSTEM")}
		if !o.Knobs().OmitGroups {
			list = append(list, claimRecord("groups", "IDENTITY", "GROUPS"))
		}
		if !o.Knobs().OmitAccessGroups {
			list = append(list, claimRecord("groups", "RESOURCE", "GROUPS"))
		}
		wire.JSON(w, http.StatusOK, list)
	})
}

func claimRecord(name, kind, values string) map[string]any {
	return map[string]any{"id": state.EntityID("ocl", name+kind), "name": name, "status": "ACTIVE", "claimType": kind, "valueType": values}
}

// Tokens answers GET /api/v1/api-tokens: the one that there is, made at Knobs.APITokenMade.
func Tokens(o *state.Org) http.HandlerFunc {
	return behind(o, scopeTokens, func(w http.ResponseWriter, _ *http.Request) {
		maker, _ := o.Find(firstAdmin(o))
		made := o.Knobs().APITokenMade
		if made.IsZero() {
			made = maker.Created
		}
		wire.JSON(w, http.StatusOK, []any{map[string]any{
			"id": state.EntityID("00T", "token"), "name": "mock", "userId": maker.ID, "clientName": "Okta API", "tokenWindow": "P30D",
			"created": wire.Time(made), "lastUpdated": wire.Time(o.Now()), "expiresAt": wire.Time(o.Now().Add(tokenWindow)),
		}})
	})
}

// Roles answers GET /api/v1/users/{id}/roles: an administrator's are those of Knobs.AdminRoles.
func Roles(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		entry, ok := userOf(o, w, r, scopeRoles)
		if !ok {
			return
		}
		list := []any{}
		if entry.ID == firstAdmin(o) {
			for _, role := range o.Knobs().AdminRoles {
				list = append(list, map[string]any{"id": state.EntityID("ra1", role), "label": role, "type": role, "status": "ACTIVE", "assignmentType": "USER"})
			}
		}
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, list)
	}
}

// ofServer lets callers through who may read authorization servers, and ask for the one that there is.
func ofServer(o *state.Org, next http.HandlerFunc) http.HandlerFunc {
	return behind(o, scopeServers, func(w http.ResponseWriter, r *http.Request) {
		if id := r.PathValue("as"); id != o.Custom.ID {
			wire.WriteAPIError(w, wire.NotFound(id+" (AuthorizationServer)"))
			return
		}
		next(w, r)
	})
}

// behind lets callers through who have the scope.
func behind(o *state.Org, scope string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := identify(o, w, r, scope); ok {
			wire.NoStore(w)
			next(w, r)
		}
	}
}
