package rediscall

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// lengthen has KEYS[1] expire in ARGV[1] milliseconds, or later if it would.
var lengthen = redis.NewScript(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then
	return redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return 0`)

// Lengthen has key expire when left is over, or later if it would.
func Lengthen(ctx context.Context, pipe redis.Pipeliner, key string, left time.Duration) {
	lengthen.Eval(ctx, pipe, []string{key}, left.Milliseconds())
}
