package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun takes no settings from where it runs: an empty folder.
func TestRun(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, test := range map[string]struct {
		args       []string
		want       int
		wantStdout string
		wantStderr string
	}{
		"version":            {args: []string{"version"}, wantStdout: "okta-gin "},
		"help":               {args: []string{"help"}, wantStdout: "okta-gin version"},
		"unknown":            {args: []string{"versoin"}, want: 2, wantStderr: `["versoin"]`},
		"more than one":      {args: []string{"version", "help"}, want: 2, wantStderr: "okta-gin help"},
		"a flag":             {args: []string{"--help"}, want: 2, wantStderr: "okta-gin help"},
		"an empty one":       {args: []string{""}, want: 2, wantStderr: "okta-gin help"},
		"check":              {args: []string{"check"}, want: 2, wantStderr: "OKTA_OAUTH2_ISSUER"},
		"check with more":    {args: []string{"check", "it"}, want: 2, wantStderr: "okta-gin check"},
		"doctor":             {args: []string{"doctor"}, want: 2, wantStdout: "OKTA_OAUTH2_ISSUER is missing"},
		"doctor for machine": {args: []string{"doctor", "--json"}, want: 2, wantStdout: `"ok": false`},
		"doctor of what":     {args: []string{"doctor", "--jsno"}, want: 2, wantStderr: "--json"},
		"doctor of nobody":   {args: []string{"doctor", "--groups", "0"}, want: 2, wantStderr: "1 to 10000"},
		"sessions":           {args: []string{"sessions"}, want: 2, wantStderr: "end PERSON [ID]"},
		"sessions of whom":   {args: []string{"sessions", "list"}, want: 2, wantStderr: "list PERSON"},
		"sessions of what":   {args: []string{"sessions", "list", "ada@acme.test"}, want: 2, wantStderr: "OKTA_OAUTH2_ISSUER"},
		"none, no settings":  {want: 2, wantStderr: "OKTA_OAUTH2_ISSUER"},
		"none, an empty set": {args: []string{}, want: 2, wantStderr: "OKTA_OAUTH2_ISSUER"},
	} {
		t.Run(name, func(t *testing.T) {
			stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
			if err != nil {
				t.Fatal(err)
			}
			defer stderr.Close()
			var stdout strings.Builder
			if got := run(t.Context(), test.args, nil, &stdout, stderr); got != test.want {
				t.Errorf("got exit code %d, want %d", got, test.want)
			}
			said, err := os.ReadFile(stderr.Name())
			if err != nil {
				t.Fatal(err)
			}
			for _, stream := range []struct{ name, got, want string }{
				{"standard output", stdout.String(), test.wantStdout}, {"standard error", string(said), test.wantStderr},
			} {
				if stream.want == "" && stream.got != "" || !strings.Contains(stream.got, stream.want) {
					t.Errorf("%s got %q, want %q in it", stream.name, stream.got, stream.want)
				}
			}
		})
	}
}

// TestRunNamesThePlaceThatIsTaken holds that a port in use is one line that names its
// setting.
func TestRunNamesThePlaceThatIsTaken(t *testing.T) {
	t.Chdir(t.TempDir())
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	for _, setting := range []string{"PORT=" + port, "LISTEN=127.0.0.1:" + port} {
		stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
		if err != nil {
			t.Fatal(err)
		}
		defer stderr.Close()
		environ := []string{"OKTA_OAUTH2_ISSUER=https://acme.okta.com", "OKTA_OAUTH2_CLIENT_ID=0oa1", "OKTA_OAUTH2_CLIENT_SECRET=s3cr3t", setting}
		if got := run(t.Context(), nil, environ, os.Stdout, stderr); got != 1 {
			t.Errorf("%s: exit code %d, want 1", setting, got)
		}
		said, err := os.ReadFile(stderr.Name())
		name, _, _ := strings.Cut(setting, "=")
		if line := string(said); err != nil || strings.Count(line, "\n") != 1 || !strings.Contains(line, name) || !strings.Contains(line, "another program") {
			t.Errorf("%s: %v, said %s", setting, err, line)
		}
	}
}

// TestCheckAndDoctor ask with settings that stand: the one nobody, the other Okta.
func TestCheckAndDoctor(t *testing.T) {
	t.Chdir(t.TempDir())
	environ := []string{"OKTA_OAUTH2_ISSUER=http://127.0.0.1:1", "OKTA_OAUTH2_CLIENT_ID=0oa1", "OKTA_OAUTH2_CLIENT_SECRET=s3cr3t"}
	for name, test := range map[string]struct {
		args []string
		code int
		want string
	}{
		"check":  {[]string{"check"}, 0, "The settings stand."},
		"doctor": {[]string{"doctor", "--json"}, 1, `"check": "connection"`},
	} {
		var stdout strings.Builder
		if code := run(t.Context(), test.args, environ, &stdout, os.Stderr); code != test.code || !strings.Contains(stdout.String(), test.want) || strings.Contains(stdout.String(), "s3cr3t") {
			t.Errorf("%s: exit code %d, said %s", name, code, stdout.String())
		}
	}
}
