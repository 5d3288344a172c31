package config_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
)

const (
	hexKey    = "91d62b47f175bd597396fe32f1466f445bc272bbf2a1adb61896d179f5a42ac4"
	base64Key = "/qFzJKIXcS2bv7S1IUEApdNQgZY55dJpcTBndufCieg="
	urlKey    = "flCczi-frlWyYSiG5iY_Lgk_bU7vzvXF1Ob0mMLTk66b"
)

// required returns settings that are just enough, with changes put over them.
func required(changes map[string]string) map[string]string {
	env := map[string]string{
		"OKTA_OAUTH2_ISSUER":        "https://acme.okta.com/oauth2/default",
		"OKTA_OAUTH2_CLIENT_ID":     "0oa1client",
		"OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t",
	}
	maps.Copy(env, changes)
	return env
}

func mustLoad(t *testing.T, changes map[string]string) config.Config {
	t.Helper()
	cfg, err := config.Load(required(changes))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestLoadDefaults(t *testing.T) {
	t.Parallel()
	cfg := mustLoad(t, nil)

	if len(cfg.SessionKeys()) != 1 || len(cfg.SessionKeys()[0]) != 32 || !cfg.SessionSecretGenerated {
		t.Errorf("want one generated key of 32 bytes, got %d keys, generated %t", len(cfg.SessionKeys()), cfg.SessionSecretGenerated)
	}
	again := mustLoad(t, nil)
	if bytes.Equal(cfg.SessionKeys()[0], again.SessionKeys()[0]) {
		t.Error("two starts generated the same key")
	}
	cfg.SessionSecrets = nil
	want := config.Config{
		Issuer:                 "https://acme.okta.com/oauth2/default",
		ClientID:               "0oa1client",
		ClientSecret:           config.NewSecret("s3cr3t"),
		Port:                   8080,
		BaseURL:                "http://localhost:8080",
		SessionSecretGenerated: true,
		SessionStore:           config.NewSecret("cookie"),
		SessionIdleTimeout:     time.Hour,
		SessionMaxAge:          12 * time.Hour,
		SessionRenewGrace:      15 * time.Minute,
		KeptFormMax:            1 << 20,
		DoctorAtStart:          "quick",
		Scopes:                 []string{"openid", "profile", "email"},
		ResponseMode:           "query",
		SignIn:                 "redirect",
		PAR:                    "auto",
		DPoP:                   "off",
		JAR:                    "off",
		OktaTimeout:            5 * time.Second,
		APIAudience:            "api://default",
		LogLevel:               slog.LevelInfo,
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
	if cfg.Secure() || cfg.IsOrgServer() || cfg.WantsRenewal() {
		t.Errorf("Secure %t, IsOrgServer %t, WantsRenewal %t, want all false", cfg.Secure(), cfg.IsOrgServer(), cfg.WantsRenewal())
	}
}

func TestLoadEverything(t *testing.T) {
	t.Parallel()
	cfg := mustLoad(t, map[string]string{
		"OKTA_OAUTH2_ISSUER":   " https://Acme.okta.com/ ",
		"PORT":                 "9000",
		"LISTEN":               "127.0.0.1:9000",
		"METRICS_LISTEN":       "unix:/run/app/metrics.sock",
		"BASE_URL":             "https://App.Example.com:443/Portal/",
		"COOKIE_NAME":          "shop",
		"TRUSTED_PROXIES":      "10.1.2.3/8, 192.0.2.1,2001:db8::/32",
		"SESSION_SECRET":       hexKey + ", " + base64Key,
		"SESSION_STORE":        "rediss://user:p%40ss@redis.example.com:6380/2",
		"REDIS_URL":            "redis://localhost",
		"SESSION_IDLE_TIMEOUT": "30m",
		"SESSION_MAX_AGE":      "30m",
		"SESSION_RENEW_GRACE":  "0s",
		"SESSION_SHOW_ADDRESS": "true",
		"KEPT_FORM_MAX":        "2000000",
		"OKTA_SCOPES":          "openid  offline_access",
		"OKTA_PROMPT":          "login  consent",
		"OKTA_RESPONSE_MODE":   "form_post",
		"SIGN_IN":              "redirect",
		"OKTA_ENGINE":          "classic",
		"OKTA_DPOP":            "on",
		"OKTA_RESOURCE":        "https://api.example.com/orders, urn://x",
		"OKTA_PAR":             "require",
		"OKTA_TIMEOUT":         "2s",
		"DOCTOR_AT_START":      "full",
		"REQUIRE_GROUPS":       "Admins, Équipe Produit ,管理者",
		"ADMIN_GROUPS":         "Admins",
		"OKTA_API_AUDIENCE":    "https://api.example.com",
		"OKTA_API_CLIENT_IDS":  "0oa1, 0oa2",
		"OKTA_API_SCOPES":      "messages:read messages:list",
		"CORS_ALLOWED_ORIGINS": "https://SPA.example.com, http://127.0.0.1:5173",
		"OKTA_API_TOKEN":       "00token",
		"LOG_LEVEL":            "WARN",
		"LOG_FORMAT":           "json",

		"OTEL_EXPORTER_OTLP_ENDPOINT":        "http://collector:4318/otel/",
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://traces.example.com/in",
		"OTEL_EXPORTER_OTLP_PROTOCOL":        "http/protobuf",
		"OTEL_TRACES_EXPORTER":               "otlp",
	})
	if len(cfg.SessionKeys()) != 2 || len(cfg.SessionKeys()[0]) != 32 || cfg.SessionKeys()[1][31] != 0xe8 {
		t.Errorf("session keys are not those given: %x", cfg.SessionKeys())
	}
	cfg.SessionSecrets = nil
	want := config.Config{
		Issuer:        "https://acme.okta.com",
		ClientID:      "0oa1client",
		ClientSecret:  config.NewSecret("s3cr3t"),
		Port:          9000,
		Listen:        "127.0.0.1:9000",
		MetricsListen: "unix:/run/app/metrics.sock",
		BaseURL:       "https://app.example.com/Portal",
		CookieName:    "shop",
		TrustedProxies: []netip.Prefix{
			netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("2001:db8::/32"),
		},
		SessionStore:       config.NewSecret("rediss://user:p%40ss@redis.example.com:6380/2"),
		RedisURL:           config.NewSecret("redis://localhost"),
		SessionShowAddress: true,
		KeptFormMax:        2_000_000,
		DoctorAtStart:      "full",
		SessionIdleTimeout: 30 * time.Minute,
		SessionMaxAge:      30 * time.Minute,
		Scopes:             []string{"openid", "offline_access"},
		Prompt:             "login consent",
		ResponseMode:       "form_post",
		SignIn:             "redirect",
		Engine:             "classic",
		PAR:                "require",
		DPoP:               "on",
		JAR:                "off",
		Resources:          config.List{"https://api.example.com/orders", "urn://x"},
		OktaTimeout:        2 * time.Second,
		RequireGroups:      []string{"Admins", "Équipe Produit", "管理者"},
		AdminGroups:        []string{"Admins"},
		APIAudience:        "https://api.example.com",
		APIClientIDs:       []string{"0oa1", "0oa2"},
		APIScopes:          []string{"messages:read", "messages:list"},
		CORSAllowedOrigins: []string{"https://spa.example.com", "http://127.0.0.1:5173"},
		APIToken:           config.NewSecret("00token"),
		LogLevel:           slog.LevelWarn,
		LogFormat:          "json",
		OTLPEndpoint:       "http://collector:4318/otel/",
		TracesEndpoint:     "https://traces.example.com/in",
		OTLPProtocol:       "http/protobuf",
		TracesExporter:     "otlp",
	}
	if !reflect.DeepEqual(cfg, want) {
		t.Errorf("got  %+v\nwant %+v", cfg, want)
	}
	if !cfg.Secure() || !cfg.IsOrgServer() || !cfg.WantsRenewal() {
		t.Errorf("Secure %t, IsOrgServer %t, WantsRenewal %t, want all true", cfg.Secure(), cfg.IsOrgServer(), cfg.WantsRenewal())
	}
}

func TestLoadAccepts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value string
		got         func(config.Config) string
		want        string
	}{
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/oauth2/aus1/", issuer, "https://acme.okta.com/oauth2/aus1"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com:443", issuer, "https://acme.okta.com"},
		{"OKTA_OAUTH2_ISSUER", "http://localhost:7777/oauth2/default", issuer, "http://localhost:7777/oauth2/default"},
		{"OKTA_OAUTH2_ISSUER", "http://127.8.9.1:7777", issuer, "http://127.8.9.1:7777"},
		{"OKTA_OAUTH2_ISSUER", "http://[::1]:7777", issuer, "http://[::1]:7777"},
		{"OKTA_OAUTH2_ISSUER", "https://admin.okta.com", issuer, "https://admin.okta.com"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/", issuer, "https://acme.okta.com"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta-gov.com/", issuer, "https://acme.okta-gov.com"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/oauth2/default//", issuer, "https://acme.okta.com/oauth2/default"},
		{"OKTA_OAUTH2_ISSUER", "https://Login.example.com/oauth2/default/", issuer, "https://login.example.com/oauth2/default"},
		{"OKTA_OAUTH2_ISSUER", "https://shop-admin.example.com", issuer, "https://shop-admin.example.com"},
		{"OKTA_OAUTH2_ISSUER", "https://acme-admin.notokta.com", issuer, "https://acme-admin.notokta.com"},
		{"OKTA_OAUTH2_ISSUER", "https://acme-admin.okta.com.example.com", issuer, "https://acme-admin.okta.com.example.com"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com/", issuer, "https://id.example.com/"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com:443/realms/demo", issuer, "https://id.example.com:443/realms/demo"},
		{"OKTA_OAUTH2_ISSUER", "https://ID.example.com/a/b/", issuer, "https://ID.example.com/a/b/"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com/oauth2/default/v2", issuer, "https://id.example.com/oauth2/default/v2"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com/realms/my%20realm", issuer, "https://id.example.com/realms/my%20realm"},
		{"OKTA_OAUTH2_ISSUER", "http://127.0.0.1:7777/realms/demo", issuer, "http://127.0.0.1:7777/realms/demo"},
		{"OKTA_OAUTH2_ISSUER", "https://login.example.com:8443/oauth2/default", config.Config.OrgURL, "https://login.example.com:8443"},
		{"TRUSTED_PROXIES", "10.0.0.0/8,fc00::/7,fe80::/10,::ffff:192.0.2.0/120", proxies, "[10.0.0.0/8 fc00::/7 fe80::/10 192.0.2.0/24]"},
		{"TRUSTED_PROXIES", `["10.0.0.0/8","2001:db8::1"]`, proxies, "[10.0.0.0/8 2001:db8::1/128]"},
		{"REQUIRE_GROUPS", `["Sales, North"," padded ","say \"hi\"","O'Neil's","\"quoted\"","[x]","{x}","R\u0026D"]`, groups, `Sales, North| padded |say "hi"|O'Neil's|"quoted"|[x]|{x}|R&D`},
		{"REQUIRE_GROUPS", "O'Neil's team, R&D; all", groups, "O'Neil's team|R&D; all"},
		{"REQUIRE_GROUPS", "Org.okta, yours truly", groups, "Org.okta|yours truly"},
		{"OKTA_API_CLIENT_IDS", `["0oa1","a,b"]`, clients, "0oa1|a,b"},
		{"CORS_ALLOWED_ORIGINS", `["https://SPA.example.com"]`, origins, "https://spa.example.com"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "a b%c+d:eüf", secret, "a b%c+d:eüf"},
		{"OKTA_OAUTH2_CLIENT_SECRET", `p{a}<b>"c'd...e`, secret, `p{a}<b>"c'd...e`},
		{"OKTA_OAUTH2_CLIENT_SECRET", "s3cr3t'", secret, "s3cr3t'"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "s3cr3t...", secret, "s3cr3t..."},
		{"OKTA_OAUTH2_CLIENT_SECRET", "s3cr3t\r\n", secret, "s3cr3t"},
		{"COOKIE_NAME", "my.shop-1", cookieName, "my.shop-1"},
		{"PORT", "9090", baseURL, "http://localhost:9090"},
		{"BASE_URL", "https://app.example.com/a/b-c/~d.e_f/", baseURL, "https://app.example.com/a/b-c/~d.e_f"},
		{"BASE_URL", "http://127.0.0.1:80", baseURL, "http://127.0.0.1"},
		{"BASE_URL", "https://localhost:8443/", baseURL, "https://localhost:8443"},
		{"SESSION_SECRET", base64Key, keyInHex, "fea17324a217712d9bbfb4b5214100a5d350819639e5d26971306776e7c289e8"},
		{"SESSION_SECRET", strings.TrimRight(base64Key, "="), keyInHex, "fea17324a217712d9bbfb4b5214100a5d350819639e5d26971306776e7c289e8"},
		{"SESSION_SECRET", urlKey, keyInHex, "7e509cce2f9fae55b2612886e6263f2e093f6d4eefcef5c5d4e6f498c2d393ae9b"},
		{"SESSION_SECRET", strings.ToUpper(hexKey), keyInHex, hexKey},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			t.Parallel()
			cfg := mustLoad(t, map[string]string{test.name: test.value, "SESSION_SECRET": secretUnless(test.name, test.value)})
			if got := test.got(cfg); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func secret(c config.Config) string     { return c.ClientSecret.Reveal() }
func cookieName(c config.Config) string { return c.CookieName }
func groups(c config.Config) string     { return strings.Join(c.RequireGroups, "|") }
func clients(c config.Config) string    { return strings.Join(c.APIClientIDs, "|") }
func origins(c config.Config) string    { return strings.Join(c.CORSAllowedOrigins, "|") }
func proxies(c config.Config) string    { return fmt.Sprint(c.TrustedProxies) }
func baseURL(c config.Config) string    { return c.BaseURL }
func keyInHex(c config.Config) string   { return fmt.Sprintf("%x", c.SessionKeys()[0]) }
