package handlers

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/templates"
)

// render answers with a page: the whole of it, or nothing and an error. Every
// page may hold personal data, so none is stored.
func (a *Auth) render(c *gin.Context, status int, page templates.Page) error {
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Status(status)
	if err := a.pages.Render(c.Writer, page); err != nil && !c.Writer.Written() {
		return err
	}
	return nil
}

// errorPage shows a problem to a person. It does not ask who they are: the
// session may be what failed.
func (a *Auth) errorPage(c *gin.Context, p *problem) {
	page := templates.Error{
		Base:          templates.Base{Person: knownPerson(c), Path: c.Request.URL.Path},
		Status:        p.status,
		Heading:       p.heading,
		Message:       p.detail,
		OktaSays:      p.oktaSays,
		RequestID:     requestID(c),
		TryAgain:      p.tryAgain,
		TryAgainLabel: p.tryLabel,
		OtherAccount:  p.otherAccount,
		NeedGroups:    p.needGroups,
	}
	if err := a.render(c, p.status, page); err != nil {
		noteProblem(c, problemOf(err))
		c.Data(http.StatusInternalServerError, "text/plain; charset=utf-8", []byte("Something went wrong here.\n"))
	}
}

// problemJSON shows a problem to a program (RFC 9457).
func (a *Auth) problemJSON(c *gin.Context, p *problem) {
	body, err := json.Marshal(struct {
		Type      string   `json:"type"`
		Title     string   `json:"title"`
		Status    int      `json:"status"`
		Detail    string   `json:"detail"`
		Reason    string   `json:"reason"`
		Groups    []string `json:"groups,omitempty"`
		RequestID string   `json:"request_id"`
	}{"about:blank", p.heading, p.status, p.detail, p.reason, p.needGroups, requestID(c)})
	if err != nil {
		noteProblem(c, problemOf(err))
	}
	c.Header("Cache-Control", "no-store")
	c.Data(p.status, "application/problem+json", body)
}

// isProgram tells scripts from people. Scripts get a status and JSON, never a
// page and never a redirect to Okta, which they could not follow.
func isProgram(r *http.Request) bool {
	if _, bearer := cutBearer(r.Header.Get("Authorization")); bearer || isAPI(r) {
		return true
	}
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		return true
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, apiPrefix) }
