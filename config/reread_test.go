package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

func TestTwoClientSecrets(t *testing.T) {
	t.Parallel()
	for value, want := range map[string][2]string{
		"one":                   {"one", ""},
		"one,other":             {"one", "other"},
		" one , other ":         {"", ""}, // blanks at an end, as of any secret
		"one, other":            {"one", "other"},
		`["with, a comma"]`:     {"with, a comma", ""},
		`["with, a comma","b"]`: {"with, a comma", "b"},
		"one,other,third":       {"", ""},
		"one,one":               {"", ""},
		"one,":                  {"", ""},
		`["one"`:                {"", ""},
	} {
		cfg, err := config.Load(required(map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": value}))
		got := [2]string{cfg.ClientSecret.Reveal(), cfg.OtherClientSecret.Reveal()}
		if got != want || (err == nil) != (want[0] != "") {
			t.Errorf("%q: got %q and %v, want %q", value, got, err, want)
		}
		if err != nil && (!strings.Contains(err.Error(), "OKTA_OAUTH2_CLIENT_SECRET") || strings.Contains(err.Error(), "third")) {
			t.Errorf("%q: %v", value, err)
		}
	}
}

func TestReread(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "secret")
	put := func(secret string) {
		if err := os.WriteFile(file, []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("one")
	environ := []string{"OKTA_OAUTH2_ISSUER=https://acme.okta.com", "OKTA_OAUTH2_CLIENT_ID=0oa1client", "OKTA_OAUTH2_CLIENT_SECRET_FILE=" + file}
	first, err := config.Read(dir, environ)
	if err != nil {
		t.Fatal(err)
	}
	put("one,other")
	second, ok, err := first.Reread()
	if err != nil || !ok || second.OtherClientSecret.Reveal() != "other" {
		t.Fatalf("got %v, %v", ok, err)
	}
	if got := config.Differing(first.Renewed(), second.Renewed()); !slices.Equal(got, []string{"OKTA_OAUTH2_CLIENT_SECRET"}) {
		t.Errorf("differing: %v", got)
	}
	if got := config.Differing(first.AtStart(), second.AtStart()); len(got) > 0 {
		t.Errorf("differing at start: %v", got)
	}
	if first.SessionKeys()[0] == nil || first.Renewed()["SESSION_SECRET"] != "" { // a generated key is no change
		t.Errorf("a generated key has the mark %q", first.Renewed()["SESSION_SECRET"])
	}
	given, err := config.Load(required(map[string]string{"SESSION_SECRET": hexKey}))
	if err != nil || len(given.Renewed()["SESSION_SECRET"]) != 8 {
		t.Errorf("%v, mark %q", err, given.Renewed()["SESSION_SECRET"])
	}
	if marks := second.Renewed()["OKTA_OAUTH2_CLIENT_SECRET"]; marks != "7692c3ad d9298a10" {
		t.Errorf("marks %q", marks)
	}
	put("")
	if _, ok, err := second.Reread(); !ok || err == nil || !strings.Contains(err.Error(), "OKTA_OAUTH2_CLIENT_SECRET") {
		t.Errorf("an empty file: %v, %v", ok, err)
	}
	if _, ok, err := (config.Config{}).Reread(); ok || err != nil {
		t.Errorf("a Config from nowhere: %v, %v", ok, err)
	}
	keyed := config.Config{ClientKeys: config.NewSecret(`{"keys":[{"kid":"a","d":"secret"},{"kid":"b"}]}`), EventHookSecret: config.NewSecret("x")}
	if got := keyed.Renewed(); !maps.Equal(got, map[string]string{"OKTA_OAUTH2_CLIENT_KEY": "a b", "OKTA_EVENT_HOOK_SECRET": "2d711642"}) {
		t.Errorf("marks %v", got)
	}
}
