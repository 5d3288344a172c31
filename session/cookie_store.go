package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	ginsessions "github.com/gin-contrib/sessions"
)

// cookieStore keeps each session in its browser's cookies, sealed. The server
// remembers only what has ended, so any replica with the same secrets and a
// shared Ended serves any request. It is safe for concurrent use.
type cookieStore struct {
	ginStore
	limits
	realm  realm
	cookie chunkedCookie
	sealer *Sealer
	codec  codec
	ended  Ended
	shared *sharedRenewals // nil for a process on its own
}

var (
	_ store             = (*cookieStore)(nil)
	_ ginsessions.Store = (*cookieStore)(nil)
)

func newCookieStore(o Options) (*cookieStore, error) {
	limits, err := newLimits(o)
	if err != nil {
		return nil, err
	}
	sealer, err := o.sealer("session cookie")
	if err != nil {
		return nil, err
	}
	s := &cookieStore{limits: limits, realm: newRealm(o.Realm), cookie: newSessionCookie(o), sealer: sealer, ended: o.Ended}
	s.ginStore = ginStore{s}
	if o.Replicas != nil {
		s.shared, err = newSharedRenewals(o)
	}
	return s, err
}

func newSessionCookie(o Options) chunkedCookie {
	jar := o.jar()
	return chunkedCookie{jar: jar, name: jar.name("")}
}

// EndAll ends every session of subject that began until now. It returns no
// sessions: only the browsers have them.
func (s *cookieStore) EndAll(ctx context.Context, subject string) ([]Session, error) {
	now := s.now().UTC()
	if err := s.ended.EndSubject(ctx, s.realm.of(subject), now, now.Add(s.maxAge+clockTolerance)); err != nil {
		return nil, fmt.Errorf("end all sessions: %w", err)
	}
	return nil, nil
}

// RenewLock implements store. A process on its own needs no lock.
func (s *cookieStore) RenewLock(ctx context.Context, id string, ttl time.Duration) (unlock func(), ok bool, err error) {
	if s.shared == nil {
		return func() {}, true, nil
	}
	return renewLock(ctx, s.shared.client, s.realm.renewalKey(id), ttl)
}

// Ping implements store. A process on its own has nothing to ask.
func (s *cookieStore) Ping(ctx context.Context) error {
	if s.shared == nil {
		return nil
	}
	return asUnavailable(s.shared.client.Ping(ctx).Err())
}

// Count implements store. Only the browsers know.
func (s *cookieStore) Count(context.Context) (int64, error) {
	return 0, fmt.Errorf("count the sessions in cookies: %w", errors.ErrUnsupported)
}

func (s *cookieStore) cookieName() string {
	return s.cookie.name
}

func (s *cookieStore) load(r *http.Request) entry {
	for _, blob := range s.cookie.read(r) {
		plaintext, current, err := s.sealer.Open(s.cookie.name, blob)
		if err != nil {
			continue
		}
		session, err := s.codec.decode(plaintext)
		if err != nil || !s.alive(session) {
			continue
		}
		over, err := s.over(r.Context(), session)
		if err != nil {
			return entry{session: session, err: err}
		}
		if over {
			continue
		}
		return entry{session: session, stale: !current || s.slideDue(session)}
	}
	return entry{err: ErrNone}
}

func (s *cookieStore) start(w http.ResponseWriter, r *http.Request, session *Session) (entry, error) {
	session.ID = randomID()
	_, upTo, err := s.ended.Has(r.Context(), s.realm.of(session.ID), s.realm.of(session.Subject))
	if err != nil {
		return entry{}, err
	}
	session.SignedInAt = s.now().UTC()
	if !session.SignedInAt.After(upTo) { // EndAll came from a replica whose clock is ahead
		session.SignedInAt = upTo.Add(1)
	}
	session.SeenAt = session.SignedInAt
	if err := s.write(w, r, session); err != nil {
		return entry{}, err
	}
	return entry{session: session}, nil
}

func (s *cookieStore) touch(w http.ResponseWriter, r *http.Request, e *entry) error {
	next := s.seenNow(e.session)
	if err := s.write(w, r, next); err != nil {
		return err
	}
	e.session = next
	return nil
}

func (s *cookieStore) save(w http.ResponseWriter, r *http.Request, e *entry, next *Session) error {
	over, err := s.over(r.Context(), next)
	if err != nil {
		return err
	}
	if over {
		return ErrNone
	}
	if s.shared != nil {
		if err := s.shared.put(r.Context(), e.session, next); err != nil {
			return err
		}
	}
	if err := s.write(w, r, next); err != nil {
		return err
	}
	e.session = next
	return nil
}

// reload looks for what has become of the session since: ended, or made into
// something else by another process. Get then gives that to the browser.
func (s *cookieStore) reload(r *http.Request, e *entry) entry {
	if e.err != nil {
		return *e
	}
	newest := e.session
	if s.shared != nil {
		var err error
		if newest, err = s.shared.newest(r.Context(), e.session); err != nil {
			return entry{session: e.session, err: err}
		}
	}
	over, err := s.over(r.Context(), newest)
	if err != nil {
		return entry{session: e.session, err: err}
	}
	if over {
		return entry{err: ErrNone}
	}
	return entry{session: newest, stale: e.stale || newest != e.session}
}

// end remembers the id for as long as a copy of the cookie could live: no copy
// was seen later than now.
func (s *cookieStore) end(w http.ResponseWriter, r *http.Request, e *entry) error {
	s.cookie.delete(w, r)
	if e.session == nil {
		return nil
	}
	until := s.IdleEnds(s.seenNow(e.session)).Add(clockTolerance)
	return s.ended.End(r.Context(), s.realm.of(e.session.ID), until)
}

func (s *cookieStore) over(ctx context.Context, session *Session) (bool, error) {
	ended, upTo, err := s.ended.Has(ctx, s.realm.of(session.ID), s.realm.of(session.Subject))
	return ended || !session.SignedInAt.After(upTo), err
}

func (s *cookieStore) write(w http.ResponseWriter, r *http.Request, session *Session) error {
	plaintext, err := s.codec.encode(session)
	if err != nil {
		return err
	}
	left := s.IdleEnds(session).Sub(s.now())
	return s.cookie.write(w, r, s.sealer.Seal(s.cookie.name, plaintext), left)
}
