// Package timeleft tells scripts how much longer the session of whoever asks lasts, and
// has it go on.
package timeleft

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/caller"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// Options are what a Teller goes by.
type Options struct {
	Links       links.Links
	People      *people.People
	Sessions    *session.Sessions
	CrossOrigin web.CrossOrigin
	Now         func() time.Time

	IdleTimeout, MaxAge time.Duration // of a session
}

// Teller tells how much longer sessions last. It is safe for concurrent use.
type Teller struct{ Options }

// New returns a Teller.
func New(o Options) *Teller { return &Teller{o} }

// State is whose session it is and when it ends, for scripts. Of nobody it has Now alone.
type State struct {
	SignedIn bool       `json:"signed_in"`
	Subject  string     `json:"subject,omitempty"`
	Name     string     `json:"name,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Ends     *time.Time `json:"ends,omitempty"`      // at the latest
	IdleEnds *time.Time `json:"idle_ends,omitempty"` // if the person does nothing more; never later than Ends
	Now      time.Time  `json:"now"`                 // by the clock that the others go by
}

// Tell serves GET PREFIX/session: a State, also of nobody. It moves no time forward, so
// that a page can ask without keeping the session alive.
func (t *Teller) Tell(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	s, err := t.Sessions.Peek(c.Request)
	if errors.Is(err, session.ErrNone) {
		c.JSON(http.StatusOK, t.state(nil))
		return nil
	}
	if err != nil {
		return err
	}
	person, err := t.People.Of(s)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, t.state(person))
	return nil
}

// GoOn serves POST PREFIX/session: the person goes on, so the idle time begins anew. It
// answers with the State after that, and with 401 to nobody.
func (t *Teller) GoOn(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := t.CrossOrigin.Check(c.Request); err != nil {
		return err
	}
	person, err := t.People.BySession(c)
	if errors.Is(err, session.ErrNone) {
		return t.Links.NotSignedIn(links.CookieChallenge)
	}
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, t.state(person))
	return nil
}

// state is that of person, nil for nobody. Times are in milliseconds, as scripts have them.
func (t *Teller) state(person *caller.Caller) State {
	s := State{Now: inMilliseconds(t.Now())}
	if person == nil || !person.SignedIn() {
		return s
	}
	since, ends, idle := inMilliseconds(person.SignedInAt), inMilliseconds(person.Ends), inMilliseconds(person.IdleEnds)
	s.SignedIn, s.Subject, s.Name = true, person.Subject, person.Name()
	s.Since, s.Ends, s.IdleEnds = &since, &ends, &idle
	return s
}

func inMilliseconds(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
