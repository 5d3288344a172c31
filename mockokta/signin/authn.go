// Package signin is the org's sign-in engines that scripts drive, without a page of the org's own.
package signin

import (
	"encoding/json"
	"net/http"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

const sessionTokenLifetime = 5 * time.Minute

// Authn answers POST /api/v1/authn, the Classic Engine's primary authentication: a session token that the
// authorize endpoint takes once.
func Authn(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !isJSON(r) {
			wire.WriteAPIError(w, wire.ErrMediaType)
			return
		}
		var body struct {
			Username string `json:"username"`
			Password string `json:"password"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			wire.WriteAPIError(w, wire.ErrMalformed)
			return
		}
		if body.Username == "" {
			wire.WriteAPIError(w, wire.Invalid("authRequest"), "username: The field cannot be left blank")
			return
		}
		person, ok := o.CheckPassword(body.Username, body.Password)
		if !ok {
			wire.WriteAPIError(w, wire.ErrAuthentication)
			return
		}
		token := "20111" + state.RandomID()
		expires := o.Now().Add(sessionTokenLifetime)
		o.SessionTokens.Put(token, person.ID, expires)
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, map[string]any{
			"expiresAt": wire.Time(expires), "status": "SUCCESS", "sessionToken": token,
			"_embedded": map[string]any{"user": map[string]any{
				"id": person.ID, "passwordChanged": wire.Time(person.Created),
				"profile": map[string]any{
					"login": person.Login, "firstName": person.FirstName, "lastName": person.LastName,
					"locale": person.Locale(), "timeZone": person.Profile["zoneinfo"],
				},
			}},
			"_links": map[string]any{"cancel": map[string]any{
				"href": o.URL() + "/api/v1/authn/cancel", "hints": map[string]any{"allow": []string{"POST"}},
			}},
		})
	}
}
