package session

import (
	"errors"
	"fmt"

	"github.com/gin-contrib/sessions"
	"github.com/gin-gonic/gin"
)

// storeKey is the Gin context key under which Middleware leaves the store.
type storeKey struct{}

// Middleware makes the store known to Get, Start, Save and End, and to
// sessions.Default. It reads nothing by itself: a request that asks for no
// session pays for none.
func Middleware(store Store) gin.HandlerFunc {
	next := sessions.Sessions(store.cookieName(), store)
	return func(c *gin.Context) {
		c.Set(storeKey{}, store)
		next(c)
	}
}

// Get returns the session of the browser that sent this request, read once per
// request. Where it is time, it moves SeenAt forward and seals the session under
// the first secret, by setting the cookies at once: call it before the response
// is written. The result is shared by all of the request: change a copy and give
// that to Save.
//
// It returns ErrNone when nobody is signed in and ErrUnavailable when that is
// not known. It never deletes a cookie: a late answer could delete the cookie of
// a new sign-in.
func Get(c *gin.Context) (*Session, error) {
	store, e, err := current(c)
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
	if err := store.touch(c.Writer, c.Request, e); errors.Is(err, ErrNone) {
		*e = entry{err: ErrNone}
		return nil, ErrNone
	}
	return e.session, nil // what could not be touched is still what was read
}

// Start signs a person in: it ends the browser's former session, if there is
// one, and keeps s under a new ID, with SignedInAt and SeenAt set to now. s needs
// a subject and claims.
//
// It returns ErrTooLarge when the cookies have no room for s, and nobody is
// signed in then. It returns ErrUnavailable.
func Start(c *gin.Context, s Session) error {
	store, e, err := current(c)
	if err != nil {
		return err
	}
	if errors.Is(e.err, ErrUnavailable) {
		return e.err
	}
	if err := checkNew(&s); err != nil {
		return err
	}
	if err := End(c); err != nil {
		return err
	}
	started, err := store.start(c.Writer, c.Request, &s)
	if err != nil {
		return fmt.Errorf("start session: %w", err)
	}
	*e = started
	return nil
}

// Save keeps changed content, such as renewed tokens, of the session that Get
// returned: s must have its ID. The sign-in time stays what it was.
//
// It returns ErrNone if that session has ended meanwhile, ErrTooLarge, and
// ErrUnavailable. Then what was kept before stays.
func Save(c *gin.Context, s *Session) error {
	store, e, err := current(c)
	if err != nil {
		return err
	}
	if e.err != nil {
		return e.err
	}
	if s.ID != e.session.ID {
		return ErrNone
	}
	if err := checkNew(s); err != nil {
		return err
	}
	next := *s
	next.SignedInAt, next.SeenAt = e.session.SignedInAt, e.session.SeenAt
	if err := store.save(c.Writer, c.Request, e, &next); err != nil {
		return fmt.Errorf("save session: %w", err)
	}
	return nil
}

// Reload reads the session again, for when another request has ended it, or another
// process has renewed its tokens. With the CookieStore of a process on its own only
// the browser could know newer tokens. Its errors are those of Get.
func Reload(c *gin.Context) (*Session, error) {
	store, e, err := current(c)
	if err != nil {
		return nil, err
	}
	*e = store.reload(c.Request, e)
	return Get(c)
}

// End signs this browser out: its cookies are deleted, readable or not, and the
// session is over, also for a copy of the cookies and for a late answer that
// would set them again. It is no error if nobody is signed in. On ErrUnavailable
// the cookies are deleted, but a copy of them may still work.
func End(c *gin.Context) error {
	store, e, err := current(c)
	if err != nil {
		return err
	}
	if err := store.end(c.Writer, c.Request, e); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	*e = entry{err: ErrNone}
	return nil
}

// current returns the store and this request's entry.
func current(c *gin.Context) (Store, *entry, error) {
	value, _ := c.Get(storeKey{})
	store, ok := value.(Store)
	if !ok {
		return nil, nil, errors.New("session: Middleware is not installed on this route")
	}
	values := sessions.Default(c)
	e, ok := values.Get(entryKey{}).(*entry)
	if !ok { // someone cleared the values
		e = &entry{err: ErrNone}
		values.Set(entryKey{}, e)
	}
	return store, e, nil
}
