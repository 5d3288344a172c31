package management

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// EndUserSessions answers DELETE /api/v1/users/{id}/sessions: it signs the person out of the org in every
// browser, and with oauthTokens=true makes every token given for them invalid. Sessions of apps live on.
func EndUserSessions(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		entry, ok := userOf(o, w, r, scopeManage)
		if !ok {
			return
		}
		o.EndSessionsOf(entry.ID)
		if r.URL.Query().Get("oauthTokens") == "true" {
			o.RevokeGrantsOf(entry.ID)
		}
		wire.NoStore(w)
		w.WriteHeader(http.StatusNoContent)
	}
}
