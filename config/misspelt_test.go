package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

func TestEnvironmentRefusesMisspeltSettings(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"REQUIRE_GROUP":             "REQUIRE_GROUPS",
		"REQUIRED_GROUPS":           "REQUIRE_GROUPS",
		"OKTA_OAUTH2_ISUER":         "OKTA_OAUTH2_ISSUER",
		"okta_scope":                "OKTA_SCOPES",
		"SESSION_SECRETS_FILE":      "SESSION_SECRET",
		"REQUIRE_GROUPS":            "",
		"SESSION_SECRET_FILE":       "",
		"HOST":                      "",
		"POST":                      "",
		"DATABASE_URL":              "",
		"COMPOSE_PROJECT_NAME":      "",
		"OKTA_OAUTH2_CLIENT_SECRET": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(name+"=value\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := config.Environment(dir, nil)
			if want == "" {
				if err != nil {
					t.Errorf("got error %q, want none", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), "is it "+want+"?") {
				t.Errorf("got error %v, want it to suggest %s", err, want)
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
