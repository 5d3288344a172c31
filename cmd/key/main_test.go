package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

// TestKey: the app takes the key that was made, and publishes what was printed.
func TestKey(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{"P-256": nil, "RSA": {"-rsa"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "key.pem")
			var out, problems bytes.Buffer
			if code := run(append(args, file), &out, &problems); code != 0 {
				t.Fatalf("exits with %d: %s", code, &problems)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the file: %v, %v", info, err)
			}
			cfg, err := config.Load(map[string]string{
				"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default", "OKTA_OAUTH2_CLIENT_ID": "0oa", "OKTA_OAUTH2_CLIENT_KEY_FILE": file,
			})
			if err != nil {
				t.Fatal(err)
			}
			rp, err := okta.New(cfg, okta.Options{RedirectURI: "https://app.example/callback"})
			if err != nil {
				t.Fatal(err)
			}
			document, _ := rp.ClientKeySet()
			var set struct{ Keys []map[string]any }
			if err := json.Unmarshal(document, &set); err != nil || len(set.Keys) != 1 {
				t.Fatalf("%s, %v", document, err)
			}
			_, text, _ := strings.Cut(out.String(), "\n{")
			text, _, _ = strings.Cut("{"+text, "\n}")
			var printed map[string]any
			if err := json.Unmarshal([]byte(text+"}"), &printed); err != nil || !reflect.DeepEqual(printed, set.Keys[0]) {
				t.Errorf("printed %v, %v, want %v", printed, err, set.Keys[0])
			}
			before, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), strings.Split(string(before), "\n")[1]) || printed["d"] != nil {
				t.Error("the private key is printed")
			}
			if code := run(append(args, file), &out, &problems); code != 1 || !strings.Contains(problems.String(), "exists") {
				t.Errorf("over a key that is there: exits with %d: %s", code, &problems)
			}
			if after, err := os.ReadFile(file); err != nil || !bytes.Equal(before, after) {
				t.Error("the key that was there is gone")
			}
		})
	}
}

func TestKeyArguments(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args []string
		code int
	}{{nil, 2}, {[]string{"a", "b"}, 2}, {[]string{"-dsa", "a"}, 2}, {[]string{"-h"}, 0}, {[]string{filepath.Join(t.TempDir(), "none", "key")}, 1}} {
		var out, problems bytes.Buffer
		if code := run(tc.args, &out, &problems); code != tc.code || out.Len() != 0 || problems.Len() == 0 {
			t.Errorf("%v: exits with %d, says %s%s", tc.args, code, &out, &problems)
		}
	}
}
