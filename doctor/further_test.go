package doctor_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"example.com/okta-gin/doctor"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// offering has the org offer pushed requests, and next do what else is wrong.
func offering(next func(*mockokta.Knobs)) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.PAR = true
		if next != nil {
			next(k)
		}
	}
}

// TestPushedRequests has the client judged at the endpoint where Okta offers it.
func TestPushedRequests(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		patient
		mark  doctor.Mark
		words string
	}{
		"offered":        {patient{knobs: offering(nil)}, doctor.OK, "made up alone"},
		"not offered":    {patient{}, doctor.Skipped, "offers none"},
		"off":            {patient{knobs: offering(nil), env: map[string]string{"OKTA_PAR": "off"}}, doctor.Skipped, "OKTA_PAR is off"},
		"a wrong secret": {patient{knobs: offering(nil), env: map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t-of-another"}}, doctor.Fail, "invalid_client"},
		"not for it":     {patient{knobs: offering(refuse("par", always, 400, `{"error":"unauthorized_client"}`))}, doctor.Fail, "OKTA_PAR=off"},
		"in trouble":     {patient{knobs: offering(refuse("par", always, 503, ""))}, doctor.Unknown, "503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, tc.examine(t), "pushed requests", tc.mark, tc.words)
		})
	}
}

// TestOtherClientSecret has each of two secrets judged.
func TestOtherClientSecret(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		secrets string
		knobs   func(*mockokta.Knobs)
		mark    doctor.Mark
		words   string
	}{
		"one":             {mockokta.DefaultClientSecret, nil, doctor.Skipped, "has one"},
		"both are taken":  {mockokta.DefaultClientSecret + ",s3cr3t-of-before", refuse("token", always, 400, `{"error":"invalid_grant"}`), doctor.OK, "too"},
		"one that is not": {mockokta.DefaultClientSecret + ",s3cr3t-of-before", nil, doctor.Warn, "leave it out"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := (&patient{env: map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": tc.secrets}, knobs: tc.knobs}).examine(t)
			expect(t, report, "other client secret", tc.mark, tc.words)
			expect(t, report, "client authentication", doctor.OK, "")
		})
	}
}

// introspectFails carries requests, and answers itself for the address that the widget asks.
type introspectFails struct{}

func (introspectFails) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/idp/idx/introspect" {
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
	}
	return http.DefaultTransport.RoundTrip(r)
}

// TestTrustedOrigin asks as the browser of a person on the widget's page does.
func TestTrustedOrigin(t *testing.T) {
	t.Parallel()
	widget := func() map[string]string { return map[string]string{"SIGN_IN": "widget"} }
	for name, tc := range map[string]struct {
		patient
		mark  doctor.Mark
		words string
	}{
		"trusted":     {patient{env: widget(), org: mockokta.Options{TrustedOrigins: []string{"{BASE}"}}}, doctor.OK, "lets scripts"},
		"another one": {patient{env: widget(), org: mockokta.Options{TrustedOrigins: []string{"http://localhost:1"}}}, doctor.Fail, "Trusted Origins"},
		"none":        {patient{env: widget()}, doctor.Fail, "the widget stays empty"},
		"no widget":   {patient{}, doctor.Skipped, "SIGN_IN"},
		"in trouble":  {patient{env: widget(), options: doctor.Options{HTTP: &http.Client{Transport: introspectFails{}}}}, doctor.Unknown, "at the moment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, tc.examine(t), "trusted origin", tc.mark, tc.words)
		})
	}
}

// TestStateFile looks at the file without making or opening it.
func TestStateFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name string, mode os.FileMode) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("x"), mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tc := range map[string]struct {
		path  string
		mark  doctor.Mark
		words string
	}{
		"not there yet": {filepath.Join(folder, "new"), doctor.OK, "makes it"},
		"there":         {write("own", 0o600), doctor.OK, "own"},
		"for everybody": {write("open", 0o644), doctor.Warn, "chmod 600"},
		"no folder":     {filepath.Join(folder, "nowhere", "state"), doctor.Fail, "no folder"},
		"a folder":      {folder, doctor.Fail, "is no file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, (&patient{env: map[string]string{"STATE_FILE": tc.path}}).examine(t), "state file", tc.mark, tc.words)
		})
	}
}

// TestRedisMemory tells of a server that is full before people do.
func TestRedisMemory(t *testing.T) {
	t.Parallel()
	full := redistest.Start(t, "--maxmemory", "100kb")
	expect(t, (&patient{env: map[string]string{"REDIS_URL": full.URL()}}).examine(t), "redis memory", doctor.Fail, "nobody can sign in")
	roomy := redistest.Start(t, "--maxmemory", "1gb")
	expect(t, (&patient{env: map[string]string{"REDIS_URL": roomy.URL()}}).examine(t), "redis memory", doctor.OK, "of 1024 MB")
}
