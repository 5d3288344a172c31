package config_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

func TestLoadRefusesMisspeltSettings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"REQUIRE_GROUP":                    "REQUIRE_GROUPS",
		"REQUIRED_GROUPS":                  "REQUIRE_GROUPS",
		"OKTA_OAUTH2_ISUER":                "OKTA_OAUTH2_ISSUER",
		"OKTA_OAUTH2_GROUPS_CLAIM":         "OKTA_",
		"OKTA_API_KEY":                     "OKTA_API_",
		"OKTA_API_CLIENT_ID":               "OKTA_API_CLIENT_IDS",
		"okta_scope":                       "OKTA_SCOPES",
		"OKTA_RESPONSE":                    "OKTA_RESPONSE_MODE",
		"OKTA_PROMPT_LOGIN":                "OKTA_PROMPT",
		"SESSION_IDLE":                     "SESSION_IDLE_TIMEOUT",
		"SESSION_MAX":                      "SESSION_MAX_AGE",
		"SESSION_SECRET_KEY":               "SESSION_SECRET",
		"SESSION_SECRETS_FILE":             "SESSION_SECRET",
		"TRUSTED_PROXY":                    "",
		"TRUSTED_PROXYS":                   "TRUSTED_PROXIES",
		"CORS_ALLOWED_ORIGIN":              "CORS_ALLOWED_ORIGINS",
		"BASE_URI":                         "BASE_URL",
		"COOKIENAME":                       "COOKIE_NAME",
		"METRIC_LISTEN":                    "METRICS_LISTEN",
		"REQUIRE_GROUPS":                   "",
		"SESSION_SECRET_FILE":              "",
		"HOST":                             "",
		"POST":                             "",
		"OKTA":                             "",
		"SESSION":                          "",
		"REQUIRE":                          "",
		"REDIS_TTL":                        "",
		"BASE_DIR":                         "",
		"BASE_URL_EXT":                     "",
		"LISTEN_FDS":                       "",
		"LISTEN_PID":                       "",
		"DATABASE_URL":                     "",
		"COMPOSE_PROJECT_NAME":             "",
		"SESSION_MANAGER":                  "",
		"XDG_SESSION_ID":                   "",
		"SESSION_STORE_SERVICE_HOST":       "",
		"SESSION_STORE_PORT_6379_TCP_ADDR": "",
		"OKTA_API_SERVICE_PORT":            "",
		"OKTA_API_PRIVATE_KEY":             "",
		"OKTA_API_PRIVATE_KEY_ID":          "",
		"OKTA_CLIENT_ORGURL":               "",
		"OKTA_CLIENT_TOKEN":                "",
		"OKTA_CLIENT_CLIENTID":             "",
		"OKTA_CLIENT_SCOPES":               "",
		"OKTA_TESTING_DISABLEHTTPSCHECK":   "",
		"OKTA_IDX_ISSUER":                  "",
		"OKTA_IDX_CLIENTID":                "",
		"OKTA_ORG_NAME":                    "",
		"OKTA_BASE_URL":                    "",
		"OKTA_HTTP_PROXY":                  "",
		"OKTA_ACCESS_TOKEN":                "",
		"OKTA_DOMAIN":                      "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := map[string]string{name: "s3cr3t"}
			if want == "" && slices.Contains(config.Names(), strings.TrimSuffix(name, "_FILE")) {
				settings[name] = ""
			}
			_, err := config.Load(required(settings))
			if want == "" {
				if err != nil {
					t.Errorf("got error %q, want none", err)
				}
				return
			}
			if err == nil {
				t.Fatal("was accepted")
			}
			if got := complaints(err); len(got) != 1 || !strings.HasPrefix(got[0], name+" is no setting; is it "+want) {
				t.Errorf("got %q, want it to suggest %s", got, want)
			}
			if _, err = config.Load(required(map[string]string{name: ""})); err != nil {
				t.Errorf("without a value: %v", err)
			}
		})
	}
}

func TestReadmeTableNamesEverySetting(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "\n## Settings\n")
	table, _, _ = strings.Cut(table, "\n## ")
	for _, name := range config.Names() {
		if !strings.Contains(table, "\n| `"+name+"` |") {
			t.Errorf("the README's settings table has no row for %s", name)
		}
	}
	if rows := strings.Count(table, "\n| `"); rows != len(config.Names()) {
		t.Errorf("got %d rows, want %d", rows, len(config.Names()))
	}
}
