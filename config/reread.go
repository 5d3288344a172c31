package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Reread reads the settings anew from where [Read] read them: its files may have changed. ok is
// false for a Config that is not Read's.
func (c Config) Reread() (next Config, ok bool, err error) {
	if c.source == nil {
		return Config{}, false, nil
	}
	next, err = Read(c.source.dir, c.source.environ)
	return next, true, err
}

// Environ is the environment that [Read] read, nil for a Config that is not Read's: for what says
// more than settings, such as which sockets systemd hands over.
func (c Config) Environ() []string {
	if c.source == nil {
		return nil
	}
	return c.source.environ
}

// Renewed are the secrets that the app takes up while it runs, with a mark for each that tells one
// from the next and gives nothing away: the beginning of its SHA-256, or for a key its kid.
func (c Config) Renewed() map[string]string {
	marks := make(map[string]string)
	for name, secrets := range map[string][]Secret{
		"OKTA_OAUTH2_CLIENT_SECRET": {c.ClientSecret, c.OtherClientSecret},
		"OKTA_API_TOKEN":            {c.APIToken},
		"OKTA_EVENT_HOOK_SECRET":    {c.EventHookSecret},
		"SESSION_SECRET":            c.givenSessionSecrets(),
	} {
		if mark := markOf(secrets...); mark != "" {
			marks[name] = mark
		}
	}
	if c.ClientKeys.IsSet() {
		marks[clientKeyName] = kidsOf(c.ClientKeys)
	}
	return marks
}

// givenSessionSecrets are none where a generated one stands in for them: each reading makes another.
func (c Config) givenSessionSecrets() []Secret {
	if c.SessionSecretGenerated {
		return nil
	}
	return c.SessionSecrets
}

// AtStart are the same of the secrets that count from the next start on. Not all of them were drawn
// by chance: they are to be compared, and not to be shown.
func (c Config) AtStart() map[string]string {
	marks := make(map[string]string)
	for name, secret := range map[string]Secret{"SESSION_STORE": c.SessionStore, "REDIS_URL": c.RedisURL} {
		if mark := markOf(secret); mark != "" {
			marks[name] = mark
		}
	}
	return marks
}

// Differing are the names with other marks in next than in now, sorted.
func Differing(now, next map[string]string) []string {
	names := make(map[string]bool)
	for _, marks := range []map[string]string{now, next} {
		for name := range marks {
			if now[name] != next[name] {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// markLength is in hex digits. It tells secrets apart, and is no help to find one that was drawn by
// chance.
const markLength = 8

func markOf(secrets ...Secret) string {
	var marks []string
	for _, secret := range secrets {
		if secret.IsSet() {
			sum := sha256.Sum256([]byte(secret.Reveal()))
			marks = append(marks, hex.EncodeToString(sum[:])[:markLength])
		}
	}
	return strings.Join(marks, " ")
}

func kidsOf(keys Secret) string {
	var set struct {
		Keys []struct {
			KeyID string `json:"kid"`
		} `json:"keys"`
	}
	if json.Unmarshal([]byte(keys.Reveal()), &set) != nil {
		return ""
	}
	var kids []string
	for _, key := range set.Keys {
		kids = append(kids, key.KeyID)
	}
	return strings.Join(kids, " ")
}
