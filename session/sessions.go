package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	ginsessions "github.com/gin-contrib/sessions"

	"example.com/okta-gin/session/internal/seal"
	"example.com/okta-gin/session/over"
	"example.com/okta-gin/session/underway"
)

// Sessions are the sessions of one app: it knows who is signed in, and everything
// else that the app keeps in people's browsers. It needs no middleware: it reads a
// request's session when first asked, once, and notes it in the request's
// context by the name of its cookie, so that several may serve one request. It is
// safe for concurrent use, though not by goroutines of one request.
type Sessions struct {
	store    store
	opener   opener
	ended    Ended
	realm    realm
	now      func() time.Time
	ring     *seal.Ring
	attempts *underway.Attempts
	signOuts *underway.SignOuts
}

// Current returns the session of the browser that sent r, read once per request.
// Where it is time, it moves SeenAt forward and seals the session under the first
// secret, by setting the cookies at once: call it before the response is written.
// The result is shared by all of the request: change a copy and give that to Save.
//
// It returns ErrNone when nobody is signed in and ErrUnavailable when that is
// not known. It never deletes a cookie: a late answer could delete the cookie of
// a new sign-in.
func (s *Sessions) Current(w http.ResponseWriter, r *http.Request) (*Session, error) {
	e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	if e.err != nil {
		return nil, e.err
	}
	if !e.stale {
		return e.session, nil
	}
	e.stale = false
	if err := s.store.touch(w, r, e); errors.Is(err, ErrNone) {
		*e = entry{err: ErrNone}
		return nil, ErrNone
	}
	return e.session, nil // what could not be touched is still what was read
}

// Peek is Current for a request that must change nothing: it moves no time forward
// and sets no cookie.
func (s *Sessions) Peek(r *http.Request) (*Session, error) {
	e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	return e.session, e.err
}

// Start signs a person in: it ends the browser's former session, if there is
// one, and returns it, so that its tokens can be revoked. It keeps session under a
// new ID, with its times set. session needs a subject and
// claims.
//
// It returns ErrTooLarge or, as one of these, ErrTooLargeForCookies, and nobody is
// signed in then. It returns ErrUnavailable. former is given with an error too, if it
// has ended.
func (s *Sessions) Start(w http.ResponseWriter, r *http.Request, session Session) (former *Session, err error) {
	e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	if errors.Is(e.err, ErrUnavailable) {
		return nil, e.err
	}
	if err := checkContent(&session); err != nil {
		return nil, err
	}
	former = e.session
	if err := s.end(w, r, e, false); err != nil {
		return nil, err
	}
	started, err := s.store.start(w, r, &session)
	if err != nil {
		return former, fmt.Errorf("start session: %w", err)
	}
	*e = started
	return former, nil
}

// Save keeps changed content, such as renewed tokens, of the session that Current
// returned: session must have its ID. Its times stay what they were.
//
// It returns ErrNone if that session has ended meanwhile, ErrTooLarge, and
// ErrUnavailable. Then what was kept before stays.
func (s *Sessions) Save(w http.ResponseWriter, r *http.Request, session *Session) error {
	e, err := s.entry(r)
	if err != nil {
		return err
	}
	if e.err != nil {
		return e.err
	}
	if session.ID != e.session.ID {
		return ErrNone
	}
	next := *session // which requests share
	if err := checkContent(&next); err != nil {
		return err
	}
	next.SignedInAt, next.SeenAt, next.EndsAt = e.session.SignedInAt, e.session.SeenAt, e.session.EndsAt
	if err := s.store.save(w, r, e, &next); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// Reload reads the session again, for when another request has ended it, or another
// process has renewed its tokens. With cookies and no replicas only the browser could
// know newer tokens. Its errors are those of Current.
func (s *Sessions) Reload(w http.ResponseWriter, r *http.Request) (*Session, error) {
	e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	*e = s.store.reload(r, e)
	return s.Current(w, r)
}

// Over reports whether session has been ended, here or elsewhere, or has come to the end
// that it has whatever the person does: for what outlives the request that began it. It
// asks the store, and changes nothing. It returns ErrUnavailable.
func (s *Sessions) Over(ctx context.Context, session *Session) (bool, error) {
	if !s.now().Before(s.Ends(session)) {
		return true, nil
	}
	copied := *session // which requests share
	over, err := s.store.over(ctx, &copied)
	if err != nil {
		return false, fmt.Errorf("ask whether a session is over: %w", err)
	}
	return over, nil
}

// End signs this browser out: its cookies are deleted, readable or not, and the
// session is over, also for a copy of the cookies and for a late answer that
// would set them again. It is no error if nobody is signed in. On ErrUnavailable
// the cookies are deleted, but a copy of them may still work.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request) error {
	e, err := s.entry(r)
	if err != nil {
		return err
	}
	return s.end(w, r, e, true)
}

func (s *Sessions) end(w http.ResponseWriter, r *http.Request, e *entry, signOut bool) error {
	if err := s.store.end(w, r, e, signOut); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	*e = entry{err: ErrNone}
	return nil
}

// Former returns the session that this browser sent although it was signed out
// by End within the last ten minutes. It is for the second half of a sign-out that
// was asked for twice, and vouches for nobody. It returns ErrNone and
// ErrUnavailable.
func (s *Sessions) Former(r *http.Request) (*Session, error) { return s.store.former(r) }

// Lapsed returns the session that this browser sent although it ended by time
// within the last day, and whose refresh token is still good, so that the caller
// revokes it. It returns each session once, and never the one that is signed in, of
// which an old copy may be there too. It returns ErrNone and ErrUnavailable.
func (s *Sessions) Lapsed(r *http.Request) (*Session, error) {
	e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	if e.err != nil && !errors.Is(e.err, ErrNone) {
		return nil, e.err
	}
	return s.store.takeLapsed(r, e)
}

// EndAll ends every session that subject has anywhere, and returns those
// the store knows, so that their refresh tokens can be revoked. Where cookies keep
// sessions it knows none. The cookies of the browser that asks are End's
// business. It may return both sessions and ErrUnavailable.
func (s *Sessions) EndAll(ctx context.Context, subject string) ([]Session, error) {
	return s.endAll(ctx, s.realm.person(subject))
}

// EndOktaSession is EndAll for the sessions that began with one session at Okta, the
// `sid` of its tokens.
func (s *Sessions) EndOktaSession(ctx context.Context, sid string) ([]Session, error) {
	return s.endAll(ctx, s.realm.oktaSession(sid))
}

// EndEmail is EndAll for the sessions of whoever has that email address, in any case of
// letters.
func (s *Sessions) EndEmail(ctx context.Context, address string) ([]Session, error) {
	return s.endAll(ctx, s.realm.email(address))
}

func (s *Sessions) endAll(ctx context.Context, name string) ([]Session, error) {
	ended, err := s.store.endAll(ctx, name)
	if err != nil {
		return ended, fmt.Errorf("end all sessions: %w", err)
	}
	return ended, nil
}

// AskAnew notes that a sign-in of subject counts only where the person authenticated
// from now on: see AuthenticatedFrom. It returns ErrUnavailable.
func (s *Sessions) AskAnew(ctx context.Context, subject string) error {
	now := s.now().UTC()
	mark := Mark{Name: s.realm.askAnew(subject), UpTo: now, Until: now.Add(longestAge)}
	if err := s.ended.End(ctx, mark); err != nil {
		return fmt.Errorf("note that a person is to be asked anew: %w", err)
	}
	return nil
}

// AuthenticatedFrom returns the time from which on subject must have authenticated, zero
// for any. It is up to whoever starts sessions to look. It returns ErrUnavailable.
func (s *Sessions) AuthenticatedFrom(ctx context.Context, subject string) (time.Time, error) {
	marks, err := s.ended.Has(ctx, s.realm.askAnew(subject))
	if err != nil {
		return time.Time{}, fmt.Errorf("ask since when a person counts: %w", err)
	}
	return marks[0], nil
}

// Claim reports whether it is the first call for name, and remembers it until
// then: of any number of calls at once, by all who share the memory of what is over,
// exactly one is the first. It returns ErrUnavailable.
func (s *Sessions) Claim(ctx context.Context, name string, until time.Time) (first bool, err error) {
	return s.ended.Claim(ctx, s.realm.app(name), until)
}

// RenewLock makes one process at a time renew the tokens of session id.
// ok is false while another holds the lock, which falls off after ttl; call
// unlock when ok. A process on its own that keeps sessions in cookies always gets
// ok. It returns ErrUnavailable.
func (s *Sessions) RenewLock(ctx context.Context, id string, ttl time.Duration) (unlock func(), ok bool, err error) {
	return s.store.RenewLock(ctx, id, ttl)
}

// Ping returns ErrUnavailable when the store can't be asked.
func (s *Sessions) Ping(ctx context.Context) error { return s.store.Ping(ctx) }

// Count returns how many sessions are active, errors.ErrUnsupported where the
// browsers keep them, and ErrUnavailable.
func (s *Sessions) Count(ctx context.Context) (int64, error) { return s.store.Count(ctx) }

// Memory returns the figures of the memory of what is over, and ok if that is this
// process's own.
func (s *Sessions) Memory() (counts over.Counts, ok bool) {
	memory, ok := s.ended.(interface{ Counts() over.Counts })
	if !ok {
		return over.Counts{}, false
	}
	return memory.Counts(), true
}

// Opened says how many opened sessions this process remembers, and how many it may.
func (s *Sessions) Opened() (used, most int) { return s.opener.remembered() }

// IdleEnds returns when session ends if the person does nothing more. It is
// never later than Ends.
func (s *Sessions) IdleEnds(session *Session) time.Time { return s.store.IdleEnds(session) }

// Ends returns when session ends whatever the person does.
func (s *Sessions) Ends(session *Session) time.Time { return s.store.Ends(session) }

// TakeSecrets replaces Options.Secrets from now on: what none of secrets opens is worth
// nothing, also where it was opened before. It is an error if there is none, or one is too
// short: nothing has changed then.
func (s *Sessions) TakeSecrets(secrets [][]byte) error { return s.ring.Replace(secrets) }

// Attempts keeps this app's sign-ins on their way.
func (s *Sessions) Attempts() *underway.Attempts { return s.attempts }

// SignOuts keeps this app's sign-outs on their way.
func (s *Sessions) SignOuts() *underway.SignOuts { return s.signOuts }

// Store is the gin-contrib store below. It holds sign-ins and nothing else, under
// the name CookieName.
func (s *Sessions) Store() ginsessions.Store { return s.store }

// CookieName is the whole name of the session's cookie.
func (s *Sessions) CookieName() string { return s.store.cookieName() }

// entry returns what the request's session is, read once.
func (s *Sessions) entry(r *http.Request) (*entry, error) { return s.store.noted(r) }
