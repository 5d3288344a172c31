package apptest

import (
	"testing"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// Rotating gives every refresh token one use, without any grace: whoever sends a
// spent one loses the session.
func Rotating(c *mockokta.Client) {
	c.RefreshRotation, c.RefreshLeeway = "ROTATE", -1
}

// Renewing are the settings of an app that renews its sessions and has no idle
// timeout of note, and further ones as name, value.
func Renewing(more ...string) map[string]string {
	env := map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "12h"}
	for i := 0; i+1 < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	return env
}

// OnStores runs a test with cookies in one process and in two that share
// REDIS_URL, and with Redis in one and in two.
// more changes the settings.
func OnStores(t *testing.T, test func(t *testing.T, start func(Setup) *Replicas), more ...func(map[string]string) map[string]string) {
	for _, store := range []struct {
		name, setting string
		n             int
	}{
		{"cookies", "", 1}, {"cookies in two processes", "REDIS_URL", 2},
		{"redis", "SESSION_STORE", 1}, {"redis in two processes", "SESSION_STORE", 2},
	} {
		t.Run(store.name, func(t *testing.T) {
			t.Parallel()
			test(t, func(s Setup) *Replicas {
				s.Env = Renewing()
				if store.setting != "" {
					s.Env[store.setting] = redistest.Start(t).URL()
				}
				for _, change := range more {
					s.Env = change(s.Env)
				}
				return StartReplicas(t, store.n, s)
			})
		})
	}
}
