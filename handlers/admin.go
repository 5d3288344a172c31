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
	"example.com/okta-gin/web"
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
// sessions of the person that q names, by email address or Okta user id, on pages, of which
// from names any but the first. Where those are not known, it is the people whom the
// directory finds by q.
func (a *App) adminSessions(c *gin.Context) (templates.AdminSessions, error) {
	page := templates.AdminSessions{
		Base: a.base(c), Now: a.now(), Query: strings.TrimSpace(c.Query("q")), From: c.Query("from"), Search: a.okta.URL(adminPath), Action: a.okta.URL(adminPath + "/end"),
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
	found, err := a.okta.FindSessions(c, page.Query, page.From)
	switch {
	case errors.Is(err, auth.ErrUnlisted):
		page.Unlisted = true
	case err != nil:
		return page, err
	}
	if userIDs.MatchString(page.Query) {
		page.Subject = page.Query
	}
	page.Next = found.Next
	for _, s := range found.Sessions {
		page.Subject = s.Subject
		page.Sessions = append(page.Sessions, templates.AdminSession(s))
	}
	if page.ByDirectory() {
		a.addPeople(c, &page)
	}
	return page, nil
}

// addPeople adds those whom the directory finds, or why it found nobody.
func (a *App) addPeople(c *gin.Context, page *templates.AdminSessions) {
	found, more, err := a.directory.Find(c.Request.Context(), page.Query)
	if err != nil {
		a.log.WarnContext(c.Request.Context(), "people were not found in the directory", "request_id", auth.RequestID(c), "error", err)
		page.Unavailable = whyNoRecord(a.okta.Words(c), err)
		return
	}
	page.MorePeople = more
	for _, person := range found {
		page.People = append(page.People, templates.AdminPerson(person))
	}
}

// maxQuery is as long as an email address can be (RFC 5321).
const maxQuery = 254

// endAdminSession serves POST /admin/sessions/end: it ends the session id of the person
// subject or, without id, all of theirs, at Okta too where OKTA_API_TOKEN is set. After
// one, it leads back to the page from of those that q names.
func (a *App) endAdminSession(c *gin.Context) error {
	form, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	subject, id := form.Get("subject"), form.Get("id")
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
	back := url.Values{"q": {subject}, "done": {done}}
	if query, from := form.Get("q"), form.Get("from"); id != "" && query != "" && len(query) <= maxQuery && len(from) <= maxQuery {
		back.Set("q", query)
		back.Set("from", from)
	}
	c.Redirect(http.StatusSeeOther, a.okta.URL(adminPath)+"?"+back.Encode())
	return nil
}
