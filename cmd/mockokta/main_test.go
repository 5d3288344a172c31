package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestRunPrintsSettingsAndStops(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // as if Ctrl-C were pressed at once
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"-addr", "127.0.0.1:0", "-app", "http://localhost:9999/", "-classic", "-par", "-dpop", "-api", "127.0.0.1:0"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	for _, want := range []string{"OKTA_OAUTH2_ISSUER=http://127.0.0.1:", "/oauth2/default\n", "OKTA_OAUTH2_CLIENT_ID=0oa", "OKTA_OAUTH2_CLIENT_SECRET=", "# OKTA_API_TOKEN=", "ada@acme.test", "/mail\n", "Sample API at http://127.0.0.1:", "correct-horse-ada"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("output lacks %q:\n%s", want, stdout.String())
		}
	}
}

func TestRunTurnsKnobs(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		args  []string
		marks []string
	}{
		"plain":        {nil, []string{`id="username"`, `id="password"`}},
		"widget":       {[]string{"-widget-pages"}, []string{`name="identifier"`}},
		"one page":     {[]string{"-widget-pages", "-one-page"}, []string{`name="identifier"`, `name="credentials.passcode"`}},
		"classic page": {[]string{"-widget-pages", "-classic"}, []string{`id="okta-signin-username"`, `id="okta-signin-submit"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			stdout, printed := io.Pipe()
			done := make(chan int)
			go func() { done <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, tt.args...), printed, t.Output()) }()
			defer func() {
				cancel()
				if code := <-done; code != 0 {
					t.Errorf("exit code %d", code)
				}
			}()
			lines := bufio.NewReader(stdout)
			first, err := lines.ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			go io.Copy(io.Discard, lines)
			resp, err := http.Get(strings.TrimSpace(strings.TrimPrefix(first, "Stand-in for Okta at ")) + "/login/login.htm")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			page, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			for _, mark := range []string{`id="username"`, `id="password"`, `name="identifier"`, `name="credentials.passcode"`, `id="okta-signin-username"`, `id="okta-signin-submit"`} {
				if want := slices.Contains(tt.marks, mark); strings.Contains(string(page), mark) != want {
					t.Errorf("%s: want it to be there: %t", mark, want)
				}
			}
		})
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
		"API off loopback": {[]string{"-addr", "127.0.0.1:0", "-api", "0.0.0.0:0"}, 1, "only loopback addresses"},
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
