package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/templates"
)

const (
	adminPath = "/admin/sessions"

	// operatorsRecent is how long ago operators must have proved who they are.
	operatorsRecent = 15 * time.Minute
)

// operators is the rule of the console: for people of ADMIN_GROUPS who have signed in
// not long ago. Without that setting there is no console.
func (a *App) operators() gin.HandlerFunc {
	if len(a.cfg.AdminGroups) == 0 {
		return a.okta.Handle(a.notFound)
	}
	inGroup, recent := a.okta.RequireGroup(a.cfg.AdminGroups...), a.okta.RequireRecentLogin(operatorsRecent)
	return func(c *gin.Context) {
		if inGroup(c); !c.IsAborted() {
			recent(c)
		}
	}
}

// userIDs are Okta's.
var userIDs = regexp.MustCompile(`^[0-9A-Za-z]{20}$`)

// adminSessions serves GET /admin/sessions: how many people are signed in, and the
// sessions of the person that q names, by email address or Okta user id. Where those are
// not known, it is the people whom the directory finds by q.
func (a *App) adminSessions(c *gin.Context) (templates.AdminSessions, error) {
	page := templates.AdminSessions{
		Base: a.base(c), Now: a.now(), Query: strings.TrimSpace(c.Query("q")), Search: a.okta.URL(adminPath), Action: a.okta.URL(adminPath + "/end"),
		Done: c.Query("done"), AtOkta: a.cfg.APIToken.IsSet(), ByName: a.directory != nil,
	}
	page.Count, page.Counted = a.okta.CountSessions(c.Request.Context())
	for _, hour := range a.okta.LastDay() {
		page.Day = append(page.Day, templates.Hour(hour))
	}
	if len(page.Query) > maxQuery {
		page.Query = ""
	}
	if page.Query == "" {
		return page, nil
	}
	found, err := a.okta.FindSessions(c, page.Query)
	switch {
	case errors.Is(err, auth.ErrUnlisted):
		page.Unlisted = true
	case err != nil:
		return page, err
	}
	if userIDs.MatchString(page.Query) {
		page.Subject = page.Query
	}
	for _, s := range found {
		page.Subject = s.Subject
		page.Sessions = append(page.Sessions, templates.AdminSession(s))
	}
	if page.Subject == "" && page.ByName {
		page.People, page.Unavailable = a.people(c, page.Query)
	}
	return page, nil
}

// people are those whom the directory finds, or why it found nobody.
func (a *App) people(c *gin.Context, words string) (people []templates.AdminPerson, unavailable string) {
	found, err := a.directory.Find(c.Request.Context(), words)
	if err != nil {
		a.log.WarnContext(c.Request.Context(), "people were not found in the directory", "request_id", auth.RequestID(c), "error", err)
		return nil, whyNoRecord(a.okta.Words(c), err)
	}
	for _, person := range found {
		people = append(people, templates.AdminPerson(person))
	}
	return people, ""
}

// maxQuery is as long as an email address can be (RFC 5321).
const maxQuery = 254

// endAdminSession serves POST /admin/sessions/end: it ends the session id of the person
// subject or, without id, all of theirs, at Okta too where OKTA_API_TOKEN is set.
func (a *App) endAdminSession(c *gin.Context) error {
	subject, id := c.PostForm("subject"), c.PostForm("id")
	if subject == "" || len(subject) > maxQuery || len(id) > maxQuery {
		return &auth.Problem{Status: http.StatusBadRequest, Heading: "Whose session?", Detail: "The form does not say whose session to end.", Reason: "bad_request"}
	}
	atOkta, err := a.okta.EndSessionsOf(c, subject, id)
	if err != nil {
		return err
	}
	done := "one"
	switch {
	case id == "" && atOkta:
		done = "okta"
	case id == "":
		done = "all"
	}
	c.Redirect(http.StatusSeeOther, a.okta.URL(adminPath)+"?"+url.Values{"q": {subject}, "done": {done}}.Encode())
	return nil
}
