package config

import (
	"slices"
	"time"

	"example.com/okta-gin/config/weburl"
)

const (
	maxSession    = 30 * 24 * time.Hour
	maxRenewGrace = 24 * time.Hour

	minKeptForm = 64 << 10
	maxKeptForm = 4 << 20
)

// WantsRenewal reports whether sessions are to be renewed with refresh tokens.
func (c Config) WantsRenewal() bool { return slices.Contains(c.Scopes, "offline_access") }

// HasRedis reports whether what is over is remembered in Redis.
func (c Config) HasRedis() bool { return c.RedisURL.IsSet() || c.SessionStore.Reveal() != "cookie" }

// SessionKeys returns the bytes of [Config.SessionSecrets], in the same order.
func (c Config) SessionKeys() [][]byte {
	keys := make([][]byte, len(c.SessionSecrets))
	for i, secret := range c.SessionSecrets {
		keys[i] = []byte(secret.Reveal())
	}
	return keys
}

func (c *Config) checkSession(found *problems) {
	if len(c.SessionSecrets) == 0 {
		if weburl.IsElsewhere(c.BaseURL) {
			found.add("SESSION_SECRET", invalid("is missing, and needed because BASE_URL is not this machine; make one with `openssl rand -hex 32`"))
		}
		c.SessionSecrets = []Secret{generateKey()}
		c.SessionSecretGenerated = true
	}

	if c.CookieName != "" {
		found.add("COOKIE_NAME", checkCookieName(c.CookieName))
	}
	if store := c.SessionStore.Reveal(); store != "cookie" {
		found.add("SESSION_STORE", checkRedisURL(store, `must be "cookie", or `))
	}
	if c.RedisURL.IsSet() {
		found.add("REDIS_URL", checkRedisURL(c.RedisURL.Reveal(), "must be "))
	}

	if c.StateFile != "" && c.HasRedis() {
		found.add("STATE_FILE", invalid("is for a single process without Redis; remove it, or SESSION_STORE and REDIS_URL"))
	}

	found.add("SESSION_IDLE_TIMEOUT", checkDuration(c.SessionIdleTimeout, time.Second, maxSession))
	found.add("SESSION_MAX_AGE", checkDuration(c.SessionMaxAge, time.Second, maxSession))
	if c.SessionIdleTimeout > c.SessionMaxAge && !found.has("SESSION_IDLE_TIMEOUT") {
		found.add("SESSION_MAX_AGE", invalid("must not be shorter than SESSION_IDLE_TIMEOUT"))
	}
	if most := c.KeptFormMax; most != 0 && (most < minKeptForm || most > maxKeptForm) {
		found.add("KEPT_FORM_MAX", invalid("must be 0, for no forms, or bytes from 65536 to 4194304"))
	}
	found.add("SESSION_RENEW_GRACE", checkDuration(c.SessionRenewGrace, 0, maxRenewGrace))
}
