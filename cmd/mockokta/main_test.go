package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
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

// start runs the program until the end of the test, and returns the org's URL.
func start(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	stdout, printed := io.Pipe()
	done := make(chan int)
	go func() { done <- run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), printed, t.Output()) }()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != 0 {
			t.Errorf("exit code %d", code)
		}
	})
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, lines)
	return strings.TrimSpace(strings.TrimPrefix(first, "Stand-in for Okta at "))
}

func get(t *testing.T, address string) (status int, body string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(page)
}

// TestRunTakesPrefix holds that sign-in may be elsewhere in the app, and nowhere else then.
func TestRunTakesPrefix(t *testing.T) {
	t.Parallel()
	org := start(t, "-app", "http://localhost:9999", "-prefix", "/sign-in/staff")
	for callback, want := range map[string]int{"/sign-in/staff/callback": http.StatusOK, "/authorization-code/callback": http.StatusBadRequest} {
		status, page := get(t, org+"/oauth2/default/v1/authorize?"+url.Values{
			"client_id": {mockokta.DefaultClientID}, "response_type": {"code"}, "scope": {"openid"}, "state": {"s"}, "nonce": {"n"},
			"redirect_uri": {"http://localhost:9999" + callback},
		}.Encode())
		if status != want {
			t.Errorf("%s: status %d, want %d:\n%s", callback, status, want, page)
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
			_, page := get(t, start(t, tt.args...)+"/login/login.htm")
			for _, mark := range []string{`id="username"`, `id="password"`, `name="identifier"`, `name="credentials.passcode"`, `id="okta-signin-username"`, `id="okta-signin-submit"`} {
				if want := slices.Contains(tt.marks, mark); strings.Contains(page, mark) != want {
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
