package mockokta

import (
	"encoding/json"
	"mime"
	"net/http"
	"time"
)

const sessionTokenLifetime = 5 * time.Minute

// serveAuthn answers POST /api/v1/authn, the Classic Engine's primary authentication: a session token that the
// authorize endpoint takes once.
func (o *Org) serveAuthn(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		writeAPIError(w, errMediaType)
		return
	}
	var body struct {
		Username string `json:"username"`
		Password string `json:"password"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		writeAPIError(w, errMalformed)
		return
	}
	if body.Username == "" {
		writeAPIError(w, errValidation, "username: The field cannot be left blank")
		return
	}
	person, ok := o.checkPassword(body.Username, body.Password)
	if !ok {
		writeAPIError(w, errAuthentication)
		return
	}
	token := "20111" + randomID()
	expires := o.now().Add(sessionTokenLifetime)
	o.sessionTokens.put(token, person.ID, expires)
	noStore(w)
	writeJSON(w, http.StatusOK, map[string]any{
		"expiresAt": expires.UTC().Format(apiTime), "status": "SUCCESS", "sessionToken": token,
		"_embedded": map[string]any{"user": map[string]any{
			"id": person.ID, "passwordChanged": person.created.UTC().Format(apiTime),
			"profile": map[string]any{
				"login": person.Login, "firstName": person.FirstName, "lastName": person.LastName,
				"locale": person.Profile["locale"], "timeZone": person.Profile["zoneinfo"],
			},
		}},
		"_links": map[string]any{"cancel": map[string]any{
			"href": o.url + "/api/v1/authn/cancel", "hints": map[string]any{"allow": []string{"POST"}},
		}},
	})
}
