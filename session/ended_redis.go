package session

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session/internal/rediscall"
)

// RedisEnded is an Ended that replicas share. Redis drops what has expired. It
// is safe for concurrent use.
//
// A mark that is not one of ours, as somebody else with access to Redis may leave it,
// counts as one of the time at which it is read, and is replaced by that.
type RedisEnded struct {
	client redis.UniversalClient
	now    func() time.Time
}

var _ Ended = (*RedisEnded)(nil)

// NewRedisEnded returns an Ended in Redis, one server, Sentinel or Cluster. The
// client's timeouts are how long a call may take.
func NewRedisEnded(client redis.UniversalClient, now func() time.Time) *RedisEnded {
	return &RedisEnded{client: client, now: now}
}

// forward sets KEYS[1] to ARGV[1] for ARGV[2] milliseconds, or leaves the greater
// number and the longer time that it has.
var forward = redis.NewScript(`
local upTo, left = ARGV[1], tonumber(ARGV[2])
local before = redis.pcall('GET', KEYS[1])
if type(before) == 'string' and tonumber(before) then
	if tonumber(before) > tonumber(upTo) then upTo = before end
	left = math.max(left, redis.call('PTTL', KEYS[1]))
end
redis.call('SET', KEYS[1], upTo, 'PX', left)
return 1`)

// End implements Ended, in one round trip. UpTo counts to the microsecond, rounded
// up.
func (e *RedisEnded) End(ctx context.Context, marks ...Mark) error {
	return rediscall.Do(ctx, e.client, func(pipe redis.Pipeliner) {
		for _, mark := range marks {
			if left := mark.Until.Sub(e.now()); left > 0 {
				micros := mark.UpTo.Add(time.Microsecond - 1).UnixMicro()
				forward.Eval(ctx, pipe, []string{markKey(mark.Name)}, micros, max(left.Milliseconds(), 1))
			}
		}
	})
}

// Has implements Ended, in one round trip.
func (e *RedisEnded) Has(ctx context.Context, names ...string) ([]time.Time, error) {
	pipe := e.client.Pipeline()
	marks := make([]*redis.StringCmd, len(names))
	for i, name := range names {
		marks[i] = pipe.Get(ctx, markKey(name))
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	upTo := make([]time.Time, len(names))
	for i, mark := range marks {
		var err error
		if upTo[i], err = e.read(ctx, mark, markKey(names[i])); err != nil {
			return nil, err
		}
	}
	return upTo, nil
}

// read returns the time of a mark, zero for none.
func (e *RedisEnded) read(ctx context.Context, mark *redis.StringCmd, key string) (time.Time, error) {
	switch err := mark.Err(); {
	case errors.Is(err, redis.Nil):
		return time.Time{}, nil
	case err != nil && !rediscall.IsJunk(err):
		return time.Time{}, rediscall.Unavailable(err)
	}
	micros, err := strconv.ParseInt(mark.Val(), 10, 64)
	upTo, now := time.UnixMicro(micros).UTC(), e.now()
	if err == nil && !upTo.IsZero() && !upTo.After(now.Add(clockTolerance)) {
		return upTo, nil
	}
	return now, rediscall.Unavailable(e.client.Set(ctx, key, now.UnixMicro(), longestAge).Err())
}

// Claim implements Ended.
func (e *RedisEnded) Claim(ctx context.Context, name string, until time.Time) (bool, error) {
	left := max(until.Sub(e.now()), time.Millisecond)
	err := e.client.SetArgs(ctx, "okta:claimed:"+name, "", redis.SetArgs{Mode: "NX", TTL: left}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, rediscall.Unavailable(err)
}

func markKey(name string) string { return "okta:over:" + name }
