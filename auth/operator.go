package auth

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/browsers"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// PersonSession is a session as an operator sees it. Nothing in it gives access.
type PersonSession struct {
	ID, Subject, Email, Browser string
	Address                     string // empty without SESSION_SHOW_ADDRESS
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

// FoundSessions are a page of somebody's sessions.
type FoundSessions struct {
	// Sessions are those of the page, the one seen last first. There may be none, also
	// where pages follow.
	Sessions []PersonSession

	// Next is what gives the next page. It is empty on the last.
	Next string
}

// foundPage is how many sessions a page has, where there are as many and about.
const foundPage = 50

// FindSessions returns a page of the sessions of the person with that Okta user id or
// email address, of some fifty: the first for an empty from, or the one after the page
// whose Next it is. However many there are, each page costs the same. Whoever may see them
// is up to the app's rules. That somebody looked is a log event. It returns ErrUnlisted,
// and errors that Fail answers: a from that is no Next is a bad request.
func (a *Auth) FindSessions(c *gin.Context, person, from string) (FoundSessions, error) {
	found, err := a.findSessions(c.Request.Context(), person, from)
	switch {
	case errors.Is(err, session.ErrNoPart):
		return found, web.BadRequest("The list of sessions has no such page.")
	case err == nil || errors.Is(err, ErrUnlisted):
		a.lookedUp(c.Request.Context(), a.operator(c), found.Sessions)
	}
	for i := range found.Sessions {
		found.Sessions[i].Browser = browsers.Name(a.Words(c), found.Sessions[i].Browser)
	}
	return found, err
}

// AllSessionsAs yields the sessions that FindSessions finds, of all pages, where there is
// no request, or an error in the end.
func (a *Auth) AllSessionsAs(ctx context.Context, by Operator, person string) iter.Seq2[PersonSession, error] {
	return func(yield func(PersonSession, error) bool) {
		found, err := a.findSessions(ctx, person, "")
		if err == nil || errors.Is(err, ErrUnlisted) {
			a.lookedUp(ctx, by, found.Sessions)
		}
		for {
			if err != nil {
				yield(PersonSession{}, err)
				return
			}
			for _, s := range found.Sessions {
				if !yield(s, nil) {
					return
				}
			}
			if found.Next == "" {
				return
			}
			found, err = a.findSessions(ctx, person, found.Next)
		}
	}
}

func (a *Auth) findSessions(ctx context.Context, person, from string) (found FoundSessions, err error) {
	find := a.sessions.List
	if strings.Contains(person, "@") {
		find = a.sessions.ListEmail
	}
	part, err := find(ctx, person, from, foundPage)
	if errors.Is(err, errors.ErrUnsupported) {
		return found, ErrUnlisted
	}
	if err != nil {
		return found, err
	}
	found.Next = part.Next
	for _, s := range part.Sessions {
		shown := PersonSession{
			ID: s.ID, Subject: s.Subject, Email: s.Email, Browser: s.Browser, SignedInAt: s.SignedInAt, SeenAt: s.SeenAt, Ends: a.sessions.IdleEnds(&s),
		}
		if a.signOuts.ShowAddress {
			shown.Address = s.Address
		}
		found.Sessions = append(found.Sessions, shown)
	}
	return found, nil
}

func (a *Auth) lookedUp(ctx context.Context, by Operator, found []PersonSession) {
	subject := ""
	if len(found) > 0 {
		subject = found[0].Subject
	}
	a.journal.ByOperator(ctx, by.Client, journal.LookedUp, by.Name, subject, "")
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
