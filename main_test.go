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
