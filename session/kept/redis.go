package kept

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session/internal/rediscall"
)

// Redis is a Store that processes share: one server, Sentinel or Cluster.
type Redis struct {
	client redis.UniversalClient
	max    int64
	now    func() time.Time
}

var _ Store = (*Redis)(nil)

// NewRedis returns a Store that takes up to max bytes in each quarter of an hour, so
// that it has twice that at most: a Redis that is full would end everybody's sessions.
// All that share the Redis share that. The client's timeouts are how long a call may take.
func NewRedis(client redis.UniversalClient, max int64, now func() time.Time) *Redis {
	return &Redis{client: client, max: max, now: now}
}

// spend adds ARGV[1] to KEYS[1], which lives for ARGV[2] milliseconds, unless it would
// be more than ARGV[3] then.
var spend = redis.NewScript(`
local spent = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if spent + ARGV[1] > tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[1], spent + ARGV[1], 'PX', ARGV[2])
return 1`)

// Put implements Store, in two round trips.
func (s *Redis) Put(ctx context.Context, name string, value []byte, until time.Time) error {
	left := until.Sub(s.now())
	if left <= 0 {
		return nil
	}
	window := s.now().UnixNano() / int64(Lifetime)
	counter := key("form-bytes:" + strconv.FormatInt(window, 10))
	room, err := spend.Eval(ctx, s.client, []string{counter}, size(name, value), (2 * Lifetime).Milliseconds(), s.max).Int()
	if err != nil {
		return rediscall.Unavailable(err)
	}
	if room == 0 {
		return ErrFull
	}
	return rediscall.Unavailable(s.client.Set(ctx, key(name), value, left).Err())
}

// Get implements Store.
func (s *Redis) Get(ctx context.Context, name string) ([]byte, error) {
	return found(s.client.Get(ctx, key(name)))
}

// Take implements Store.
func (s *Redis) Take(ctx context.Context, name string) ([]byte, error) {
	return found(s.client.GetDel(ctx, key(name)))
}

func found(command *redis.StringCmd) ([]byte, error) {
	value, err := command.Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return value, rediscall.Unavailable(err)
}

func key(name string) string { return "okta:" + name }
