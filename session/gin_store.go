package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	ginsessions "github.com/gin-contrib/sessions"
	"github.com/gorilla/sessions"

	"example.com/okta-gin/notes"
)

// store keeps sessions, in cookies or in Redis. IdleEnds, Ends, RenewLock, Ping and
// Count are what Sessions says of them.
type store interface {
	ginsessions.Store
	keeper

	// noted returns what the request's session is, read once, or an error where another
	// store was first with the name of its cookie.
	noted(r *http.Request) (*entry, error)

	IdleEnds(s *Session) time.Time
	Ends(s *Session) time.Time

	// endAll ends all sessions that have name among those of realm.of, and returns those
	// it knows.
	endAll(ctx context.Context, name string) ([]Session, error)

	// over reports whether s was ended. It may set Stale in one that was not.
	over(ctx context.Context, s *Session) (bool, error)

	// renewPerson makes the sessions stale that subject has and that can be renewed, and
	// ends the others, of which it returns those it knows.
	renewPerson(ctx context.Context, subject string) ([]Session, error)

	// knows reports whether a session may be there that began with the session sid at Okta.
	knows(ctx context.Context, sid string) (bool, error)

	// listOf looks at up to max of the sessions that have name among those of realm.of,
	// from there on, and returns those that are alive, without tokens, and from where to
	// go on: empty at the end. from is empty for the start, or ErrNoPart is returned where
	// no listOf has returned it.
	listOf(ctx context.Context, name, from string, max int) (alive []Session, next string, err error)

	// endOne ends the session of that id if it is subject's, and returns what it knows of
	// it.
	endOne(ctx context.Context, subject, id string) ([]Session, error)

	// endOthers ends the sessions of the entry's person but the entry's own, and returns
	// those it knows.
	endOthers(w http.ResponseWriter, r *http.Request, e *entry) ([]Session, error)

	RenewLock(ctx context.Context, id string, ttl time.Duration) (unlock func(), ok bool, err error)
	Ping(ctx context.Context) error
	Count(ctx context.Context) (int64, error)
}

// keeper is what a store does in its own way.
type keeper interface {
	cookieName() string

	// load reads the request's session. It changes nothing.
	load(r *http.Request) entry

	// start gives session its id and times, and keeps it.
	start(w http.ResponseWriter, r *http.Request, session *Session) (entry, error)

	// touch marks the entry's session as seen now, and seals it under the first
	// secret. It changes no other content, also not what someone else saved meanwhile.
	touch(w http.ResponseWriter, r *http.Request, e *entry) error

	// save keeps next in place of the entry's session, or returns ErrNone if that
	// has ended.
	save(w http.ResponseWriter, r *http.Request, e *entry, next *Session) error

	// reload reads the entry's session again if someone else can have changed it.
	reload(r *http.Request, e *entry) entry

	// end ends the entry's session, if it has one, and deletes the cookies even so
	// and even on an error. What was signed out, former finds for a while.
	end(w http.ResponseWriter, r *http.Request, e *entry, signOut bool) error

	// former returns the request's session if it was signed out not long ago, or
	// ErrNone.
	former(r *http.Request) (*Session, error)

	// takeLapsed returns a session that the request brought, ended by time, with a
	// refresh token, and not the entry's: once, or ErrNone.
	takeLapsed(r *http.Request, e *entry) (*Session, error)
}

// formerKept is for how long former finds what was signed out.
const formerKept = 10 * time.Minute

// entry is what a gin-contrib session of ours holds: the session as it was
// read, or why there is none. The error is kept here because gin-contrib's
// sessions.Default would log it and go on without.
type entry struct {
	session *Session // may be known in spite of an err
	err     error
	stale   bool // to be touched
	opened  openedKey

	token string // in Redis: what the cookie holds
	mark  string // in Redis: tells the sealed value that was read from later ones
}

// entryKey is the one key among a gin-contrib session's values. It differs from store
// to store: of two with one cookie name, neither believes what the other has read.
type entryKey struct{ keeper }

// ginStore makes a keeper a gin-contrib store, which remembers what was read among
// the request's notes, and ends a session whose values are cleared. It has no place
// for other values.
type ginStore struct {
	keeper
}

func (s ginStore) key() entryKey { return entryKey(s) }

// noteKey is the key among a request's notes of what its cookie of that name holds.
type noteKey struct{ cookieName string }

// noted is what one store has read of a cookie.
type noted struct {
	by keeper
	entry
	foreign error // says that the name is another store's
}

// noted returns what the request's session is, read once, or an error where another store
// was first with the name of its cookie.
func (s ginStore) noted(r *http.Request) (*entry, error) {
	begun, known := notes.Begin(r)
	if begun != r {
		*r = *begun
	}
	key := noteKey{s.cookieName()}
	n, found := known.Get(key).(*noted)
	if !found {
		n = &noted{by: s.keeper, entry: s.load(r)}
		known.Put(key, n)
		if n.session == nil {
			n.foreign = s.checkName(r)
		}
	}
	if n.by != s.keeper {
		return nil, s.anothers()
	}
	return &n.entry, n.foreign
}

// checkName returns an error where the library has a session of another store by the name
// of this one's. Only who has no session here need know: the other would have written over
// its cookie.
func (s ginStore) checkName(r *http.Request) error {
	session, err := sessions.GetRegistry(r).Get(s, s.cookieName())
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if _, ours := session.Values[s.key()]; !ours { // another store was first, or someone cleared the values
		return s.anothers()
	}
	return nil
}

func (s ginStore) anothers() error {
	return fmt.Errorf("session: the name %s is another store's in this request", s.cookieName())
}

// Get returns the request's gin-contrib session, read once.
func (s ginStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the request's session. It never fails: the entry knows why there is
// none.
func (s ginStore) New(r *http.Request, name string) (*sessions.Session, error) {
	e, err := s.noted(r)
	if err != nil {
		e = &entry{err: err}
	}
	session := sessions.NewSession(s, name)
	session.IsNew = e.session == nil
	session.Values[s.key()] = e
	return session, nil
}

// Save ends the session when the values were cleared or the options' MaxAge is
// negative, and refuses any other change: whoever saves all sessions of a request
// saves ours too.
func (s ginStore) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	if len(session.Values) == 0 || session.Options.MaxAge < 0 {
		e, err := s.noted(r)
		if err != nil {
			return err
		}
		if err := s.end(w, r, e, true); err != nil {
			return err
		}
		*e = entry{err: ErrNone}
		session.Values = map[any]any{s.key(): e}
		return nil
	}
	if _, ok := session.Values[s.key()]; !ok || len(session.Values) > 1 {
		return errors.New("session: this store holds a sign-in and nothing else: keep other values in a store with another name")
	}
	return nil
}

// Options does nothing: the cookies' attributes are fixed when the store is made.
func (s ginStore) Options(ginsessions.Options) {}
