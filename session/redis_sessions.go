package session

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Count returns how many sessions are active. It is exact but for sessions that
// Redis lost or evicted: those count until their idle time is over.
func (s *redisStore) Count(ctx context.Context) (int64, error) {
	now := strconv.FormatInt(s.now().UnixMilli(), 10)
	n, err := s.client.ZCount(ctx, s.realm.allSessionsKey(), "("+now, "+inf").Result()
	return n, asUnavailable(err)
}

// EndAll ends every session of subject and returns those that were active. A
// sign-in that happens at the same time may escape it.
func (s *redisStore) EndAll(ctx context.Context, subject string) ([]Session, error) {
	person := s.realm.personKey(subject)
	ids, err := s.client.ZRange(ctx, person, 0, -1).Result()
	if err != nil {
		return nil, asUnavailable(err)
	}
	if len(ids) == 0 {
		return nil, nil
	}

	pipe := s.client.Pipeline()
	ended := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		ended[i] = pipe.GetDel(ctx, s.realm.sessionKey(id))
		pipe.ZRem(ctx, person, id)
		pipe.ZRem(ctx, s.realm.allSessionsKey(), id)
	}
	err = execute(ctx, pipe)

	var sessions []Session
	for i, id := range ids {
		sealed, getErr := ended[i].Bytes()
		if getErr != nil {
			continue
		}
		if session, _, openErr := s.open(s.realm.sessionKey(id), sealed); openErr == nil && s.alive(session) {
			sessions = append(sessions, *session)
		}
	}
	return sessions, err
}

// deleteOwn deletes KEYS[1] if it is ARGV[1].
const deleteOwn = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
	return redis.call('DEL', KEYS[1])
end
return 0`

// RenewLock implements store with a lock in Redis.
func (s *redisStore) RenewLock(ctx context.Context, id string, ttl time.Duration) (unlock func(), ok bool, err error) {
	return renewLock(ctx, s.client, s.realm.renewalKey(id), ttl)
}

func renewLock(ctx context.Context, client redis.UniversalClient, key string, ttl time.Duration) (unlock func(), ok bool, err error) {
	owner := randomID()
	ok, err = client.SetNX(ctx, key, owner, ttl).Result()
	if err != nil {
		return nil, false, asUnavailable(err)
	}
	if !ok {
		return nil, false, nil
	}
	return func() {
		// A request that was given up unlocks too. If this fails, ttl unlocks.
		_ = client.Eval(context.WithoutCancel(ctx), deleteOwn, []string{key}, owner).Err()
	}, true, nil
}
