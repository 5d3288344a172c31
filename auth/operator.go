package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/browsers"
	"example.com/okta-gin/auth/internal/journal"
)

// PersonSession is a session as an operator sees it. Nothing in it gives access.
type PersonSession struct {
	ID, Subject, Email, Browser string
	SignedInAt, SeenAt, Ends    time.Time
}

// ErrUnlisted says that only the browsers know who is signed in: sessions are in cookies,
// and there is neither STATE_FILE nor Redis. EndSessionsOf works all the same.
var ErrUnlisted = errors.New("auth: sessions are not listed here")

// Operator is who looks at other people's sessions or ends them, as the log names them:
// by their id at Okta and the address they ask from, or in other words.
type Operator struct{ Name, Client string }

// operator is who asks.
func (a *Auth) operator(c *gin.Context) Operator {
	o := Operator{Client: a.links.Site.Client(c.Request)}
	if caller := a.people.Found(c); caller != nil {
		o.Name = caller.Subject
	}
	return o
}

// FindSessions returns the sessions of the person with that Okta user id or email
// address, the one seen last first, 200 at most. Whoever may see them is up to the app's
// rules. That somebody looked is a log event. It returns ErrUnlisted, and errors that
// Fail answers.
func (a *Auth) FindSessions(c *gin.Context, person string) ([]PersonSession, error) {
	found, err := a.FindSessionsAs(c.Request.Context(), a.operator(c), person)
	for i := range found {
		found[i].Browser = browsers.Name(a.Words(c), found[i].Browser)
	}
	return found, err
}

// FindSessionsAs is FindSessions where there is no request.
func (a *Auth) FindSessionsAs(ctx context.Context, by Operator, person string) ([]PersonSession, error) {
	find := a.sessions.List
	if strings.Contains(person, "@") {
		find = a.sessions.ListEmail
	}
	listed, err := find(ctx, person)
	if errors.Is(err, errors.ErrUnsupported) {
		a.journal.ByOperator(ctx, by.Client, journal.LookedUp, by.Name, "", "")
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
	a.journal.ByOperator(ctx, by.Client, journal.LookedUp, by.Name, subject, "")
	return found, nil
}

// EndSessionsOf ends session id of the person with that Okta user id or, for an empty
// id, all that they have, and then those at Okta where there is an API token: atOkta is
// whether that was done. In any case the next sign-in asks for a password. What was done
// and by whom is a log event.
func (a *Auth) EndSessionsOf(c *gin.Context, subject, id string) (atOkta bool, err error) {
	return a.EndSessionsAs(c.Request.Context(), a.operator(c), subject, id)
}

// EndSessionsAs is EndSessionsOf where there is no request.
func (a *Auth) EndSessionsAs(ctx context.Context, by Operator, subject, id string) (atOkta bool, err error) {
	if atOkta, err = a.signOuts.EndOf(ctx, subject, id); err != nil {
		return atOkta, err
	}
	what := "all"
	if id != "" {
		what = "one"
	}
	a.journal.ByOperator(ctx, by.Client, journal.EndedByOperator, by.Name, subject, what)
	return atOkta, nil
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
