package doctor_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"example.com/okta-gin/config"
	"example.com/okta-gin/doctor"
)

// said answers metadata that lead to itself, and everything else with a body and a place.
type said struct {
	status      int
	body, place string
}

func (s said) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := s.status, s.body
	if strings.Contains(r.URL.Path, "/.well-known/") {
		status, body = http.StatusOK, `{"issuer":"http://127.0.0.1:1","authorization_endpoint":"http://127.0.0.1:1/a","token_endpoint":"http://127.0.0.1:1/t","jwks_uri":"http://127.0.0.1:1/k","end_session_endpoint":"http://127.0.0.1:1/l"}`
	}
	header := http.Header{"Location": {s.place}, "Date": {s.place}}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// FuzzAnswers: whatever answers in Okta's place, the examination ends, and each finding
// is a line that is harmless to a terminal.
func FuzzAnswers(f *testing.F) {
	f.Add(200, `{"keys":[{"kty":"RSA"}]}`, "http://localhost:8080/authorization-code/callback?error=login_required")
	f.Add(400, `{"error":"invalid_grant","error_description":"\u001b[2J"}`, "")
	f.Add(400, "<p>The 'redirect_uri' parameter\x1b]0;\x07<input name=state value=x>", "http://a/%zz")
	f.Add(302, `[{"status":null,"conditions":[]}]`, "\u202e")
	f.Fuzz(func(t *testing.T, status int, body, place string) {
		cfg, err := config.Load(map[string]string{
			"OKTA_OAUTH2_ISSUER": "http://127.0.0.1:1", "OKTA_OAUTH2_CLIENT_ID": "0oa1", "OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t", "OKTA_API_TOKEN": "00token",
			"SESSION_SECRET": sessionSecret, "OKTA_SCOPES": "openid email offline_access", "LISTEN": "unix:/nowhere/app.sock", "BASE_URL": "http://localhost:8080",
		})
		if err != nil {
			t.Fatal(err)
		}
		report := doctor.Examine(t.Context(), cfg, doctor.Options{Groups: 1, HTTP: &http.Client{Transport: said{status, body, place}}})
		for _, finding := range report.Checks {
			if strings.ContainsFunc(finding.Seen, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }) {
				t.Errorf("%q", finding)
			}
		}
	})
}
