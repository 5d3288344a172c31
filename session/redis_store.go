package session

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	ginsessions "github.com/gin-contrib/sessions"
	"github.com/redis/go-redis/v9"
)

// redisStore keeps sessions in Redis, sealed, until they are idle for too long.
// The browser has a random token of 256 bits; Redis knows only its hash, which is
// the session's ID. So neither a stolen dump nor a log gives access.
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
	cookie chunkedCookie
	sealer *Sealer
	codec  codec
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
	sealer, err := o.sealer("session in Redis")
	if err != nil {
		return nil, err
	}
	s := &redisStore{limits: limits, realm: newRealm(o.Realm), cookie: newSessionCookie(o), sealer: sealer, client: client}
	s.ginStore = ginStore{s}
	return s, nil
}

// Ping returns ErrUnavailable when Redis does not answer.
func (s *redisStore) Ping(ctx context.Context) error {
	return asUnavailable(s.client.Ping(ctx).Err())
}

func (s *redisStore) cookieName() string {
	return s.cookie.name
}

func (s *redisStore) load(r *http.Request) entry {
	for _, token := range s.cookie.readShort(r) {
		if !isSessionToken(token) {
			continue
		}
		if e := s.read(r.Context(), token); !errors.Is(e.err, ErrNone) {
			return e
		}
	}
	return entry{err: ErrNone}
}

func (s *redisStore) reload(r *http.Request, e *entry) entry {
	if e.session == nil {
		return *e
	}
	return s.read(r.Context(), e.token)
}

func (s *redisStore) read(ctx context.Context, token string) entry {
	key := s.realm.sessionKey(hashed(token))
	sealed, err := s.client.Get(ctx, key).Bytes()
	if errors.Is(err, redis.Nil) {
		return entry{err: ErrNone}
	}
	if err != nil {
		return entry{err: asUnavailable(err)}
	}
	session, current, err := s.open(key, sealed)
	if err != nil || !s.alive(session) {
		return entry{err: ErrNone}
	}
	return entry{session: session, stale: !current || s.slideDue(session), token: token, mark: markOf(sealed)}
}

func (s *redisStore) start(w http.ResponseWriter, r *http.Request, session *Session) (entry, error) {
	token := randomID()
	session.ID = hashed(token)
	session.SignedInAt = s.now().UTC()
	session.SeenAt = session.SignedInAt
	sealed, err := s.seal(session)
	if err != nil {
		return entry{}, err
	}

	ctx, pipe, person := r.Context(), s.client.Pipeline(), s.realm.personKey(session.Subject)
	past := strconv.FormatInt(s.now().UnixMilli(), 10)
	pipe.ZRemRangeByScore(ctx, person, "-inf", past)
	pipe.ZAdd(ctx, person, redis.Z{Score: millis(s.Ends(session)), Member: session.ID})
	pipe.PExpire(ctx, person, s.maxAge)
	pipe.ZRemRangeByScore(ctx, s.realm.allSessionsKey(), "-inf", past)
	pipe.ZAdd(ctx, s.realm.allSessionsKey(), redis.Z{Score: millis(s.IdleEnds(session)), Member: session.ID})
	pipe.Set(ctx, s.realm.sessionKey(session.ID), sealed, s.left(session))
	if err := execute(ctx, pipe); err != nil {
		return entry{}, err
	}
	s.cookie.writeShort(w, r, token, s.left(session))
	return entry{session: session, token: token, mark: markOf(sealed)}, nil
}

// replaceUnchanged sets KEYS[1] to ARGV[2] for ARGV[3] milliseconds if it still
// begins with ARGV[1], and returns whether there is a value.
const replaceUnchanged = `
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) == ARGV[1] then
	redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
	return 1
end
return redis.call('EXISTS', KEYS[1])`

func (s *redisStore) touch(w http.ResponseWriter, r *http.Request, e *entry) error {
	next := s.seenNow(e.session)
	sealed, err := s.seal(next)
	if err != nil {
		return err
	}
	ctx, pipe, left := r.Context(), s.client.Pipeline(), s.left(next)
	exists := pipe.Eval(ctx, replaceUnchanged, []string{s.realm.sessionKey(next.ID)}, e.mark, sealed, left.Milliseconds())
	s.countOn(ctx, pipe, next)
	if err := execute(ctx, pipe); err != nil {
		return err
	}
	if exists.Val() == int64(0) {
		return ErrNone
	}
	s.cookie.writeShort(w, r, e.token, left)
	e.session, e.mark = next, markOf(sealed)
	return nil
}

func (s *redisStore) save(w http.ResponseWriter, r *http.Request, e *entry, next *Session) error {
	sealed, err := s.seal(next)
	if err != nil {
		return err
	}
	ctx, pipe, left := r.Context(), s.client.Pipeline(), s.left(next)
	saved := pipe.SetArgs(ctx, s.realm.sessionKey(next.ID), sealed, redis.SetArgs{Mode: "XX", TTL: left})
	s.countOn(ctx, pipe, next)
	if err := execute(ctx, pipe); err != nil {
		return err
	}
	if errors.Is(saved.Err(), redis.Nil) {
		return ErrNone
	}
	s.cookie.writeShort(w, r, e.token, left)
	e.session, e.mark = next, markOf(sealed)
	return nil
}

func (s *redisStore) end(w http.ResponseWriter, r *http.Request, e *entry) error {
	s.cookie.delete(w, r)
	ctx, pipe := r.Context(), s.client.Pipeline()
	if e.session != nil {
		s.remove(ctx, pipe, e.session.ID)
		pipe.ZRem(ctx, s.realm.personKey(e.session.Subject), e.session.ID)
	} else if errors.Is(e.err, ErrUnavailable) { // it may be there all the same
		for _, token := range s.cookie.readShort(r) {
			s.remove(ctx, pipe, hashed(token))
		}
	}
	return execute(ctx, pipe)
}

func (s *redisStore) remove(ctx context.Context, pipe redis.Pipeliner, id string) {
	pipe.Del(ctx, s.realm.sessionKey(id))
	pipe.ZRem(ctx, s.realm.allSessionsKey(), id)
}

// countOn counts the session until its new idle end, if it is counted still.
func (s *redisStore) countOn(ctx context.Context, pipe redis.Pipeliner, session *Session) {
	pipe.ZAddXX(ctx, s.realm.allSessionsKey(), redis.Z{Score: millis(s.IdleEnds(session)), Member: session.ID})
}

// left is how long Redis and the browser keep the session: a millisecond or more.
func (s *redisStore) left(session *Session) time.Duration {
	return max(s.IdleEnds(session).Sub(s.now()), time.Millisecond)
}

func (s *redisStore) seal(session *Session) ([]byte, error) {
	plaintext, err := s.codec.encode(session)
	if err != nil {
		return nil, err
	}
	return s.sealer.seal(s.realm.sessionKey(session.ID), plaintext), nil
}

func (s *redisStore) open(key string, sealed []byte) (session *Session, current bool, err error) {
	plaintext, current, err := s.sealer.open(key, sealed)
	if err != nil {
		return nil, false, err
	}
	session, err = s.codec.decode(plaintext)
	return session, current, err
}

// markOf returns what tells a sealed value from all others: its nonce.
func markOf(sealed []byte) string {
	return string(sealed[:sealHeader])
}

func millis(t time.Time) float64 {
	return float64(t.UnixMilli())
}

// isSessionToken saves Redis the questions about what can't be a token.
func isSessionToken(value string) bool {
	b, err := decodeBase64(value)
	return err == nil && len(b) == 32
}
