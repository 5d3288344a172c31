package session

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session/internal/rediscall"
)

// The store lists the sessions of each person, session at Okta and email address by when
// they end, so that endAll finds them, and all sessions by when they would be idle for too
// long, so that Count can count them.

// endBatch is how many sessions endAll ends in one go.
const endBatch = 500

// list adds a session that is new, or that has new names.
func (s *redisStore) list(ctx context.Context, pipe redis.Pipeliner, session *Session) {
	past := strconv.FormatInt(s.now().Add(-lapsedKept).UnixMilli(), 10)
	kept := s.maxAge + lapsedKept
	for _, name := range s.realm.of(session) {
		list := listKey(name)
		pipe.ZRemRangeByScore(ctx, list, "-inf", past)
		pipe.ZAdd(ctx, list, redis.Z{Score: millis(session.EndsAt), Member: session.ID})
		rediscall.Lengthen(ctx, pipe, list, kept)
	}
	all := s.realm.allSessionsKey()
	pipe.ZRemRangeByScore(ctx, all, "-inf", past)
	pipe.ZAdd(ctx, all, redis.Z{Score: millis(s.IdleEnds(session)), Member: session.ID})
	rediscall.Lengthen(ctx, pipe, all, kept)
}

// countOn counts the session until its new idle end, if it is counted still.
func (s *redisStore) countOn(ctx context.Context, pipe redis.Pipeliner, session *Session) {
	pipe.ZAddXX(ctx, s.realm.allSessionsKey(), redis.Z{Score: millis(s.IdleEnds(session)), Member: session.ID})
}

// Count implements store. It is exact but for sessions that Redis lost or evicted:
// those count until their idle time is over.
func (s *redisStore) Count(ctx context.Context) (int64, error) {
	var n *redis.IntCmd
	err := rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		n = pipe.ZCount(ctx, s.realm.allSessionsKey(), "("+strconv.FormatInt(s.now().UnixMilli(), 10), "+inf")
	})
	if err != nil {
		return 0, err
	}
	return n.Val(), nil
}

// endAll returns those that were active or have a refresh token left. A sign-in that
// happens at the same time may escape it.
func (s *redisStore) endAll(ctx context.Context, name string) ([]Session, error) {
	var ended []Session
	for {
		ids, err := s.listed(ctx, name, endBatch)
		if err != nil || len(ids) == 0 {
			return ended, err
		}
		batch, err := s.endListed(ctx, name, ids)
		ended = append(ended, batch...)
		if err != nil {
			return ended, err
		}
	}
}

// listed returns up to max of the ids on a list, those that end last first.
func (s *redisStore) listed(ctx context.Context, name string, max int64) ([]string, error) {
	var ids *redis.StringSliceCmd
	err := rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		ids = pipe.ZRevRange(ctx, listKey(name), 0, max-1)
	})
	if err != nil {
		return nil, err
	}
	return ids.Val(), nil
}

// endListed ends those of ids that have the name, and takes all of them off its list:
// what else is there, somebody else with access to Redis has added.
func (s *redisStore) endListed(ctx context.Context, name string, ids []string) ([]Session, error) {
	listed, err := s.readIDs(ctx, s.realm.sessionKey, ids)
	if err != nil {
		return nil, err
	}
	last := make([]*redis.StringCmd, len(ids)) // what they were when they ended: a token may have been renewed
	err = rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
		for i, id := range ids {
			if listed[i].session == nil || slices.Contains(s.realm.of(listed[i].session), name) {
				last[i] = pipe.GetDel(ctx, s.realm.sessionKey(id))
			}
		}
	})
	if err == nil {
		err = rediscall.Do(ctx, s.client, func(pipe redis.Pipeliner) {
			for i, id := range ids {
				pipe.ZRem(ctx, listKey(name), id)
				if last[i] != nil {
					s.unlist(ctx, pipe, id, listed[i].session)
				}
			}
		})
	}
	var ended []Session
	for i, id := range ids {
		if last[i] == nil {
			continue
		}
		session := s.open(s.realm.sessionKey(id), last[i].Val()).session
		if session != nil && (s.alive(session) || s.lapsed(session)) {
			ended = append(ended, *session)
		}
	}
	return ended, err
}

// unlist takes a session that is over off all lists, as far as it is known.
func (s *redisStore) unlist(ctx context.Context, pipe redis.Pipeliner, id string, session *Session) {
	pipe.ZRem(ctx, s.realm.allSessionsKey(), id)
	if session == nil {
		return
	}
	for _, name := range s.realm.of(session) {
		pipe.ZRem(ctx, listKey(name), id)
	}
}

func millis(t time.Time) float64 { return float64(t.UnixMilli()) }
