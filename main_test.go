package main

import (
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
