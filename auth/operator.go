package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/session"
)

// PersonSession is a session as an operator sees it. Nothing in it gives access.
type PersonSession struct {
	ID, Subject, Email, Browser string
	SignedInAt, SeenAt, Ends    time.Time
}

// ErrUnlisted says that only the browsers know who is signed in: sessions are in cookies,
// and there is neither STATE_FILE nor Redis. EndSessionsOf works all the same.
var ErrUnlisted = errors.New("auth: sessions are not listed here")

// FindSessions returns the sessions of the person with that Okta user id or email
// address, the one seen last first, 200 at most. Whoever may see them is up to the app's
// rules. That somebody looked is a log event. It returns ErrUnlisted, and errors that
// Fail answers.
func (a *Auth) FindSessions(c *gin.Context, person string) ([]PersonSession, error) {
	find := a.sessions.List
	if strings.Contains(person, "@") {
		find = a.sessions.ListEmail
	}
	listed, err := find(c.Request.Context(), person)
	if errors.Is(err, errors.ErrUnsupported) {
		a.journal.ByOperator(c.Request, journal.LookedUp, a.operator(c), "", "")
		return nil, ErrUnlisted
	}
	if err != nil {
		return nil, err
	}
	found, subject := make([]PersonSession, 0, len(listed)), ""
	for _, s := range listed {
		subject = s.Subject
		found = append(found, PersonSession{
			ID: s.ID, Subject: s.Subject, Email: s.Email, Browser: s.Browser, SignedInAt: s.SignedInAt, SeenAt: s.SeenAt, Ends: a.sessions.IdleEnds(&s),
		})
	}
	a.journal.ByOperator(c.Request, journal.LookedUp, a.operator(c), subject, "")
	return found, nil
}

// EndSessionsOf ends session id of the person with that Okta user id or, for an empty
// id, all that they have, and then those at Okta where there is an API token: atOkta is
// whether that was done. In any case the next sign-in asks for a password. What was done
// and by whom is a log event.
func (a *Auth) EndSessionsOf(c *gin.Context, subject, id string) (atOkta bool, err error) {
	ctx, what := c.Request.Context(), "all"
	var ended []session.Session
	if id != "" {
		what = "one"
		err = a.sessions.AskAnew(ctx, subject)
		if err == nil {
			ended, err = a.signOuts.endListed(ctx, subject, id)
		}
	} else {
		ended, err = a.signOuts.endAll(ctx, subject)
		oktaErr := a.signOuts.endAtOkta(ctx, subject)
		if atOkta = oktaErr == nil; !atOkta && !errors.Is(oktaErr, errNoToken) {
			a.journal.Warn(c.Request, "the sessions at Okta were not ended", oktaErr)
		}
	}
	a.signOuts.revoker.Now(ctx, ended)
	if err != nil {
		return atOkta, err
	}
	a.journal.ByOperator(c.Request, journal.EndedByOperator, a.operator(c), subject, what)
	a.signOuts.hooks.ended(ctx, subject, "ended_by_operator")
	return atOkta, nil
}

// operator is who asks, by their id at Okta.
func (a *Auth) operator(c *gin.Context) string {
	if caller := a.people.found(c); caller != nil {
		return caller.Subject
	}
	return ""
}

// CountSessions returns how many sessions are active, and ok where that is known.
func (a *Auth) CountSessions(ctx context.Context) (n int64, ok bool) {
	n, err := a.sessions.Count(ctx)
	return n, err == nil
}

// Hour is what happened in one hour of this process.
type Hour = journal.Hour

// LastDay returns the last 24 hours of this process, the oldest first; the last one is
// not over.
func (a *Auth) LastDay() []Hour { return a.journal.LastDay() }
