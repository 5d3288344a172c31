// Package redisurl reads the URLs by which settings name a Redis: one server, Sentinel
// or Cluster.
package redisurl

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

// Log gives what go-redis has to say, such as why it could not connect, to
// log at level debug: requests that fail for it are logged anyway. The library has
// one logger for the whole process, so this is main's business, before Connect.
func Log(log *slog.Logger) {
	redis.SetLogger(redisLog{log})
}

type redisLog struct{ log *slog.Logger }

func (l redisLog) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "go-redis", "message", fmt.Sprintf(format, v...))
}

// Connect reads a Redis URL: with master_name it names Sentinels, with addr the
// nodes of a Cluster, else one server. The library's errors may quote the
// password, so they go no further.
func Connect(address config.Secret) (redis.UniversalClient, error) {
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
