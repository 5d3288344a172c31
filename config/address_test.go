package config_test

import (
	"regexp"
	"testing"

	"example.com/okta-gin/config"
)

func TestBaseURLInParts(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][2]string{
		"https://app.example.com":           {"https://app.example.com", ""},
		"https://app.example.com/":          {"https://app.example.com", ""},
		"https://app.example.com:8443/a/b/": {"https://app.example.com:8443", "/a/b"},
		"http://[::1]:8080/portal":          {"http://[::1]:8080", "/portal"},
		"":                                  {"http://localhost:8080", ""},
	} {
		cfg := mustLoad(t, map[string]string{"BASE_URL": value, "SESSION_SECRET": hexKey})
		if got := [2]string{cfg.Origin(), cfg.BasePath()}; got != want {
			t.Errorf("BASE_URL=%s: origin and path are %q, want %q", value, got, want)
		}
	}
}

func TestListenOn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name             string
		settings         map[string]string
		network, address string
		base             string
	}{
		{"nothing set", nil, "tcp", "127.0.0.1:8080", "http://localhost:8080"},
		{"port", map[string]string{"PORT": "9000"}, "tcp", "127.0.0.1:9000", "http://localhost:9000"},
		{"localhost", map[string]string{"BASE_URL": "http://localhost:3000"}, "tcp", "127.0.0.1:8080", "http://localhost:3000"},
		{"loopback of IPv6", map[string]string{"BASE_URL": "http://[::1]:8080"}, "tcp", "[::1]:8080", "http://[::1]:8080"},
		{"another loopback address", map[string]string{"BASE_URL": "https://127.0.0.2"}, "tcp", "127.0.0.2:8080", "https://127.0.0.2"},
		{"elsewhere", map[string]string{"BASE_URL": "https://app.example.com"}, "tcp", ":8080", "https://app.example.com"},
		{"told otherwise", map[string]string{"LISTEN": ":9000"}, "tcp", ":9000", "http://localhost:9000"},
		{"host", map[string]string{"LISTEN": "10.0.0.1:9000"}, "tcp", "10.0.0.1:9000", "http://localhost:9000"},
		{"name", map[string]string{"LISTEN": "localhost:9000"}, "tcp", "localhost:9000", "http://localhost:9000"},
		{"IPv6", map[string]string{"LISTEN": "[::]:9000"}, "tcp", "[::]:9000", "http://localhost:9000"},
		{"the same twice", map[string]string{"LISTEN": ":9000", "PORT": "9000"}, "tcp", ":9000", "http://localhost:9000"},
		{"socket", map[string]string{"LISTEN": "unix:/run/a.sock", "BASE_URL": "https://app.example.com"}, "unix", "/run/a.sock", "https://app.example.com"},
		{"systemd", map[string]string{"LISTEN": "systemd", "BASE_URL": "http://localhost"}, "systemd", "", "http://localhost"},
		{"systemd, by name", map[string]string{"LISTEN": "systemd:http", "METRICS_LISTEN": "systemd:metrics", "BASE_URL": "http://localhost"}, "systemd", "http", "http://localhost"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			settings := map[string]string{"SESSION_SECRET": hexKey}
			for name, value := range test.settings {
				settings[name] = value
			}
			cfg := mustLoad(t, settings)
			network, address := cfg.ListenOn()
			if network != test.network || address != test.address || cfg.BaseURL != test.base {
				t.Errorf("got %s %s for %s, want %s %s for %s", network, address, cfg.BaseURL, test.network, test.address, test.base)
			}
		})
	}
}

func TestMetricsListenOn(t *testing.T) {
	t.Parallel()
	if _, _, ok := mustLoad(t, nil).MetricsListenOn(); ok {
		t.Error("without METRICS_LISTEN there is a listener of its own")
	}
	for value, want := range map[string][2]string{
		":9100":          {"tcp", ":9100"},
		"127.0.0.1:9100": {"tcp", "127.0.0.1:9100"},
		"unix:/run/m":    {"unix", "/run/m"},
	} {
		network, address, ok := mustLoad(t, map[string]string{"METRICS_LISTEN": value}).MetricsListenOn()
		if got := [2]string{network, address}; !ok || got != want {
			t.Errorf("METRICS_LISTEN=%s: got %q %t, want %q", value, got, ok, want)
		}
	}
}

func TestIssuerShape(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]struct{ shaped, org bool }{
		"https://acme.okta.com":                    {true, true},
		"https://acme.okta.com/":                   {true, true},
		"https://login.example.com":                {true, true},
		"https://acme.okta.com/oauth2/default":     {true, false},
		"https://login.example.com/oauth2/aus1/":   {true, false},
		"https://login.example.com/":               {false, false},
		"https://login.example.com/realms/demo":    {false, false},
		"https://login.example.com/oauth2/a/b":     {false, false},
		"https://login.example.com/oauth2/":        {false, false},
		"https://login.example.com/a/oauth2/aus1":  {false, false},
		"https://login.example.com/oauth2/%61us1/": {false, false},
	} {
		cfg := mustLoad(t, map[string]string{"OKTA_OAUTH2_ISSUER": value})
		if cfg.OktaShaped() != want.shaped || cfg.IsOrgServer() != want.org {
			t.Errorf("%s: OktaShaped %t, IsOrgServer %t, want %+v", value, cfg.OktaShaped(), cfg.IsOrgServer(), want)
		}
	}
}

func TestOrgKind(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"https://acme.okta.com/oauth2/default":        "production",
		"https://acme.okta-emea.com":                  "production",
		"https://acme.oktapreview.com/oauth2/default": "preview",
		"https://login.example.com":                   "custom domain",
		"https://oktapreview.com.example.com":         "custom domain",
	} {
		if got := mustLoad(t, map[string]string{"OKTA_OAUTH2_ISSUER": value}).OrgKind(); got != want {
			t.Errorf("%s is %q, want %q", value, got, want)
		}
	}
}

func TestSessionCookieName(t *testing.T) {
	t.Parallel()
	if got := mustLoad(t, map[string]string{"COOKIE_NAME": "shop"}).SessionCookieName(); got != "shop" {
		t.Errorf("got %q, want the name given", got)
	}
	seen := make(map[string]string)
	for _, changes := range []map[string]string{
		{},
		{"BASE_URL": "http://localhost:3000"},
		{"BASE_URL": "http://localhost:8080/portal"},
		{"BASE_URL": "https://localhost:8080"},
		{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com"},
		{"OKTA_OAUTH2_CLIENT_ID": "0oa2client"},
	} {
		name := mustLoad(t, changes).SessionCookieName()
		if !regexp.MustCompile(`^okta_session_[a-z2-7]{8}$`).MatchString(name) {
			t.Errorf("%v: the name is %q", changes, name)
		}
		if seen[name] != "" {
			t.Errorf("%v has the same name as %s", changes, seen[name])
		}
		seen[name] = changesText(changes)
		if again := mustLoad(t, changes).SessionCookieName(); again != name {
			t.Errorf("%v: the name is %q and then %q", changes, name, again)
		}
	}
}

func changesText(changes map[string]string) string {
	text := "the default"
	for name, value := range changes {
		text = name + "=" + value
	}
	return text
}

func issuer(c config.Config) string { return c.Issuer }
