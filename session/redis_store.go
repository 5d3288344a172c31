package session

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"example.com/okta-gin/session/internal/cookie"
	"example.com/okta-gin/session/internal/packed"
	"example.com/okta-gin/session/internal/rediscall"
	"example.com/okta-gin/session/internal/seal"
	ginsessions "github.com/gin-contrib/sessions"
	"github.com/redis/go-redis/v9"
)

// redisStore keeps sessions in Redis, sealed, until they are idle for too long.
// The browser has a random token of 256 bits, sealed too, so that Redis is not asked
// for what we never gave out; Redis knows only its hash, which is the session's ID. So
// neither a stolen dump nor a log gives access.
//
// A request costs one round trip, and one more where SeenAt moves. It is safe for
// concurrent use, and replicas share it.
//
// Redis must not evict keys that have not expired (maxmemory-policy noeviction):
// whose session is evicted is signed out.
type redisStore struct {
	ginStore
	limits
	realm  realm
	cookie cookie.Chunked
	tokens *seal.Sealer
	sealer *seal.Sealer
	codec  codec
	opener opener
	client redis.UniversalClient
}

var (
	_ store             = (*redisStore)(nil)
	_ ginsessions.Store = (*redisStore)(nil)
)

func newRedisStore(client redis.UniversalClient, o Options) (*redisStore, error) {
	limits, err := newLimits(o)
	if err != nil {
		return nil, err
	}
	tokens, err := o.sealer("session token")
	if err != nil {
		return nil, err
	}
	sealer, err := o.sealer("session in Redis")
	if err != nil {
		return nil, err
	}
	s := &redisStore{
		limits: limits, realm: newRealm(o.Realm), cookie: newSessionCookie(o), tokens: tokens, sealer: sealer, client: client,
	}
	s.ginStore = ginStore{s}
	s.opener, err = newOpener(sealer, &s.codec, s.realm)
	return s, err
}

// Ping returns ErrUnavailable when Redis does not answer.
func (s *redisStore) Ping(ctx context.Context) error {
	return rediscall.Unavailable(s.client.Ping(ctx).Err())
}

// RenewLock implements store with a lock in Redis.
func (s *redisStore) RenewLock(ctx context.Context, id string, ttl time.Duration) (unlock func(), ok bool, err error) {
	return rediscall.Lock(ctx, s.client, s.realm.renewalKey(id), ttl)
}

func (s *redisStore) cookieName() string { return s.cookie.Name }

func (s *redisStore) load(r *http.Request) entry {
	tokens := s.sent(r)
	sessions, err := s.read(r.Context(), s.realm.sessionKey, tokens...)
	if err != nil {
		return entry{err: err}
	}
	for i, read := range sessions {
		if read.session != nil && s.alive(read.session) {
			return s.entry(tokens[i], read)
		}
	}
	return entry{err: ErrNone}
}

func (s *redisStore) reload(r *http.Request, e *entry) entry {
	if e.session == nil {
		return *e
	}
	t := token{secret: e.token, current: true}
	sessions, err := s.read(r.Context(), s.realm.sessionKey, t)
	if err != nil {
		return entry{err: err}
	}
	if read := sessions[0]; read.session != nil && s.alive(read.session) {
		return s.entry(t, read)
	}
	return entry{err: ErrNone}
}

func (s *redisStore) over(ctx context.Context, session *Session) (bool, error) {
	kept, err := s.readIDs(ctx, s.realm.sessionKey, []string{session.ID})
	return err == nil && kept[0].session == nil, err
}

func (s *redisStore) entry(t token, read keptSession) entry {
	stale := !t.current || !read.current || s.slideDue(read.session)
	return entry{session: read.session, stale: stale, token: t.secret, mark: read.mark, opened: read.key}
}

// keptSession is what Redis has for a token: no session where that is nothing, or
// nothing of ours.
type keptSession struct {
	opened
	mark string // tells the sealed value from all others
}

// read reads what key names for each token, in one round trip.
func (s *redisStore) read(ctx context.Context, key func(id string) string, tokens ...token) ([]keptSession, error) {
	if len(tokens) == 0 {
		return nil, nil
	}
	ids := make([]string, len(tokens))
	for i, t := range tokens {
		ids[i] = t.id()
	}
	return s.readIDs(ctx, key, ids)
}

func (s *redisStore) readIDs(ctx context.Context, key func(id string) string, ids []string) ([]keptSession, error) {
	values, stale := make([]*redis.StringCmd, len(ids)), make([]*redis.StringCmd, len(ids))
	err := rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		for i, id := range ids {
			values[i] = pipe.GetRange(ctx, key(id), 0, seal.Overhead+packed.Max) // no more than we ever wrote
			stale[i] = pipe.GetRange(ctx, s.realm.staleKey(id), 0, maxMicros)
		}
	})
	if err != nil {
		return nil, err
	}
	kept := make([]keptSession, len(ids))
	for i, id := range ids {
		kept[i] = s.open(key(id), values[i].Val())
		if kept[i].session != nil && kept[i].session.staleSince(fromMicros(stale[i].Val())) {
			kept[i] = keptSession{}
		}
	}
	return kept, nil
}

// start lists the session before it keeps it: nobody is signed in whom endAll
// would not find.
func (s *redisStore) start(w http.ResponseWriter, r *http.Request, session *Session) (entry, error) {
	t := token{secret: randomToken(), current: true}
	session.ID = t.id()
	s.begin(session, s.now().UTC())
	sealed, err := s.seal(s.realm.sessionKey(session.ID), session)
	if err != nil {
		return entry{}, err
	}
	ctx := r.Context()
	err = rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		s.list(ctx, pipe, session)
		pipe.Set(ctx, s.realm.sessionKey(session.ID), sealed, s.left(session))
	})
	if err != nil {
		return entry{}, err
	}
	s.writeToken(w, r, t.secret, session)
	return entry{session: session, token: t.secret, mark: markOf(sealed)}, nil
}

// replaceUnchanged sets KEYS[1] to ARGV[2] for ARGV[3] milliseconds if it still
// begins with ARGV[1], and returns whether there is a value.
var replaceUnchanged = redis.NewScript(`
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) == ARGV[1] then
	redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
	return 1
end
return redis.call('EXISTS', KEYS[1])`)

func (s *redisStore) touch(w http.ResponseWriter, r *http.Request, e *entry) error {
	next := s.seenNow(e.session)
	key := s.realm.sessionKey(next.ID)
	sealed, err := s.seal(key, next)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var exists *redis.Cmd
	err = rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		exists = replaceUnchanged.Eval(ctx, pipe, []string{key}, e.mark, sealed, s.left(next).Milliseconds())
		s.countOn(ctx, pipe, next)
	})
	if err != nil {
		return err
	}
	if exists.Val() == int64(0) {
		return ErrNone
	}
	s.writeToken(w, r, e.token, next)
	e.session, e.mark = next, markOf(sealed)
	return nil
}

func (s *redisStore) save(w http.ResponseWriter, r *http.Request, e *entry, next *Session) error {
	key := s.realm.sessionKey(next.ID)
	sealed, err := s.seal(key, next)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var saved *redis.StatusCmd
	err = rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		saved = pipe.SetArgs(ctx, key, sealed, redis.SetArgs{Mode: "XX", TTL: s.left(next)})
		s.countOn(ctx, pipe, next)
		if !slices.Equal(s.realm.of(e.session), s.realm.of(next)) {
			s.list(ctx, pipe, next)
		}
	})
	if err != nil {
		return err
	}
	if errors.Is(saved.Err(), redis.Nil) {
		return ErrNone
	}
	s.writeToken(w, r, e.token, next)
	e.session, e.mark = next, markOf(sealed)
	return nil
}

// end deletes the session. What was signed out is kept for former, under a key where
// it opens no door.
func (s *redisStore) end(w http.ResponseWriter, r *http.Request, e *entry, signOut bool) error {
	s.cookie.Delete(w, r)
	var ids []string
	s.opener.forget(e.opened)
	if e.session != nil {
		ids = append(ids, e.session.ID)
	} else if errors.Is(e.err, ErrUnavailable) { // it may be there all the same
		for _, t := range s.sent(r) {
			ids = append(ids, t.id())
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var former []byte
	if signOut && e.session != nil {
		var err error
		if former, err = s.seal(s.realm.formerKey(e.session.ID), e.session); err != nil {
			return err
		}
	}
	ctx := r.Context()
	return rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		for _, id := range ids {
			pipe.Del(ctx, s.realm.sessionKey(id))
			s.unlist(ctx, pipe, id, e.session)
		}
		if former != nil {
			pipe.Set(ctx, s.realm.formerKey(e.session.ID), former, formerKept)
		}
	})
}

func (s *redisStore) former(r *http.Request) (*Session, error) {
	sessions, err := s.read(r.Context(), s.realm.formerKey, s.sent(r)...)
	if err != nil {
		return nil, err
	}
	for _, read := range sessions {
		if read.session != nil {
			return read.session, nil
		}
	}
	return nil, ErrNone
}

// takeLapsed is whose deletion succeeds.
func (s *redisStore) takeLapsed(r *http.Request, _ *entry) (*Session, error) {
	ctx := r.Context()
	sessions, err := s.read(ctx, s.realm.sessionKey, s.sent(r)...)
	if err != nil {
		return nil, err
	}
	for _, read := range sessions {
		if read.session == nil || !s.lapsed(read.session) {
			continue
		}
		deleted, err := s.client.Del(ctx, s.realm.sessionKey(read.session.ID)).Result()
		if err != nil {
			return nil, rediscall.Unavailable(err)
		}
		if deleted == 1 {
			return read.session, nil // the lists forget it in time
		}
	}
	return nil, ErrNone
}

func (s *redisStore) seal(key string, session *Session) ([]byte, error) {
	plaintext, err := s.codec.encode(session)
	if err != nil {
		return nil, err
	}
	return s.sealer.SealBytes(key, plaintext), nil
}

func (s *redisStore) open(key, sealed string) keptSession {
	found, ok := s.opener.bytes(key, sealed)
	if !ok {
		return keptSession{}
	}
	return keptSession{found, markOf([]byte(sealed))}
}

// markOf returns what tells a sealed value from all others: its nonce.
func markOf(sealed []byte) string { return string(sealed[:seal.Header]) }
