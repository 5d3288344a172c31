package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// RedisEnded is an Ended that replicas share. Redis drops what has expired. It
// is safe for concurrent use.
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

// End implements Ended.
func (e *RedisEnded) End(ctx context.Context, id string, until time.Time) error {
	left := until.Sub(e.now())
	if left <= 0 {
		return nil
	}
	return asUnavailable(e.client.Set(ctx, endedKey(id), "", left).Err())
}

// forward sets KEYS[1] to ARGV[1] for ARGV[2] milliseconds, unless it is at a
// greater number already.
const forward = `
local before = redis.call('GET', KEYS[1])
if not before or tonumber(before) <= tonumber(ARGV[1]) then
	redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1`

// EndSubject implements Ended. upTo counts to the microsecond, rounded up.
func (e *RedisEnded) EndSubject(ctx context.Context, subject string, upTo, until time.Time) error {
	left := until.Sub(e.now())
	if left <= 0 {
		return nil
	}
	micros := upTo.Add(time.Microsecond - 1).UnixMicro()
	return asUnavailable(e.client.Eval(ctx, forward, []string{endedSubjectKey(subject)}, micros, left.Milliseconds()).Err())
}

// Has implements Ended, in one round trip.
func (e *RedisEnded) Has(ctx context.Context, id, subject string) (bool, time.Time, error) {
	pipe := e.client.Pipeline()
	ended := pipe.Exists(ctx, endedKey(id))
	upTo := pipe.Get(ctx, endedSubjectKey(subject))
	if err := execute(ctx, pipe); err != nil {
		return false, time.Time{}, err
	}
	if upTo.Val() == "" {
		return ended.Val() == 1, time.Time{}, nil
	}
	micros, err := strconv.ParseInt(upTo.Val(), 10, 64)
	if err != nil {
		return false, time.Time{}, asUnavailable(fmt.Errorf("read when sessions ended: %w", err))
	}
	return ended.Val() == 1, time.UnixMicro(micros).UTC(), nil
}

// Claim implements Ended.
func (e *RedisEnded) Claim(ctx context.Context, id string, until time.Time) (bool, error) {
	left := max(until.Sub(e.now()), time.Millisecond)
	err := e.client.SetArgs(ctx, claimedKey(id), "", redis.SetArgs{Mode: "NX", TTL: left}).Err()
	if errors.Is(err, redis.Nil) {
		return false, nil
	}
	return err == nil, asUnavailable(err)
}

func endedKey(id string) string             { return "okta:ended:" + hashed(id) }
func endedSubjectKey(subject string) string { return "okta:ended-person:" + hashed(subject) }
func claimedKey(id string) string           { return "okta:claimed:" + hashed(id) }

// execute sends the commands in one round trip. That there was nothing to read is
// no error.
func execute(ctx context.Context, pipe redis.Pipeliner) error {
	commands, err := pipe.Exec(ctx)
	for _, command := range commands {
		if err := asUnavailable(command.Err()); err != nil {
			return err
		}
	}
	return asUnavailable(err)
}

func asUnavailable(err error) error {
	if err == nil || errors.Is(err, redis.Nil) {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
