package session_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/redistest"
	"github.com/redis/go-redis/v9"
)

// redisServer is a redis-server of a test's own, with clients for it.
type redisServer struct {
	*redistest.Server
	t testing.TB
}

func startRedis(t testing.TB, args ...string) *redisServer {
	t.Helper()
	return &redisServer{redistest.Start(t, args...), t}
}

// client returns a client for a server that answers, be the machine as busy as it may.
func (s *redisServer) client() *redis.Client { return s.clientWith(20 * time.Second) }

// clientWith returns a client that waits for an answer no longer than patience, as NewRedis asks for where the server
// may not answer.
func (s *redisServer) clientWith(patience time.Duration) *redis.Client {
	client := redis.NewClient(&redis.Options{
		Addr:                  s.Addr(),
		DialTimeout:           patience,
		DialerRetries:         1,
		ReadTimeout:           patience,
		WriteTimeout:          patience,
		MaxRetries:            1,
		ContextTimeoutEnabled: true,
	})
	s.t.Cleanup(func() { _ = client.Close() })
	return client
}

// do runs a command, past the stores.
func (s *redisServer) do(args ...any) any {
	s.t.Helper()
	result, err := s.client().Do(context.Background(), args...).Result()
	if err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
	return result
}

// onlyKey returns the one key that matches.
func (s *redisServer) onlyKey(pattern string) string {
	s.t.Helper()
	keys, err := s.client().Keys(context.Background(), pattern).Result()
	if err != nil || len(keys) != 1 {
		s.t.Fatalf("keys %s: %v, %v", pattern, keys, err)
	}
	return keys[0]
}

func newRedis(t testing.TB, client redis.UniversalClient, o session.Options) *session.Sessions {
	t.Helper()
	store, err := session.NewRedis(client, o)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// onBothStores runs a test that holds for any store.
func onBothStores(t *testing.T, test func(t *testing.T, open func(session.Options) *session.Sessions)) {
	t.Run("cookies", func(t *testing.T) {
		t.Parallel()
		test(t, func(o session.Options) *session.Sessions { return newCookies(t, o) })
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		server := startRedis(t)
		test(t, func(o session.Options) *session.Sessions { return newRedis(t, server.client(), o) })
	})
}

// trips is a hook that counts round trips to Redis.
type trips struct{ n atomic.Int64 }

func (*trips) DialHook(next redis.DialHook) redis.DialHook { return next }

func (c *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmd)
	}
}

func (c *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmds)
	}
}

// hook adds a hook to a client that has made its connections, one for single
// commands and one for pipelines: making them takes commands of its own.
func hook(t testing.TB, client *redis.Client, hook redis.Hook) {
	t.Helper()
	ctx := context.Background()
	pipe := client.Pipeline()
	pipe.Ping(ctx)
	_, err := pipe.Exec(ctx)
	if err := errors.Join(err, client.Ping(ctx).Err()); err != nil {
		t.Fatal(err)
	}
	client.AddHook(hook)
}

// count returns how many round trips f makes.
func (c *trips) count(f func()) int64 {
	before := c.n.Load()
	f()
	return c.n.Load() - before
}
