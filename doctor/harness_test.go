package doctor_test

import (
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/doctor"
	"example.com/okta-gin/mockokta"
)

const sessionSecret = "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d"

// patient is an app that is examined: its settings, and the org that they are for.
type patient struct {
	env     map[string]string
	client  mockokta.Client
	org     mockokta.Options
	knobs   func(*mockokta.Knobs)
	options doctor.Options
	running http.HandlerFunc // what answers at BASE_URL; nil for nobody
}

// examine starts the org and whatever answers at BASE_URL, and returns the report.
func (p *patient) examine(t *testing.T) doctor.Report {
	t.Helper()
	base := "http://localhost:" + freePort(t)
	if p.running != nil {
		server := httptest.NewServer(p.running)
		t.Cleanup(server.Close)
		base = server.URL
	}
	client := mockokta.WebClient(base)
	client.RequirePKCE = true
	if p.client.Name != "" { // what a test has changed counts
		p.client.ID, p.client.Secret = client.ID, client.Secret
		if p.client.RedirectURIs == nil {
			p.client.RedirectURIs = client.RedirectURIs
		}
		client = p.client
	}
	p.org.Clients = []mockokta.Client{client}
	for i, origin := range p.org.TrustedOrigins {
		p.org.TrustedOrigins[i] = strings.ReplaceAll(origin, "{BASE}", base)
	}
	org, err := mockokta.Start(p.org)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	if p.knobs != nil {
		org.Set(p.knobs)
	}
	env := map[string]string{
		"OKTA_OAUTH2_ISSUER": org.Issuer(), "OKTA_OAUTH2_CLIENT_ID": mockokta.DefaultClientID, "OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"BASE_URL": base, "SESSION_SECRET": sessionSecret, "LISTEN": "127.0.0.1:" + freePort(t),
	}
	for name, value := range p.env {
		env[name] = strings.NewReplacer("{ORG}", org.URL(), "{BASE}", base, "{AT}", strings.Replace(strings.TrimPrefix(base, "http://"), "localhost", "127.0.0.1", 1)).Replace(value)
	}
	cfg, err := config.Load(env)
	if err != nil {
		t.Fatal(err)
	}
	report := doctor.Examine(t.Context(), cfg, p.options)
	noSecrets(t, report, cfg)
	return report
}

// noSecrets looks for the secrets of cfg in everything that is told.
func noSecrets(t *testing.T, report doctor.Report, cfg config.Config) {
	t.Helper()
	var out bytes.Buffer
	if err := report.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{cfg.ClientSecret.Reveal(), cfg.APIToken.Reveal(), sessionSecret, "s3cr3t"} {
		if secret != "" && strings.Contains(out.String(), secret) {
			t.Errorf("a secret is told:\n%s", out.String())
		}
	}
}

// found are the findings of one check.
func found(report doctor.Report, check string) []doctor.Finding {
	var list []doctor.Finding
	for _, finding := range report.Checks {
		if finding.Check == check {
			list = append(list, finding)
		}
	}
	return list
}

// expect looks for a finding with that mark and those words in it.
func expect(t *testing.T, report doctor.Report, check string, mark doctor.Mark, words string) {
	t.Helper()
	list := found(report, check)
	for _, finding := range list {
		if finding.Mark == mark && strings.Contains(finding.Seen+" "+finding.Next+" "+finding.Where, words) {
			if mark == doctor.Fail && finding.Next == "" {
				t.Errorf("%s fails without a next step: %+v", check, finding)
			}
			return
		}
	}
	t.Errorf("%s: got %+v, want %s with %q", check, list, mark, words)
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	return port
}

// refuse answers one endpoint with an OAuth error or a page of Okta's.
func refuse(endpoint string, when func(*http.Request) bool, status int, body string) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.Intercept = func(asked string, w http.ResponseWriter, r *http.Request) bool {
			if asked != endpoint || !when(r) {
				return false
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		}
	}
}

func always(*http.Request) bool { return true }

// below answers paths of the management API that the stand-in has not.
func below(answers map[string]string) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.Intercept = func(_ string, w http.ResponseWriter, r *http.Request) bool {
			answer, ok := answers[r.URL.Path]
			if ok {
				_, _ = w.Write([]byte(answer))
			}
			return ok
		}
	}
}

// ahead is a clock that goes ahead.
func ahead(d time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(d) }
}
