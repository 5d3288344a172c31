package config

import (
	"fmt"
	"net/url"
	"time"

	"example.com/okta-gin/config/weburl"
)

const (
	longSession = 24 * time.Hour
	longIdle    = 12 * time.Hour
)

// Warnings returns a sentence for each setting that works but deserves a line at start, beginning
// with its name, in the order of [Config]. It holds no secrets.
func (c Config) Warnings() []string {
	var lines []string
	warn := func(name, sentence string) { lines = append(lines, name+" "+sentence) }

	if !c.OktaShaped() {
		warn("OKTA_OAUTH2_ISSUER", "is not in the shape of an Okta authorization server and is taken letter by letter; what only Okta has is off: people's Okta records, and sign-in links of Okta's dashboard that name the org.")
	}
	if c.SessionSecretGenerated {
		warn("SESSION_SECRET", "is not set: a random one is used, and everybody is signed out when the app stops.")
	}
	for _, each := range []struct {
		name    string
		address Secret
	}{{"SESSION_STORE", c.SessionStore}, {"REDIS_URL", c.RedisURL}} {
		if isPlainElsewhere(each.address) {
			warn(each.name, "is redis:// on another machine: its password and what it keeps cross the network in the clear; rediss:// is encrypted.")
		}
	}
	if c.StateFile == "" && !c.HasRedis() && !c.SessionSecretGenerated {
		warn("STATE_FILE", fmt.Sprintf("is not set, nor is Redis: a restart forgets which sessions were ended, and a copy of such a cookie works again for up to SESSION_MAX_AGE (%s).", c.SessionMaxAge))
	}
	if c.SessionIdleTimeout > longIdle {
		warn("SESSION_IDLE_TIMEOUT", fmt.Sprintf("is long: a browser left alone stays signed in for %s.", c.SessionIdleTimeout))
	}
	if c.SessionMaxAge > longSession {
		warn("SESSION_MAX_AGE", fmt.Sprintf("is long: a session, and whoever has stolen it, lasts up to %s.", c.SessionMaxAge))
	}
	if !c.WantsRenewal() {
		warn("OKTA_SCOPES", fmt.Sprintf("is without offline_access: whoever is deactivated at Okta stays signed in here for up to SESSION_MAX_AGE (%s).", c.SessionMaxAge))
	}
	if len(c.APIClientIDs) == 0 && !c.IsOrgServer() {
		warn("OKTA_API_CLIENT_IDS", "is not set: bearer tokens of any client are accepted whose audience is that of OKTA_API_AUDIENCE.")
	}
	return lines
}

// isPlainElsewhere reports whether address is an unencrypted Redis that is not on this machine
// alone.
func isPlainElsewhere(address Secret) bool {
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Scheme != "redis" {
		return false
	}
	if !weburl.IsLoopback(u.Hostname()) {
		return true
	}
	for _, other := range u.Query()["addr"] {
		if weburl.IsElsewhere("redis://" + other) {
			return true
		}
	}
	return false
}
