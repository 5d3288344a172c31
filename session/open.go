package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/redis/go-redis/v9"

	"example.com/okta-gin/config"
)

// patience is what Redis URLs get where they say nothing of it. People wait for
// Redis: a clear 503 soon is better than an answer late.
var patience = map[string]string{
	"dial_timeout":  "1s",
	"read_timeout":  "500ms",
	"write_timeout": "500ms",
	"pool_timeout":  "1s",
	"max_retries":   "1",
}

// Open returns sessions kept where cfg says, with the issuer and the client id of
// cfg as their realm unless o has one. It connects to nothing yet: Redis may be away.
func Open(cfg config.Config, o Options) (*Sessions, error) {
	if o.Realm == "" {
		o.Realm = cfg.Issuer + " " + cfg.ClientID
	}
	if address := cfg.RedisURL; address.IsSet() {
		client, err := connect(address)
		if err != nil {
			return nil, fmt.Errorf("REDIS_URL: %w", err)
		}
		o.Replicas = client
	}
	if cfg.SessionStore.Reveal() == "cookie" {
		return NewCookies(o)
	}
	client, err := connect(cfg.SessionStore)
	if err != nil {
		return nil, fmt.Errorf("SESSION_STORE: %w", err)
	}
	return NewRedis(client, o)
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
		o.Ended = NewMemoryEnded(defaultMaxEnded, o.Now, o.Log)
	}
	store, err := newCookieStore(o)
	if err != nil {
		return nil, err
	}
	return newSessions(store, o)
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
	return newSessions(store, o)
}

func newSessions(store store, o Options) (*Sessions, error) {
	attempts, err := newAttempts(o)
	if err != nil {
		return nil, err
	}
	signOuts, err := newSignOuts(o)
	if err != nil {
		return nil, err
	}
	return &Sessions{store: store, ended: o.Ended, realm: newRealm(o.Realm), now: o.Now, attempts: attempts, signOuts: signOuts}, nil
}

// LogRedis gives what go-redis has to say, such as why it could not connect, to
// log at level debug: requests that fail for it are logged anyway. The library has
// one logger for the whole process, so this is main's business, before Open.
func LogRedis(log *slog.Logger) {
	redis.SetLogger(redisLog{log})
}

type redisLog struct{ log *slog.Logger }

func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "go-redis", "message", fmt.Sprintf(format, v...))
}

// connect reads a Redis URL: with master_name it names Sentinels, with addr the
// nodes of a Cluster, else one server. The library's errors may quote the
// password, so they go no further.
func connect(address config.Secret) (redis.UniversalClient, error) {
	unreadable := errors.New("go-redis cannot read this URL; see its ParseURL, ParseFailoverURL and ParseClusterURL")
	u, err := url.Parse(address.Reveal())
	if err != nil {
		return nil, unreadable
	}
	query := u.Query()
	for name, value := range patience {
		if !query.Has(name) {
			query.Set(name, value)
		}
	}
	u.RawQuery = query.Encode()
	switch {
	case query.Has("master_name"):
		options, err := redis.ParseFailoverURL(u.String())
		if err != nil {
			return nil, unreadable
		}
		options.ContextTimeoutEnabled, options.DialerRetries = true, 1
		return redis.NewFailoverClient(options), nil
	case query.Has("addr"):
		options, err := redis.ParseClusterURL(u.String())
		if err != nil {
			return nil, unreadable
		}
		options.ContextTimeoutEnabled, options.DialerRetries = true, 1
		return redis.NewClusterClient(options), nil
	default:
		options, err := redis.ParseURL(u.String())
		if err != nil {
			return nil, unreadable
		}
		options.ContextTimeoutEnabled, options.DialerRetries = true, 1
		return redis.NewClient(options), nil
	}
}
