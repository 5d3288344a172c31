package rediscall

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/session/internal/seal"
)

// takeLock sets KEYS[1] to ARGV[1] for ARGV[2] milliseconds if it is free. A lock that
// would never fall off, or long after any of ours, is not one of ours.
var takeLock = redis.NewScript(`
local left = redis.call('PTTL', KEYS[1])
if left == -1 or left > tonumber(ARGV[2]) then redis.call('DEL', KEYS[1]) end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0`)

// deleteOwn deletes KEYS[1] if it is ARGV[1].
var deleteOwn = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
	return redis.call('DEL', KEYS[1])
end
return 0`)

// Lock takes the lock of that key, which falls off after ttl. ok is false while another
// holds it; call unlock when ok. It returns ErrUnavailable.
func Lock(ctx context.Context, client redis.UniversalClient, key string, ttl time.Duration) (unlock func(), ok bool, err error) {
	owner := seal.RandomID()
	taken, err := takeLock.Eval(ctx, client, []string{key}, owner, ttl.Milliseconds()).Int()
	if err != nil {
		return nil, false, Unavailable(err)
	}
	if taken == 0 {
		return nil, false, nil
	}
	return func() {
		// A request that was given up unlocks too. If this fails, ttl unlocks.
		_ = deleteOwn.Eval(context.WithoutCancel(ctx), client, []string{key}, owner).Err()
	}, true, nil
}
