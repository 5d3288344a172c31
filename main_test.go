package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
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

// TestEachFaultIsOneLine starts the app with what can't work: one line names the setting and
// says what to do.
func TestEachFaultIsOneLine(t *testing.T) {
	t.Chdir(t.TempDir())
	dir := t.TempDir()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	newer := filepath.Join(dir, "newer")
	db, err := bbolt.Open(newer, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("marks of okta-gin 2")); return err }); err != nil {
		t.Fatal(err)
	}
	db.Close()
	pair := httptest.NewTLSServer(nil)
	pair.Close()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"cert.pem": {Type: "CERTIFICATE", Bytes: pair.Certificate().Raw}, "key.pem": {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	https := "BASE_URL=https://app.example.com"
	secret := "SESSION_SECRET=a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d"
	for name, test := range map[string]struct {
		settings []string
		code     int
		setting  string
		remedy   string
	}{
		"another's key":         {[]string{https, secret, "TLS_CERT_FILE=" + filepath.Join(dir, "cert.pem"), "TLS_KEY_FILE=" + filepath.Join(dir, "key.pem")}, 2, "TLS_KEY_FILE", "give the key that the certificate was made with"},
		"a switch":              {[]string{"SESSION_SHOW_ADDRESS=perhaps"}, 2, "SESSION_SHOW_ADDRESS", "must be"},
		"a number":              {[]string{"PORT=many"}, 2, "PORT", "a whole number"},
		"a time":                {[]string{"SESSION_MAX_AGE=soon"}, 2, "SESSION_MAX_AGE", "must be"},
		"a choice":              {[]string{"LOG_FORMAT=xml"}, 2, "LOG_FORMAT", `"text" or "json"`},
		"an address":            {[]string{"BASE_URL=app"}, 2, "BASE_URL", "must be"},
		"networks":              {[]string{"TRUSTED_PROXIES=everybody"}, 2, "TRUSTED_PROXIES", "must be"},
		"a secret's file":       {[]string{"SESSION_SECRET_FILE=" + filepath.Join(dir, "none")}, 2, "SESSION_SECRET", "named by SESSION_SECRET_FILE, that cannot be read"},
		"a port taken":          {[]string{"LISTEN=" + taken.Addr().String()}, 1, "LISTEN", "name another place"},
		"a port taken, metrics": {[]string{"METRICS_LISTEN=" + taken.Addr().String()}, 1, "METRICS_LISTEN", "name another place"},
		"a newer state file":    {[]string{"STATE_FILE=" + newer}, 1, "STATE_FILE", "run that version"},
		"a state file nowhere":  {[]string{"STATE_FILE=" + filepath.Join(dir, "none", "state")}, 1, "STATE_FILE", "make its folder"},
		"a full disk":           {[]string{"STATE_FILE=/dev/full"}, 1, "STATE_FILE", "make room"},
	} {
		stderr, err := os.Create(filepath.Join(dir, "stderr"))
		if err != nil {
			t.Fatal(err)
		}
		environ := []string{"OKTA_OAUTH2_ISSUER=http://127.0.0.1:1", "OKTA_OAUTH2_CLIENT_ID=0oa1", "OKTA_OAUTH2_CLIENT_SECRET=s3cr3t"}
		if environ = append(environ, test.settings...); test.setting != "LISTEN" && test.setting != "PORT" {
			environ = append(environ, "LISTEN=unix:"+filepath.Join(dir, "socket"))
		}
		if !slices.ContainsFunc(test.settings, func(s string) bool { return strings.HasPrefix(s, "BASE_URL=") }) {
			environ = append(environ, "BASE_URL=http://localhost:8080")
		}
		if code := run(t.Context(), nil, environ, io.Discard, stderr); code != test.code {
			t.Errorf("%s: exit code %d, want %d", name, code, test.code)
		}
		stderr.Close()
		said, err := os.ReadFile(stderr.Name())
		if err != nil {
			t.Fatal(err)
		}
		var about []string
		for line := range strings.Lines(string(said)) {
			if strings.Contains(line, test.setting+" ") || strings.Contains(line, test.setting+":") || strings.Contains(line, `"setting":"`+test.setting+`"`) {
				about = append(about, line)
			}
		}
		if len(about) != 1 || !strings.Contains(about[0], test.remedy) || strings.Contains(string(said), "s3cr3t") {
			t.Errorf("%s: want one line with %s and %q, got\n%s", name, test.setting, test.remedy, said)
		}
	}
}
