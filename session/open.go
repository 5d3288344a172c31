package session

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/config"
	"example.com/okta-gin/session/index"
	"example.com/okta-gin/session/over"
	"example.com/okta-gin/session/redisurl"
	"example.com/okta-gin/session/underway"
)

// Open returns sessions kept where cfg says, with the issuer and the client id of
// cfg as their realm unless o has one. It connects to nothing yet: Redis may be away.
func Open(cfg config.Config, o Options) (*Sessions, error) {
	if o.Realm == "" {
		o.Realm = cfg.Issuer + " " + cfg.ClientID
	}
	if address := cfg.RedisURL; address.IsSet() {
		client, err := o.connect(address)
		if err != nil {
			return nil, fmt.Errorf("REDIS_URL: %w", err)
		}
		o.Replicas = client
	}
	if cfg.SessionStore.Reveal() == "cookie" {
		return NewCookies(o)
	}
	client, err := o.connect(cfg.SessionStore)
	if err != nil {
		return nil, fmt.Errorf("SESSION_STORE: %w", err)
	}
	return NewRedis(client, o)
}

func (o Options) connect(address config.Secret) (redis.UniversalClient, error) {
	client, err := redisurl.Connect(address)
	if err == nil && o.WatchRedis != nil {
		o.WatchRedis(client)
	}
	return client, err
}

// NewCookies returns sessions that need nothing but their secrets: the browsers keep
// them. It fails on options that are missing or make no sense.
func NewCookies(o Options) (*Sessions, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	switch {
	case o.Ended != nil:
	case o.Replicas != nil:
		o.Ended = NewRedisEnded(o.Replicas, o.Now)
	default:
		o.Ended = over.NewMemory(defaultMaxEnded, o.Now, o.Log)
	}
	if o.Index == nil && o.Replicas != nil {
		o.Index = index.NewRedis(o.Replicas, o.Now)
	}
	store, err := newCookieStore(o)
	if err != nil {
		return nil, err
	}
	return newSessions(store, store.opener, o)
}

// NewRedis returns sessions kept in Redis: one server, Sentinel or Cluster. It
// fails on options that are missing or make no sense; it doesn't call Redis.
//
// The client's timeouts are how long a request may wait when Redis is away: give
// it short ones, few retries, and ContextTimeoutEnabled.
func NewRedis(client redis.UniversalClient, o Options) (*Sessions, error) {
	o, err := o.checked()
	if err != nil {
		return nil, err
	}
	if o.Ended == nil {
		o.Ended = NewRedisEnded(client, o.Now)
	}
	store, err := newRedisStore(client, o)
	if err != nil {
		return nil, err
	}
	return newSessions(store, store.opener, o)
}

func newSessions(store store, opener opener, o Options) (*Sessions, error) {
	realm := newRealm(o.Realm)
	way := underway.Options{
		Jar: o.jar(), Sealer: o.sealer, Now: o.Now, Skew: clockTolerance,
		Claim: func(ctx context.Context, state string, until time.Time) (bool, error) {
			return o.Ended.Claim(ctx, realm.attempt(state), until)
		},
	}
	attempts, err := underway.NewAttempts(way)
	if err != nil {
		return nil, err
	}
	signOuts, err := underway.NewSignOuts(way)
	if err != nil {
		return nil, err
	}
	return &Sessions{store: store, opener: opener, ended: o.Ended, realm: realm, now: o.Now, ring: o.ring, attempts: attempts, signOuts: signOuts}, nil
}
