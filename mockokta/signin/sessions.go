package signin

import (
	"encoding/json"
	"mime"
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// CreateSession answers POST /api/v1/sessions: a session token becomes a session.
func CreateSession(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !isJSON(r) {
			wire.WriteAPIError(w, wire.ErrMediaType)
			return
		}
		var body struct {
			SessionToken string `json:"sessionToken"`
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			wire.WriteAPIError(w, wire.ErrMalformed)
			return
		}
		userID, found := o.SessionTokens.Take(body.SessionToken)
		if !found {
			wire.WriteAPIError(w, wire.ErrAuthentication)
			return
		}
		writeSession(o, w, o.StartSession(w, r, userID, 1))
	}
}

// MySession answers GET and DELETE /api/v1/sessions/me: it shows the browser's own session, or ends it.
func MySession(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s := o.Session(r)
		if s == nil {
			wire.WriteAPIError(w, wire.NotFound("me (Session)"))
			return
		}
		if r.Method == http.MethodDelete {
			o.EndSession(w, s)
			wire.NoStore(w)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		writeSession(o, w, s)
	}
}

func writeSession(o *state.Org, w http.ResponseWriter, s *state.Session) {
	entry, _ := o.Find(s.UserID)
	link := func(path, method string) map[string]any {
		return map[string]any{"href": o.URL() + path, "hints": map[string]any{"allow": []string{method}}}
	}
	wire.NoStore(w)
	wire.JSON(w, http.StatusOK, map[string]any{
		"id": s.PublicID(), "userId": s.UserID, "login": entry.Login, "status": "ACTIVE",
		"createdAt": wire.Time(s.AuthTime), "expiresAt": wire.Time(o.Now().Add(state.SessionIdle)),
		"lastPasswordVerification": wire.Time(s.AuthTime), "lastFactorVerification": nil,
		"amr": s.AMR, "idp": map[string]any{"id": state.OrgID, "type": "OKTA"}, "mfaActive": false,
		"_links": map[string]any{
			"self": link("/api/v1/sessions/me", "GET"), "refresh": link("/api/v1/sessions/me/lifecycle/refresh", "POST"),
			"user": map[string]any{"name": entry.FullName(), "href": o.URL() + "/api/v1/users/" + s.UserID, "hints": map[string]any{"allow": []string{"GET"}}},
		},
	})
}

// isJSON says whether a request's body is JSON by its type.
func isJSON(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
