package signout

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/browsers"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/language"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// RecentEnough is how long ago people may have proved who they are who end sessions of
// theirs: whoever found this browser open is not to lock its owner out.
const RecentEnough = 10 * time.Minute

// maxDevices is some number of sessions that people can still look through.
const maxDevices = 200

// Devices serves GET PREFIX/sessions: where the person is signed in.
func (s *SignOuts) Devices(c *gin.Context) error {
	p, err := web.QueryParams(c.Request)
	if err != nil {
		return err
	}
	person, err := s.People.BySession(c)
	if err != nil {
		return err
	}
	page := pages.Sessions{
		Frame: s.Display.Frame(c), Action: s.Links.Site.URL(s.Links.EndSessionPath()), SignOut: s.Links.Site.URL(s.Links.LogoutPath()),
		Ended: p.Get("ended") == "1",
	}
	listed, err := s.Sessions.List(c.Request.Context(), person.Subject, "", maxDevices)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		page.OthersUnknown = true
	case err != nil:
		return err
	}
	page.Devices = append(page.Devices, s.device(page.Words, *person.Session, true))
	for _, other := range listed.Sessions {
		if other.ID != person.Session.ID {
			page.Devices = append(page.Devices, s.device(page.Words, other, false))
		}
	}
	page.More = listed.Next != ""
	return s.Display.Page(c, http.StatusOK, page)
}

func (s *SignOuts) device(words *language.Words, of session.Session, this bool) pages.Device {
	shown := pages.Device{
		ID: of.ID, This: this, Browser: browsers.Name(words, of.Browser), Since: words.Minute(of.SignedInAt),
		Seen: browsers.Ago(words, of.SeenAt, s.People.Now()),
	}
	if s.ShowAddress {
		shown.Address = of.Address
	}
	return shown
}

// EndDevice serves POST PREFIX/sessions/end: it ends the person's session id, or with
// others=1 all but this browser's. What has ended already is no error.
func (s *SignOuts) EndDevice(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	p, err := web.FormParams(c.Writer, c.Request)
	if err != nil {
		return err
	}
	person, err := s.People.BySession(c)
	if err != nil {
		return err
	}
	id, others := p.Get("id"), p.Get("others") == "1"
	if !others && (id == "" || id == person.Session.ID) {
		return web.BadRequest("The form must say which other session to end.")
	}
	ctx, reason := c.Request.Context(), "another"
	if err := s.Sessions.AskAnew(ctx, person.Subject); err != nil { // its browser may have a session at Okta
		return err
	}
	var ended []session.Session
	if others {
		reason = "others"
		ended, err = s.Sessions.EndOthers(c.Writer, c.Request)
	} else {
		ended, err = s.Sessions.EndOne(ctx, person.Subject, id)
	}
	s.People.Forget(c)
	s.Revoker.Now(ctx, ended)
	if err != nil {
		return err
	}
	s.Journal.Event(c.Request, journal.SignedOut, person.Subject, reason)
	s.Ended(ctx, person.Subject, "ended_elsewhere")
	web.Redirect(c, http.StatusSeeOther, s.Links.Site.URL(s.Links.SessionsPath())+"?ended=1")
	return nil
}
