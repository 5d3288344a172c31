package session

import (
	"context"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session/internal/rediscall"
)

// maxMicros bounds what is read of a time in microseconds since 1970.
const maxMicros = 20

// renewPerson leaves a mark beside each session, which the round trip that reads the
// session reads too. A sign-in that happens at the same time may escape it.
func (s *redisStore) renewPerson(ctx context.Context, subject string) ([]Session, error) {
	name := s.realm.person(subject)
	var ended []Session
	for from := int64(0); ; {
		var ids *redis.StringSliceCmd
		err := rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
			ids = pipe.ZRange(ctx, listKey(name), from, from+endBatch-1)
		})
		if err != nil || len(ids.Val()) == 0 {
			return ended, err
		}
		over, err := s.markStale(ctx, ids.Val())
		if err != nil {
			return ended, err
		}
		from += int64(len(ids.Val()) - len(over)) // which leave the list
		if len(over) == 0 {
			continue
		}
		batch, err := s.endListed(ctx, name, over)
		ended = append(ended, batch...)
		if err != nil {
			return ended, err
		}
	}
}

// markStale marks those of ids that can be renewed, and returns the others.
func (s *redisStore) markStale(ctx context.Context, ids []string) (others []string, err error) {
	listed, err := s.readIDs(ctx, s.realm.sessionKey, ids)
	if err != nil {
		return nil, err
	}
	now := s.now()
	err = rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		for i, id := range ids {
			session := listed[i].session
			if session == nil || session.RefreshToken == "" {
				others = append(others, id)
				continue
			}
			left := s.Ends(session).Sub(now) + lapsedKept
			forward.Eval(ctx, pipe, []string{s.realm.staleKey(id)}, toMicros(now), max(left.Milliseconds(), 1))
		}
	})
	return others, err
}

// knows implements store by the lists.
func (s *redisStore) knows(ctx context.Context, sid string) (bool, error) {
	n, err := s.client.Exists(ctx, listKey(s.realm.oktaSession(sid))).Result()
	return n > 0, rediscall.Unavailable(err)
}

// toMicros rounds up.
func toMicros(t time.Time) int64 { return t.Add(time.Microsecond - 1).UnixMicro() }

// fromMicros is the zero time for what is no time of ours.
func fromMicros(text string) time.Time {
	micros, err := strconv.ParseInt(text, 10, 64)
	if err != nil || micros <= 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
