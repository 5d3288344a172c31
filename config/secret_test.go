package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	const canary = "Canary123"
	key := canary + "\x00\x9e5\xd0q\xf8\x1b\xa3l\x07\xc4\x8fZ\xee;\x92\x15\xbd\x60\x4d\xfa\x2c\x81"
	cfg := mustLoad(t, map[string]string{
		"OKTA_OAUTH2_CLIENT_SECRET": canary,
		"OKTA_API_TOKEN":            canary,
		"OKTA_EVENT_HOOK_SECRET":    canary + canary,
		"SESSION_SECRET":            fmt.Sprintf("%x", key),
		"SESSION_STORE":             "redis://:" + canary + "@localhost",
		"REDIS_URL":                 "redis://:" + canary + "@localhost",
	})
	if cfg.ClientSecret.Reveal() != canary || cfg.APIToken.Reveal() != canary || string(cfg.SessionKeys()[0]) != key {
		t.Fatal("the secrets were not read")
	}

	// fmt cannot call methods on what lies in unexported fields.
	hidden := struct {
		config config.Config
		secret config.Secret
		list   []config.Secret
	}{cfg, cfg.ClientSecret, cfg.SessionSecrets}

	printed := make(map[string]string)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%30s", "%T %[1]v"} {
		printed["config "+verb] = fmt.Sprintf(verb, cfg)
		printed["pointer "+verb] = fmt.Sprintf(verb, &cfg)
		printed["secret "+verb] = fmt.Sprintf(verb, cfg.ClientSecret)
		printed["pointer to secret "+verb] = fmt.Sprintf(verb, &cfg.ClientSecret)
		printed["list "+verb] = fmt.Sprintf(verb, cfg.SessionSecrets)
		printed["map "+verb] = fmt.Sprintf(verb, map[config.Secret]config.Secret{cfg.APIToken: cfg.APIToken})
		printed["unexported fields "+verb] = fmt.Sprintf(verb, hidden)
	}
	printed["String"] = cfg.ClientSecret.String()
	printed["Sprint"] = fmt.Sprint(cfg, cfg.ClientSecret)
	printed["error"] = fmt.Errorf("failed with %v: %w", cfg, os.ErrInvalid).Error()
	for name, value := range map[string]any{"config": cfg, "pointer": &cfg, "secret": cfg.ClientSecret, "map": map[config.Secret]int{cfg.APIToken: 1}} {
		printed["JSON of "+name] = toJSON(t, value)
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("text", "value", value, slog.Any("again", value))
		slog.New(slog.NewJSONHandler(&log, nil)).Info("json", "value", value, slog.Group("group", "value", value))
		printed["log of "+name] = log.String()
	}

	hexCanary := fmt.Sprintf("%x", canary)
	for how, text := range printed {
		if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), hexCanary) {
			t.Errorf("%s gives a secret away: %s", how, text)
		}
	}
	for _, how := range []string{"secret %v", "secret %#v", "secret %q", "secret %d", "String", "JSON of secret", "log of secret"} {
		if !strings.Contains(printed[how], "[redacted]") {
			t.Errorf("%s is %q, want it redacted", how, printed[how])
		}
	}
}

func TestZeroSecretIsNotSet(t *testing.T) {
	t.Parallel()
	for _, secret := range []config.Secret{{}, config.NewSecret("")} {
		if secret.IsSet() || secret.Reveal() != "" {
			t.Errorf("IsSet %t, Reveal %q, want neither", secret.IsSet(), secret.Reveal())
		}
	}
}

func TestSecretFiles(t *testing.T) {
	t.Parallel()
	values := map[string]string{
		"OKTA_OAUTH2_CLIENT_SECRET": "from a file: %+ü",
		"OKTA_API_TOKEN":            "token-from-a-file",
		"OKTA_EVENT_HOOK_SECRET":    "Bearer of a file's secret",
		"SESSION_SECRET":            hexKey,
		"SESSION_STORE":             "redis://one",
		"REDIS_URL":                 "redis://two",
	}
	dir := t.TempDir()
	changes := map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": ""}
	for name, value := range values {
		changes[name+"_FILE"] = writeFile(t, dir, name, value+"\r\n")
	}
	cfg := mustLoad(t, changes)

	got := map[string]string{
		"OKTA_OAUTH2_CLIENT_SECRET": cfg.ClientSecret.Reveal(),
		"OKTA_API_TOKEN":            cfg.APIToken.Reveal(),
		"OKTA_EVENT_HOOK_SECRET":    cfg.EventHookSecret.Reveal(),
		"SESSION_SECRET":            fmt.Sprintf("%x", cfg.SessionKeys()[0]),
		"SESSION_STORE":             cfg.SessionStore.Reveal(),
		"REDIS_URL":                 cfg.RedisURL.Reveal(),
	}
	for name, want := range values {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

func TestSecretFileProblems(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tests := []struct {
		name, value, file string
		want              string
	}{
		{"both given", "s3cr3t", writeFile(t, dir, "good", "s3cr3t"), "is given twice: remove it or OKTA_OAUTH2_CLIENT_SECRET_FILE"},
		{"missing", "", filepath.Join(dir, "none"), "cannot be read: no such file"},
		{"a directory", "", dir, "cannot be read: is a directory"},
		{"empty", "", writeFile(t, dir, "empty", "\n"), "is empty"},
		{"large", "", writeFile(t, dir, "large", strings.Repeat("x", 1<<17)), "larger than 64 KiB"},
		{"blanks at the end", "", writeFile(t, dir, "blanks", "s3cr3t \n"), "has blanks at an end"},
		{"blanks at the beginning", "", writeFile(t, dir, "tabs", "\ts3cr3t"), "control characters"},
		{"two line ends", "", writeFile(t, dir, "ends", "s3cr3t\n\n"), "line breaks"},
		{"quoted", "", writeFile(t, dir, "quoted", "'s3cr3t'\n"), "leave out the quotes"},
		{"not UTF-8", "", writeFile(t, dir, "latin1", "s3cr3t\xfc"), "plain text"},
		{"two lines", "", writeFile(t, dir, "lines", "one\ntwo\n"), "line breaks"},
		{"the secret itself", "", "s3cr3t-in-the-wrong-place", "cannot be read: no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(required(map[string]string{
				"OKTA_OAUTH2_CLIENT_SECRET": test.value, "OKTA_OAUTH2_CLIENT_SECRET_FILE": test.file,
			}))
			if err == nil {
				t.Fatal("was accepted")
			}
			got := complaints(err)
			if len(got) != 1 || !strings.HasPrefix(got[0], "OKTA_OAUTH2_CLIENT_SECRET ") || !strings.Contains(got[0], test.want) {
				t.Errorf("got %q, want one line with %q", got, test.want)
			}
			if strings.Contains(err.Error(), "s3cr3t") {
				t.Error("the message quotes a value")
			}
		})
	}
}

func writeFile(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func toJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
