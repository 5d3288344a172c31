package session

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"example.com/okta-gin/session/internal/cookie"
	"example.com/okta-gin/session/internal/rediscall"
	"example.com/okta-gin/session/internal/seal"
	ginsessions "github.com/gin-contrib/sessions"
)

// cookieStore keeps each session in its browser's cookies, sealed. The server
// remembers only what has ended, so any replica with the same secrets and a
// shared Ended serves any request. It is safe for concurrent use.
type cookieStore struct {
	ginStore
	limits
	realm  realm
	cookie cookie.Chunked
	sealer *seal.Sealer
	codec  codec
	opener opener
	ended  Ended
	shared *sharedRenewals // nil for a process on its own
	index  cookieIndex
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
	if s.opener, err = newOpener(s.sealer, &s.codec, s.realm); err != nil {
		return nil, err
	}
	if s.index, err = newCookieIndex(o, &s.codec); err != nil {
		return nil, err
	}
	if o.Replicas != nil {
		s.shared, err = newSharedRenewals(o)
	}
	return s, err
}

func newSessionCookie(o Options) cookie.Chunked {
	jar := o.jar()
	return cookie.Chunked{Jar: jar, Name: jar.Name("")}
}

// endAll marks what began until now. It returns no sessions: only the browsers have
// them.
func (s *cookieStore) endAll(ctx context.Context, name string) ([]Session, error) {
	now := s.now().UTC()
	return nil, s.ended.End(ctx, Mark{Name: name, UpTo: now, Until: now.Add(longestAge + clockTolerance)})
}

// renewPerson marks what was known until now. A session that cannot be renewed is over
// by that.
func (s *cookieStore) renewPerson(ctx context.Context, subject string) ([]Session, error) {
	now := s.now().UTC()
	return nil, s.ended.End(ctx, Mark{Name: s.realm.stale(subject), UpTo: now, Until: now.Add(longestAge + clockTolerance)})
}

// knows implements store by a mark that start leaves.
func (s *cookieStore) knows(ctx context.Context, sid string) (bool, error) {
	marks, err := s.ended.Has(ctx, s.realm.known(sid))
	return err == nil && !marks[0].IsZero(), err
}

// RenewLock implements store. A process on its own needs no lock.
func (s *cookieStore) RenewLock(ctx context.Context, id string, ttl time.Duration) (unlock func(), ok bool, err error) {
	if s.shared == nil {
		return func() {}, true, nil
	}
	return rediscall.Lock(ctx, s.shared.client, s.realm.renewalKey(id), ttl)
}

// Ping implements store. A process on its own has nothing to ask.
func (s *cookieStore) Ping(ctx context.Context) error {
	if s.shared == nil {
		return nil
	}
	return rediscall.Unavailable(s.shared.client.Ping(ctx).Err())
}

// Count implements store. Only the browsers know.
func (s *cookieStore) Count(context.Context) (int64, error) {
	return 0, fmt.Errorf("count the sessions in cookies: %w", errors.ErrUnsupported)
}

func (s *cookieStore) cookieName() string {
	return s.cookie.Name
}

func (s *cookieStore) load(r *http.Request) entry {
	for found := range s.sent(r) {
		session := found.session
		if !s.alive(session) {
			continue
		}
		over, err := s.over(r.Context(), session)
		if err != nil {
			return entry{session: session, err: err}
		}
		if over {
			continue
		}
		return entry{session: session, stale: !found.current || s.slideDue(session), opened: found.key}
	}
	return entry{err: ErrNone}
}

// sent yields each session that this app has sealed into the request's cookies, alive
// or not.
func (s *cookieStore) sent(r *http.Request) iter.Seq[opened] {
	return func(yield func(opened) bool) {
		for blob := range s.cookie.Read(r) {
			if found, ok := s.opener.text(s.cookie.Name, blob); ok && !yield(found) {
				return
			}
		}
	}
}

func (s *cookieStore) former(r *http.Request) (*Session, error) {
	for found := range s.sent(r) {
		session := found.session
		upTo, err := s.ended.Has(r.Context(), s.realm.signedOut(session.ID))
		if err != nil {
			return nil, err
		}
		if !upTo[0].IsZero() {
			return session, nil
		}
	}
	return nil, ErrNone
}

func (s *cookieStore) takeLapsed(r *http.Request, e *entry) (*Session, error) {
	for found := range s.sent(r) {
		session := found.session
		if !s.lapsed(session) || e.session != nil && e.session.ID == session.ID {
			continue
		}
		over, err := s.over(r.Context(), session)
		if err != nil {
			return nil, err
		}
		if over {
			continue
		}
		until := s.forgetAt(session).Add(lapsedKept)
		first, err := s.ended.Claim(r.Context(), s.realm.lapsed(session.ID), until)
		if err != nil {
			return nil, err
		}
		if first {
			return session, nil
		}
	}
	return nil, ErrNone
}

func (s *cookieStore) start(w http.ResponseWriter, r *http.Request, session *Session) (entry, error) {
	session.ID = seal.RandomID()
	marks, err := s.ended.Has(r.Context(), append(s.realm.of(session), s.realm.stale(session.Subject))...)
	if err != nil {
		return entry{}, err
	}
	at := s.now().UTC()
	for _, upTo := range marks { // endAll may come from a replica whose clock is ahead
		at = later(at, upTo.Add(1))
	}
	s.begin(session, at)
	if session.OktaSession != "" {
		err := s.ended.End(r.Context(), Mark{Name: s.realm.known(session.OktaSession), UpTo: at, Until: s.forgetAt(session)})
		if err != nil {
			return entry{}, err
		}
	}
	if err := s.index.put(r.Context(), session, s.IdleEnds(session)); err != nil { // nobody is signed in unseen
		return entry{}, err
	}
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
	if err := s.index.put(r.Context(), next, s.IdleEnds(next)); err != nil { // it is seen a little later then
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

// end remembers the id for as long as a copy of the cookies could live.
func (s *cookieStore) end(w http.ResponseWriter, r *http.Request, e *entry, signOut bool) error {
	s.cookie.Delete(w, r)
	if e.session == nil {
		return nil
	}
	s.opener.forget(e.opened)
	now := s.now()
	marks := []Mark{{Name: s.realm.session(e.session.ID), UpTo: now, Until: s.forgetAt(e.session)}}
	if signOut {
		marks = append(marks, Mark{Name: s.realm.signedOut(e.session.ID), UpTo: now, Until: now.Add(formerKept)})
	}
	return s.ended.End(r.Context(), marks...)
}

// over reports whether session is over. It sets Stale in one that is not.
func (s *cookieStore) over(ctx context.Context, session *Session) (bool, error) {
	marks, err := s.ended.Has(ctx, s.realm.marksOf(session)...)
	return err == nil && session.overBy(marks), err
}

// overEach is over for each of sessions, at the cost of one.
func (s *cookieStore) overEach(ctx context.Context, sessions []*Session) ([]bool, error) {
	if len(sessions) == 0 {
		return nil, nil
	}
	names := make([]string, 0, 5*len(sessions))
	ends := make([]int, len(sessions)) // of each session's names
	for i, session := range sessions {
		names = append(names, s.realm.marksOf(session)...)
		ends[i] = len(names)
	}
	marks, err := s.ended.Has(ctx, names...)
	if err != nil {
		return nil, err
	}
	over, start := make([]bool, len(sessions)), 0
	for i, session := range sessions {
		over[i] = session.overBy(marks[start:ends[i]])
		start = ends[i]
	}
	return over, nil
}

// overBy takes up the marks of s: of all names that it shares, of its own, and of when its
// claims became stale.
func (s *Session) overBy(marks []time.Time) bool {
	shared, own, stale := marks[:len(marks)-2], marks[len(marks)-2], marks[len(marks)-1]
	for _, upTo := range shared {
		if !s.SignedInAt.After(upTo) {
			return true
		}
	}
	return !own.IsZero() || s.staleSince(stale)
}

func (s *cookieStore) write(w http.ResponseWriter, r *http.Request, session *Session) error {
	plaintext, err := s.codec.encode(session)
	if err != nil {
		return err
	}
	if !s.cookie.Write(w, r, s.sealer.Seal(s.cookie.Name, plaintext), s.left(session)) {
		return ErrTooLargeForCookies
	}
	return nil
}
