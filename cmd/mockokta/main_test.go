package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

func TestRunPrintsSettingsAndStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // as if Ctrl-C were pressed at once
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"-addr", "127.0.0.1:0", "-app", "http://localhost:9999/", "-classic"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	for _, want := range []string{"OKTA_OAUTH2_ISSUER=http://127.0.0.1:", "/oauth2/default\n", "OKTA_OAUTH2_CLIENT_ID=0oa", "OKTA_OAUTH2_CLIENT_SECRET=", "# OKTA_API_TOKEN=", "ada@acme.test", "/mail\n", "correct-horse-ada"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, stdout.String())
		}
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args []string
		code int
		want string
	}{
		"unknown flag":     {[]string{"-port", "1"}, 2, "flag provided but not defined"},
		"off loopback":     {[]string{"-addr", "0.0.0.0:0"}, 1, "only loopback addresses"},
		"relative app URL": {[]string{"-addr", "127.0.0.1:0", "-app", "localhost"}, 1, "not an absolute URI"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), tt.args, &stdout, &stderr); code != tt.code || !strings.Contains(stderr.String(), tt.want) || stdout.Len() > 0 {
				t.Errorf("exit code %d, stderr %q, stdout %q", code, stderr.String(), stdout.String())
			}
		})
	}
}
