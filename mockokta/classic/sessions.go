package classic

import (
	"net/http"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// CreateSession answers POST /api/v1/sessions: a session token becomes a session.
func (e *Engine) CreateSession(w http.ResponseWriter, r *http.Request) {
	var body struct {
		SessionToken string `json:"sessionToken"`
	}
	if !readJSON(w, r, &body) {
		return
	}
	proof, found := e.org.SessionTokens.Take(body.SessionToken)
	if !found {
		wire.WriteAPIError(w, wire.ErrAuthentication)
		return
	}
	writeSession(e.org, w, e.org.StartSession(w, r, proof))
}

// MySession answers GET and DELETE /api/v1/sessions/me: it shows the browser's own session, or ends it.
func (e *Engine) MySession(w http.ResponseWriter, r *http.Request) {
	s := e.org.Session(r)
	if s == nil {
		wire.WriteAPIError(w, wire.NotFound("me (Session)"))
		return
	}
	if r.Method == http.MethodDelete {
		e.org.EndSession(w, s)
		wire.NoStore(w)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeSession(e.org, w, s)
}

func writeSession(o *state.Org, w http.ResponseWriter, s *state.Session) {
	entry, _ := o.Find(s.UserID)
	var factorAt any
	if s.Level > 1 {
		factorAt = wire.Time(s.AuthTime)
	}
	wire.NoStore(w)
	wire.JSON(w, http.StatusOK, map[string]any{
		"id": s.PublicID(), "userId": s.UserID, "login": entry.Login, "status": "ACTIVE",
		"createdAt": wire.Time(s.AuthTime), "expiresAt": wire.Time(o.Now().Add(state.SessionIdle)),
		"lastPasswordVerification": wire.Time(s.AuthTime), "lastFactorVerification": factorAt,
		"amr": s.AMR, "idp": map[string]any{"id": state.OrgID, "type": "OKTA"}, "mfaActive": len(entry.Factors()) > 0,
		"_links": map[string]any{
			"self": link(o.URL()+"/api/v1/sessions/me", http.MethodGet), "refresh": link(o.URL()+"/api/v1/sessions/me/lifecycle/refresh", http.MethodPost),
			"user": named(entry.FullName(), link(o.URL()+"/api/v1/users/"+s.UserID, http.MethodGet)),
		},
	})
}
