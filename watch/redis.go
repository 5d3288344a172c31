package watch

import (
	"context"
	"errors"
	"slices"

	"github.com/redis/go-redis/v9"
	"go.opentelemetry.io/otel/attribute"
)

// pipeline is the endpoint of several commands in one round trip.
const pipeline = "pipeline"

// Redis is a hook for clients of Redis: it watches their commands.
func (w *Watch) Redis() redis.Hook { return redisHook{w} }

type redisHook struct{ *Watch }

// DialHook implements redis.Hook. A connection that can't be made fails its command.
func (h redisHook) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook implements redis.Hook.
func (h redisHook) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, command redis.Cmder) error {
		if isHandshake(command) {
			return next(ctx, command)
		}
		ctx, done := h.begin(ctx, command.Name())
		err := next(ctx, command)
		done(err)
		return err
	}
}

// ProcessPipelineHook implements redis.Hook.
func (h redisHook) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, commands []redis.Cmder) error {
		if isHandshake(commands...) {
			return next(ctx, commands)
		}
		ctx, done := h.begin(ctx, pipeline)
		err := next(ctx, commands)
		done(err)
		return err
	}
}

func (h redisHook) begin(ctx context.Context, command string) (within context.Context, done func(error)) {
	count := h.upstreams.begin(cache, command)
	within, end := h.spans.asks(ctx, cache, command, attribute.String("db.system.name", cache), attribute.String("db.operation.name", command))
	return within, func(err error) {
		outcome := outcomeOfRedis(err)
		count(outcome)
		end(outcome)
	}
}

// isHandshake reports whether the library sends commands of its own on a new connection.
// They may fail and no harm is done, with an old Redis; where there is harm, the command
// that waits for the connection fails too.
func isHandshake(commands ...redis.Cmder) bool {
	return !slices.ContainsFunc(commands, func(command redis.Cmder) bool {
		return !slices.Contains([]string{"hello", "client", "auth", "select", "readonly"}, command.Name())
	})
}

func outcomeOfRedis(err error) string {
	var answer redis.Error // what Redis itself said
	switch {
	case err == nil, errors.Is(err, redis.Nil):
		return ok
	case errors.Is(err, redis.ErrPoolTimeout):
		return timedOut
	case errors.As(err, &answer) && (redis.HasErrorPrefix(err, "WRONGTYPE") || redis.HasErrorPrefix(err, "NOSCRIPT")):
		return refused // what the app handles
	case errors.As(err, &answer):
		return failed
	default:
		return outcomeOfError(err)
	}
}
