// Package index remembers which sessions have a name, such as a person's, where the
// browsers keep the sessions themselves. What it keeps of each is sealed by whoever
// gives it, and what has ended by time is forgotten.
package index

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session/internal/rediscall"
)

// Redis is an index that processes share: one server, Sentinel or Cluster. It is safe
// for concurrent use.
type Redis struct {
	client redis.UniversalClient
	now    func() time.Time
}

// NewRedis returns an index in Redis. The client's timeouts are how long a call may take.
func NewRedis(client redis.UniversalClient, now func() time.Time) *Redis {
	return &Redis{client: client, now: now}
}

// Put keeps value under id, and id under each of names, until then, in one round trip.
func (x *Redis) Put(ctx context.Context, names []string, id string, value []byte, until time.Time) error {
	left := until.Sub(x.now()).Truncate(time.Millisecond)
	if left <= 0 {
		return nil
	}
	pipe := x.client.Pipeline()
	pipe.Set(ctx, entryKey(id), value, left)
	for _, name := range names {
		key := listKey(name)
		pipe.ZRemRangeByScore(ctx, key, "-inf", millis(x.now()))
		pipe.ZAdd(ctx, key, redis.Z{Score: float64(until.UnixMilli()), Member: id})
		rediscall.Lengthen(ctx, pipe, key, left)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("list a session: %w", err)
	}
	return nil
}

// List returns up to max of the values under name from there on, those that end last
// first, and from where it goes on: empty at the end. from is empty for the start, or what
// an earlier List returned.
func (x *Redis) List(ctx context.Context, name, from string, max int) (values [][]byte, next string, err error) {
	place, err := rediscall.ParsePlace(from)
	if err != nil {
		return nil, "", err
	}
	ids, place, err := place.Read(ctx, x.client, listKey(name), x.now().UnixMilli(), max)
	if err != nil || len(ids) == 0 {
		return nil, "", wrap(err)
	}
	pipe := x.client.Pipeline()
	found := make([]*redis.StringCmd, len(ids))
	for i, id := range ids {
		found[i] = pipe.Get(ctx, entryKey(id))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) && !rediscall.IsJunk(err) {
		return nil, "", wrap(err)
	}
	for _, entry := range found {
		if value, err := entry.Bytes(); err == nil {
			values = append(values, value)
		}
	}
	return values, place.String(), nil
}

// Holds reports whether id is listed under name.
func (x *Redis) Holds(ctx context.Context, name, id string) (bool, error) {
	until, err := x.client.ZScore(ctx, listKey(name), id).Result()
	if errors.Is(err, redis.Nil) || rediscall.IsJunk(err) {
		return false, nil
	}
	return err == nil && int64(until) > x.now().UnixMilli(), wrap(err)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read the list of sessions: %w", err)
}

func listKey(name string) string { return "okta:index:" + name }
func entryKey(id string) string  { return "okta:listed:" + id }

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
