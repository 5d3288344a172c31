package config_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value string
		want        string // part of the line about it
	}{
		{"OKTA_OAUTH2_ISSUER", "", "is missing"},
		{"OKTA_OAUTH2_ISSUER", "https://{yourOktaDomain}/oauth2/default", "placeholder"},
		{"OKTA_OAUTH2_ISSUER", "https://<org>.okta.com", "placeholder"},
		{"OKTA_OAUTH2_ISSUER", "https://....okta.com", "placeholder"},
		{"OKTA_OAUTH2_ISSUER", "https://yourOktaDomain.okta.com", "placeholder"},
		{"OKTA_OAUTH2_ISSUER", "acme.okta.com/oauth2/default", "full URL that begins with https://"},
		{"OKTA_OAUTH2_ISSUER", "acme.okta.com:443", "full URL that begins with https://"},
		{"OKTA_OAUTH2_ISSUER", "ftp://acme.okta.com", "full URL that begins with https://"},
		{"OKTA_OAUTH2_ISSUER", "https:acme.okta.com", "full URL that begins with https://"},
		{"OKTA_OAUTH2_ISSUER", "https://https://acme.okta.com", "begin with https:// once"},
		{"OKTA_OAUTH2_ISSUER", "http://acme.okta.com", "http is for this machine alone"},
		{"OKTA_OAUTH2_ISSUER", "http://localhost.example.com", "http is for this machine alone"},
		{"OKTA_OAUTH2_ISSUER", "https://acme-admin.okta.com", "Admin Console; leave out the -admin"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/oauth2/default/.well-known/openid-configuration", "leave out /.well-known/"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/oauth2/default/v1/authorize", "without an endpoint"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/oauth2", "https://ORG.okta.com/oauth2/ID"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/oauth2/de%66ault", "https://ORG.okta.com/oauth2/ID"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/foo", "https://ORG.okta.com/oauth2/ID"},
		{"OKTA_OAUTH2_ISSUER", "https://Acme.OktaPreview.com/foo", "https://ORG.okta.com/oauth2/ID"},
		{"OKTA_OAUTH2_ISSUER", "https://acme-admin.okta-emea.com", "leave out the -admin"},
		{"OKTA_OAUTH2_ISSUER", "https://okta.com", "must name your org"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com/.well-known/openid-configuration", "leave out /.well-known/"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com/a/../b", "plain path"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com/a b", "plain path"},
		{"OKTA_OAUTH2_ISSUER", "https://id.example.com/é", "plain path"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com?x=1", "question mark"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com?", "question mark"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com#", "#"},
		{"OKTA_OAUTH2_ISSUER", "https://user:pw@acme.okta.com", "user name"},
		{"OKTA_OAUTH2_ISSUER", "https://", "plain host name"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com:", "plain host name"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com:70000", "port from 1 to 65535"},
		{"OKTA_OAUTH2_ISSUER", "https://acme..okta.com", "plain host name"},
		{"OKTA_OAUTH2_ISSUER", "https://acmé.okta.com", "plain host name"},
		{"OKTA_OAUTH2_ISSUER", "https://acme.okta.com/\x00", "control characters"},
		{"OKTA_OAUTH2_CLIENT_ID", " ", "is missing"},
		{"OKTA_OAUTH2_CLIENT_ID", "{yourClientId}", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_ID", "your-client-id", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_ID", "two words", "one word"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "", "is missing"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "${clientSecret}", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "pass\nword", "control characters or line breaks"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "\xff", "plain text"},
		{"PORT", "0", "from 1 to 65535"},
		{"PORT", "65536", "from 1 to 65535"},
		{"PORT", "-1", "from 1 to 65535"},
		{"PORT", ":8080", "whole number"},
		{"BASE_URL", "http://app.example.com", "http is for this machine alone"},
		{"BASE_URL", "https://app.example.com//portal", "path of letters"},
		{"BASE_URL", "https://app.example.com/portal//", "path of letters"},
		{"BASE_URL", "https://app.example.com/a/../b", "path of letters"},
		{"BASE_URL", "https://app.example.com/.", "path of letters"},
		{"BASE_URL", "https://app.example.com/%70ortal", "path of letters"},
		{"BASE_URL", "https://app.example.com/:id", "path of letters"},
		{"BASE_URL", "https://app.example.com/a;b", "path of letters"},
		{"BASE_URL", "https://app.example.com/\\a", "path of letters"},
		{"BASE_URL", "https://app.example.com/é", "path of letters"},
		{"BASE_URL", "https://[fe80::1%25eth0]", "plain host name"},
		{"LISTEN", "8080", "HOST:PORT, :PORT, unix:/PATH, systemd or systemd:NAME"},
		{"LISTEN", ":0", "port from 1 to 65535"},
		{"LISTEN", ":65536", "port from 1 to 65535"},
		{"LISTEN", ":http", "port from 1 to 65535"},
		{"LISTEN", "a b:80", "HOST:PORT"},
		{"LISTEN", "unix:app.sock", "full path"},
		{"LISTEN", "unix:/run/../app.sock", "full path"},
		{"LISTEN", "unix:/" + strings.Repeat("ab/", 34) + "cd", "103 bytes"},
		{"METRICS_LISTEN", "systemd:a:b", "letters, digits"},
		{"METRICS_LISTEN", "systemd:", "letters, digits"},
		{"METRICS_LISTEN", "127.0.0.1:8080", "must not be where the app itself listens"},
		{"DOCTOR_AT_START", "slow", `"quick", "full"`},
		{"COOKIE_NAME", "two words", "one word"},
		{"COOKIE_NAME", "a;b", "one word"},
		{"COOKIE_NAME", strings.Repeat("sid_", 10) + "x", "40 at the most"},
		{"COOKIE_NAME", "__Host-shop", "must not begin with __"},
		{"BASE_URL", "https://*.example.com", "plain host name"},
		{"BASE_URL", "localhost:8080", "full URL"},
		{"BASE_URL", "https://[::1", "full URL"},
		{"TRUSTED_PROXIES", "proxy.example.com", "addresses or CIDRs"},
		{"TRUSTED_PROXIES", "10.0.0.1,,10.0.0.2", "empty entry"},
		{"TRUSTED_PROXIES", "10.0.0.0/33", "addresses or CIDRs"},
		{"TRUSTED_PROXIES", "10.0.0.1,0.0.0.0/0", "network wider than"},
		{"TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1", "network wider than"},
		{"TRUSTED_PROXIES", "::/1,8000::/1", "network wider than"},
		{"TRUSTED_PROXIES", "::ffff:0:0/96", "network wider than"},
		{"TRUSTED_PROXIES", "fc00::/6", "network wider than"},
		{"TRUSTED_PROXIES", "2000::/15", "network wider than"},
		{"TRUSTED_PROXIES", pieces("%d.0.0.0/8", 64), "a quarter of all IPv4 addresses"},
		{"TRUSTED_PROXIES", pieces("%d.0.0.0/8", 256), "a quarter of all IPv4 addresses"},
		{"TRUSTED_PROXIES", "[\"10.0.0.1\",\"\"]", "empty entry"},
		{"TRUSTED_PROXIES", "::/0", "network wider than"},
		{"SESSION_SECRET", "change me!", "hex or base64"},
		{"SESSION_SECRET", hexKey[:62], "32 bytes or more, but one has 31; make one with `openssl rand -hex 32`"},
		{"SESSION_SECRET", hexKey[:48], "32 bytes or more, but one has 24"},
		{"SESSION_SECRET", hexKey[:63], "hex or base64"},
		{"SESSION_SECRET", "c2hvcnQ=", "32 bytes or more"},
		{"SESSION_SECRET", hexKey + ",", "empty entry"},
		{"SESSION_SECRET", hexKey + ",c2hvcnQ=", "32 bytes or more"},
		{"SESSION_SECRET", strings.Repeat("0", 64), "one is regular"},
		{"SESSION_SECRET", strings.Repeat("a", 64), "one is regular"},
		{"SESSION_SECRET", strings.Repeat("Q", 43), "one is regular"},
		{"SESSION_SECRET", strings.Repeat("5e", 32), "one is regular"},
		{"SESSION_SECRET", strings.Repeat("0123456789abcdef", 4), "one is regular"},
		{"SESSION_SECRET", hexKey[:32] + hexKey[:32], "one is regular"},
		{"SESSION_SECRET", hexKey + hexKey, "one is regular"},
		{"SESSION_SECRET", hexKey[:32] + strings.Repeat("00", 16), "one is regular"},
		{"SESSION_SECRET", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "one is regular"},
		{"SESSION_SECRET", "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0", "one is regular"},
		{"SESSION_SECRET", "00030609" + "0c0f1215181b1e2124272a2d303336393c3f4245484b4e5154575a5d", "one is regular"},
		{"SESSION_SECRET", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", "one is regular"},
		{"SESSION_SECRET", strings.Repeat("qwertyuiop", 5), "one is regular"},
		{"SESSION_SECRET", strings.Repeat("password", 6), "one is regular"},
		{"SESSION_SECRET", "1a2b3c1a2b3c4d4d3c2b1a1a2b3c4d4d3c2b1a1a1a2b3c4d1a2b3c4d2b3c4d1a", "one is regular"},
		{"SESSION_SECRET", "correcthorsebatterystapleandfortythreeletter", "looks like words"},
		{"SESSION_SECRET", "CorrectHorseBatteryStapleForMyPortalInMay20", "looks like words"},
		{"SESSION_SECRET", "correct-horse-battery-staple-for-my-portal-2024", "looks like words"},
		{"SESSION_SECRET", "CORRECTHORSEBATTERYSTAPLEFORMYPORTALINMAY20", "looks like words"},
		{"SESSION_SECRET", base64.StdEncoding.EncodeToString([]byte("the quick brown fox jumps over the lazy dog")), "looks like words"},
		{"SESSION_SECRET", fmt.Sprintf("%x", "the quick brown fox jumps over the lazy dog"), "looks like words"},
		{"SESSION_SECRET", hexKey + "," + hexKey, "same entry twice"},
		{"SESSION_STORE", "redis://:PASSWORD@HOST:6379/0", "placeholder"},
		{"SESSION_STORE", "redis://:PASSWORD@redis.example.com:6379/0", "placeholder"},
		{"SESSION_STORE", "redis://HOST:26379?master_name=NAME", "placeholder"},
		{"SESSION_STORE", "memory", `"cookie", or redis://`},
		{"SESSION_STORE", "redis://", "redis://HOST:PORT"},
		{"SESSION_STORE", "redis://:pa%ss@localhost", "%XX"},
		{"SESSION_STORE", "redis://localhost/one", "database number"},
		{"SESSION_STORE", "redis://localhost/1/2", "database number"},
		{"SESSION_STORE", "redis://localhost:99999", "redis://HOST:PORT"},
		{"SESSION_STORE", "redis://localhost?master_name=%zz", "well-formed parameters"},
		{"SESSION_STORE", "redis://localhost#1", "well-formed parameters"},
		{"REDIS_URL", "http://localhost:6379", "redis://HOST:PORT"},
		{"REDIS_URL", "cookie", "redis://HOST:PORT"},
		{"SESSION_IDLE_TIMEOUT", "60", "length of time with its unit"},
		{"SESSION_IDLE_TIMEOUT", "0s", "must be from 1s to 720h"},
		{"SESSION_IDLE_TIMEOUT", "-5m", "must be from 1s to 720h"},
		{"SESSION_IDLE_TIMEOUT", "87600h", "must be from 1s to 720h"},
		{"SESSION_MAX_AGE", "one day", "length of time with its unit"},
		{"SESSION_MAX_AGE", "-1h", "must be from 1s to 720h"},
		{"SESSION_MAX_AGE", "87600h", "must be from 1s to 720h"},
		{"SESSION_MAX_AGE", "59m", "must not be shorter than SESSION_IDLE_TIMEOUT"},
		{"SESSION_RENEW_GRACE", "-1s", "must be from 0s to 24h"},
		{"SESSION_SHOW_ADDRESS", "yes", "must be true or false"},
		{"KEPT_FORM_MAX", "1000", "must be 0, for no forms, or bytes from 65536 to 4194304"},
		{"KEPT_FORM_MAX", "4194305", "must be 0, for no forms, or bytes from 65536 to 4194304"},
		{"SESSION_RENEW_GRACE", "25h", "must be from 0s to 24h"},
		{"OKTA_TIMEOUT", "99ms", "must be from 100ms to 10s"},
		{"OKTA_TIMEOUT", "11s", "must be from 100ms to 10s"},
		{"SHUTDOWN_DELAY", "-1s", "must be from 0s to 1h"},
		{"SHUTDOWN_DELAY", "61m", "must be from 0s to 1h"},
		{"SHUTDOWN_DELAY", "10", "length of time with its unit"},
		{"OKTA_SCOPES", "profile email", `must contain "openid"`},
		{"OKTA_SCOPES", "openid,profile", "separated by spaces"},
		{"OKTA_SCOPES", `openid "profile"`, "leave out the quotes"},
		{"OKTA_SCOPES", `openid "profile" email`, "without commas or quotes"},
		{"OKTA_SCOPES", "openid\tprofile", "control characters"},
		{"OKTA_PROMPT", "always", `must be "none", "login", "consent"`},
		{"OKTA_PROMPT", "none login", `must be "none", "login", "consent"`},
		{"SIGN_IN", "popup", `must be "redirect" or "widget"`},
		{"OKTA_ENGINE", "idx", `must be "identity" or "classic"`},
		{"OKTA_RESPONSE_MODE", "fragment", `must be "query" or "form_post"`},
		{"REQUIRE_GROUPS", "Admins,,Staff", "empty entry"},
		{"REQUIRE_GROUPS", "Admins,", "empty entry"},
		{"REQUIRE_GROUPS", "Admins,Staff,Admins", "same entry twice"},
		{"REQUIRE_GROUPS", `"Sales, North","Ops"`, "leave out the quotes"},
		{"REQUIRE_GROUPS", `Ops,"Sales, North",Staff`, "must be without quotes, or be a JSON list"},
		{"REQUIRE_GROUPS", `Ops,6" pipes,Staff`, "must be without quotes, or be a JSON list"},
		{"REQUIRE_GROUPS", pieces("g%d", 1001), "more than 1000 entries"},
		{"REQUIRE_GROUPS", "Ops,“Sales”,Staff", "must be without quotes, or be a JSON list"},
		{"REQUIRE_GROUPS", `["Sales, North"`, "must be a JSON list of texts"},
		{"REQUIRE_GROUPS", `["Sales", 1]`, "must be a JSON list of texts"},
		{"REQUIRE_GROUPS", `[Sales]`, "must be a JSON list of texts"},
		{"REQUIRE_GROUPS", `["a"],["b"]`, "must be a JSON list of texts"},
		{"REQUIRE_GROUPS", `["Sales",""]`, "empty entry"},
		{"REQUIRE_GROUPS", `["Sales",null]`, "empty entry"},
		{"REQUIRE_GROUPS", `["Sales","Sales"]`, "same entry twice"},
		{"REQUIRE_GROUPS", `["Sales\u0000"]`, "control characters"},
		{"REQUIRE_GROUPS", `["Sales\ud800"]`, "plain text"},
		{"REQUIRE_GROUPS", `[]`, "without entries"},
		{"REQUIRE_GROUPS", "<your group>", "placeholder"},
		{"REQUIRE_GROUPS", "Admins,…", "placeholder"},
		{"OKTA_API_AUDIENCE", "api://default,api://other", "one audience"},
		{"OKTA_API_CLIENT_IDS", "0oa1,", "empty entry"},
		{"OKTA_API_CLIENT_IDS", "0oa1 0oa2", "one word"},
		{"OKTA_API_SCOPES", "messages:read,messages:list", "separated by spaces"},
		{"CORS_ALLOWED_ORIGINS", "*", "full URL"},
		{"CORS_ALLOWED_ORIGINS", "null", "full URL"},
		{"CORS_ALLOWED_ORIGINS", "https://*.example.com", "plain host name"},
		{"CORS_ALLOWED_ORIGINS", "https://spa.example.com/app", "without a path"},
		{"CORS_ALLOWED_ORIGINS", "http://spa.example.com", "http is for this machine alone"},
		{"CORS_ALLOWED_ORIGINS", "https://spa.example.com,", "empty entry"},
		{"CORS_ALLOWED_ORIGINS", `["https://spa.example.com","https://*.example.com"]`, "plain host name"},
		{"OKTA_API_TOKEN", "SSWS 00token", "one word"},
		{"OKTA_UNIVERSAL_LOGOUT_ISSUER", "acme.okta.com", "full URL"},
		{"OKTA_UNIVERSAL_LOGOUT_ISSUER", "http://acme.okta.com", "http is for this machine alone"},
		{"OKTA_UNIVERSAL_LOGOUT_KEYS", "http://acme.okta.com/oauth2/v1/keys", "http is for this machine alone"},
		{"OKTA_EVENT_HOOK_SECRET", "fifteen letters", "16 or more"},
		{"OKTA_EVENT_HOOK_SECRET", "sixteen lettersé", "ASCII"},
		{"OKTA_OAUTH2_ISSUER", "https://ORG.okta.com", "placeholder"},
		{"OKTA_OAUTH2_ISSUER", "https://ORG.okta.com/oauth2/default", "placeholder"},
		{"OKTA_OAUTH2_ISSUER", "https://dev-xxxxxxxx.okta.com", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_ID", "0oa…", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_ID", "0oa...", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_ID", "…", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_ID", "0oaxxxxxxxxxxxxxxxxx", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "…", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "changeme", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "<client secret>", "placeholder"},
		{"OKTA_OAUTH2_CLIENT_SECRET", " s3cr3t", "blanks at an end"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "s3cr3t\u00a0", "blanks at an end"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "s3cr3t\u2028s3cr3t", "line breaks"},
		{"OKTA_OAUTH2_CLIENT_SECRET", "s3cr3t\n\n", "line breaks"},
		{"LOG_LEVEL", "verbose", `must be "debug", "info", "warn" or "error"`},
		{"LOG_FORMAT", "xml", `must be "text" or "json"`},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318", "must be the URL of a collector"},
		{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://key@collector:4318", "must be the URL of a collector"},
		{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://collector/v1/traces?key=1", "must be the URL of a collector"},
		{"OTEL_TRACES_EXPORTER", "zipkin", `must be "otlp" or "none"`},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(required(map[string]string{test.name: test.value, "SESSION_SECRET": secretUnless(test.name, test.value)}))
			if err == nil {
				t.Fatal("was accepted")
			}
			if got := complaints(err); len(got) != 1 || !strings.HasPrefix(got[0], test.name+" ") || !strings.Contains(got[0], test.want) {
				t.Errorf("got %q, want one line about %s with %q", got, test.name, test.want)
			}
		})
	}
}

// secretUnless gives a good SESSION_SECRET, so that it is not missing where BASE_URL is elsewhere.
func secretUnless(name, value string) string {
	if name == "SESSION_SECRET" {
		return value
	}
	return hexKey
}

// complaints returns the lines of a Load error that name a setting.
func complaints(err error) []string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if text, ok := strings.CutPrefix(line, "  • "); ok {
			lines = append(lines, text)
		}
	}
	return lines
}

func TestLoadMessage(t *testing.T) {
	t.Parallel()
	_, err := config.Load(map[string]string{"BASE_URL": "http://app.example.com", "PORT": "http", "LOG_LEVEL": "loud"})
	if err == nil {
		t.Fatal("was accepted")
	}
	want := `The app cannot start: there are problems with 7 settings.

  • OKTA_OAUTH2_ISSUER is missing; expected a URL such as https://ORG.okta.com/oauth2/default.
    Okta Admin Console: Security → API → Authorization Servers → Issuer URI

  • OKTA_OAUTH2_CLIENT_ID is missing.
    Okta Admin Console: Applications → your app → General → Client Credentials

  • OKTA_OAUTH2_CLIENT_SECRET is missing, and there is no OKTA_OAUTH2_CLIENT_KEY in its place.
    Okta Admin Console: Applications → your app → General → Client Credentials

  • PORT must be a whole number.

  • BASE_URL must begin with https://; http is for this machine alone (localhost, 127.0.0.1, [::1]).
    Okta Admin Console: Applications → your app → General → Sign-in redirect URIs

  • SESSION_SECRET is missing, and needed because BASE_URL is not this machine; make one with ` + "`openssl rand -hex 32`" + `.

  • LOG_LEVEL must be "debug", "info", "warn" or "error".

Settings come from the environment, .env and .okta.env; .env.example of okta-gin explains each of them.
No Okta org yet? ` + "`make run`" + ` in okta-gin's folder, without a .env or .okta.env, starts it with a local stand-in.`
	if err.Error() != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", err, want)
	}
}

func TestLoadRefusesContradictions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		settings map[string]string
		want     string
	}{
		{"two ports", map[string]string{"LISTEN": ":9000", "PORT": "8080"}, "LISTEN says otherwise than PORT"},
		{"a port and a socket", map[string]string{"LISTEN": "unix:/run/a", "PORT": "8080", "BASE_URL": "http://localhost"}, "LISTEN says otherwise than PORT"},
		{"no port to be reached at", map[string]string{"LISTEN": "unix:/run/a"}, "BASE_URL is missing"},
		{"a state file beside sessions in Redis", map[string]string{"STATE_FILE": "/a", "SESSION_STORE": "redis://localhost"}, "STATE_FILE is for a single process"},
		{"a state file beside Redis", map[string]string{"STATE_FILE": "/a", "REDIS_URL": "redis://localhost"}, "STATE_FILE is for a single process"},
		{"two of systemd's sockets, and one has no name", map[string]string{"LISTEN": "systemd", "METRICS_LISTEN": "systemd:metrics", "BASE_URL": "http://localhost"}, "METRICS_LISTEN and LISTEN must each say which"},
		{"metrics where the app is, at systemd", map[string]string{"LISTEN": "systemd:a", "METRICS_LISTEN": "systemd:a", "BASE_URL": "http://localhost"}, "METRICS_LISTEN must not be where the app itself listens"},
		{"metrics where the app is", map[string]string{"LISTEN": "unix:/run/a", "METRICS_LISTEN": "unix:/run/a", "BASE_URL": "http://localhost"}, "METRICS_LISTEN must not be where the app itself listens"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(required(test.settings))
			if err == nil {
				t.Fatal("was accepted")
			}
			if got := complaints(err); len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
				t.Errorf("got %q, want one line that begins with %q", got, test.want)
			}
		})
	}
}

// Files of settings for docker run and editors for documents leave quotes in values.
func TestLoadRefusesQuotesAroundAnything(t *testing.T) {
	t.Parallel()
	for _, name := range config.Names() {
		for _, pair := range []string{`""`, "''", "“”", "‘’", "„“", "«»", "``", "””", "＂＂"} {
			runes := []rune(pair)
			_, err := config.Load(required(map[string]string{name: string(runes[0]) + "s3cr3t" + string(runes[1])}))
			if err == nil {
				t.Errorf("%s was accepted in %s", name, pair)
				continue
			}
			if got := complaints(err); len(got) != 1 || !strings.HasPrefix(got[0], name+" ") || !strings.Contains(got[0], "leave out the quotes") {
				t.Errorf("%s in %s: got %q", name, pair, got)
			}
		}
	}
}

func TestOktaAPITokenIsForOkta(t *testing.T) {
	t.Parallel()
	_, err := config.Load(required(map[string]string{"OKTA_OAUTH2_ISSUER": "https://id.example.com/realms/demo", "OKTA_API_TOKEN": "00token"}))
	if err == nil {
		t.Fatal("was accepted")
	}
	if got := complaints(err); len(got) != 1 || !strings.HasPrefix(got[0], "OKTA_API_TOKEN is for Okta alone") {
		t.Errorf("got %q", got)
	}
}

// pieces are n networks of the form.
func pieces(form string, n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(form, i))
	}
	return strings.Join(list, ",")
}

func TestLoadNamesEverySettingAtOnce(t *testing.T) {
	t.Parallel()
	env := make(map[string]string)
	for _, name := range config.Names() {
		env[name] = "a\x00b"
	}
	_, err := config.Load(env)
	if err == nil {
		t.Fatal("was accepted")
	}
	lines := complaints(err)
	if len(lines) != len(config.Names()) {
		t.Fatalf("%d complaints for %d settings", len(lines), len(config.Names()))
	}
	for i, name := range config.Names() {
		if !strings.HasPrefix(lines[i], name+" ") {
			t.Errorf("complaint %d is %q, want one about %s", i, lines[i], name)
		}
	}
}

func TestWidgetFitsTheOtherSettings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		changes map[string]string
		want    string // empty: accepted
	}{
		{map[string]string{}, ""},
		{map[string]string{"OKTA_PROMPT": "login"}, ""},
		{map[string]string{"OKTA_PAR": "off"}, ""},
		{map[string]string{"OKTA_PAR": "require"}, "OKTA_PAR is require"},
		{map[string]string{"OKTA_PROMPT": "none"}, "OKTA_PROMPT says otherwise"},
		{map[string]string{"OKTA_PROMPT": "login consent"}, "OKTA_PROMPT says otherwise"},
		{map[string]string{"OKTA_OAUTH2_ISSUER": "https://id.example.com/realms/demo"}, "not an Okta authorization server"},
		{map[string]string{"OKTA_OAUTH2_ISSUER": "nonsense"}, "must be a full URL"},
	} {
		tc.changes["SIGN_IN"] = "widget"
		cfg, err := config.Load(required(tc.changes))
		if tc.want == "" && (err != nil || cfg.SignIn != "widget") {
			t.Errorf("%v: got %q, %v", tc.changes, cfg.SignIn, err)
		}
		if tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
			t.Errorf("%v: got %v, want %q in it", tc.changes, err, tc.want)
		}
	}
}
