package config

import "slices"

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
