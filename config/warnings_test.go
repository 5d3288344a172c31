package config_test

import (
	"strings"
	"testing"
)

func TestWarnings(t *testing.T) {
	t.Parallel()
	// quiet are settings that deserve no line.
	quiet := map[string]string{
		"SESSION_SECRET": hexKey, "OKTA_SCOPES": "openid offline_access", "OKTA_API_CLIENT_IDS": "0oa1",
		"STATE_FILE": "/var/lib/app/state",
	}
	tests := []struct {
		name     string
		settings map[string]string
		want     []string
	}{
		{"nothing", nil, nil},
		{"the org's own server takes no bearer tokens", map[string]string{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com", "OKTA_API_CLIENT_IDS": ""}, nil},
		{"another provider", map[string]string{"OKTA_OAUTH2_ISSUER": "https://id.example.com/realms/demo"}, []string{"OKTA_OAUTH2_ISSUER is not in the shape"}},
		{"generated key", map[string]string{"SESSION_SECRET": ""}, []string{"SESSION_SECRET is not set"}},
		{"Redis in the clear", map[string]string{"STATE_FILE": "", "SESSION_STORE": "redis://:s3cr3t@redis:6379"}, []string{"SESSION_STORE is redis://"}},
		{"Redis in the clear beside the cookie", map[string]string{"STATE_FILE": "", "REDIS_URL": "redis://:s3cr3t@redis:6379"}, []string{"REDIS_URL is redis://"}},
		{"one of several in the clear", map[string]string{"STATE_FILE": "", "REDIS_URL": "redis://localhost:6379?addr=localhost:1&addr=s3cr3t:6379"}, []string{"REDIS_URL is redis://"}},
		{"Redis encrypted", map[string]string{"STATE_FILE": "", "SESSION_STORE": "rediss://:s3cr3t@redis:6379"}, nil},
		{"Redis on this machine", map[string]string{"STATE_FILE": "", "SESSION_STORE": "redis://127.0.0.1:6379?addr=[::1]:6380"}, nil},
		{"nothing remembers what is over", map[string]string{"STATE_FILE": ""}, []string{"STATE_FILE is not set, nor is Redis"}},
		{"nothing has to", map[string]string{"STATE_FILE": "", "SESSION_SECRET": ""}, []string{"SESSION_SECRET is not set"}},
		{"long limits", map[string]string{"SESSION_IDLE_TIMEOUT": "13h", "SESSION_MAX_AGE": "25h"}, []string{"SESSION_IDLE_TIMEOUT is long", "SESSION_MAX_AGE is long"}},
		{"limits that are just not long", map[string]string{"SESSION_IDLE_TIMEOUT": "12h", "SESSION_MAX_AGE": "24h"}, nil},
		{"no renewal", map[string]string{"OKTA_SCOPES": "openid"}, []string{"OKTA_SCOPES is without offline_access"}},
		{"any client", map[string]string{"OKTA_API_CLIENT_IDS": ""}, []string{"OKTA_API_CLIENT_IDS is not set"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			settings := make(map[string]string)
			for name, value := range quiet {
				settings[name] = value
			}
			for name, value := range test.settings {
				settings[name] = value
			}
			got := mustLoad(t, settings).Warnings()
			if len(got) != len(test.want) {
				t.Fatalf("got %q, want %q", got, test.want)
			}
			for i, want := range test.want {
				if !strings.HasPrefix(got[i], want) || !strings.HasSuffix(got[i], ".") || strings.Contains(got[i], "s3cr3t") {
					t.Errorf("got %q, want a sentence that begins with %q", got[i], want)
				}
			}
		})
	}
}
