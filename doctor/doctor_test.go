package doctor_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/doctor"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/session/redisurl"
)

func TestMain(m *testing.M) {
	redisurl.Log(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// named is a client of the stand-in with changes.
func named(change func(*mockokta.Client)) mockokta.Client {
	client := mockokta.WebClient("http://localhost:1")
	client.RedirectURIs, client.RequirePKCE = nil, true
	change(&client)
	return client
}

const policies = "/api/v1/authorizationServers/default/policies"

// TestEachMistakeIsFound makes one mistake at a time.
func TestEachMistakeIsFound(t *testing.T) {
	t.Parallel()
	token := map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken}
	renewing := map[string]string{"OKTA_SCOPES": "openid offline_access"}
	dpopOn := map[string]string{"OKTA_DPOP": "on"}
	for name, test := range map[string]struct {
		patient
		check string
		mark  doctor.Mark
		words string
	}{
		"an unknown host":     {patient{env: map[string]string{"OKTA_OAUTH2_ISSUER": "https://nowhere.invalid"}}, "dns", doctor.Fail, "nowhere.invalid cannot be looked up"},
		"nobody there":        {patient{env: map[string]string{"OKTA_OAUTH2_ISSUER": "http://127.0.0.1:1"}}, "connection", doctor.Fail, "refused"},
		"no TLS there":        {patient{env: map[string]string{"OKTA_OAUTH2_ISSUER": "https://127.0.0.1:1"}}, "connection", doctor.Fail, "refused"},
		"a clock ahead":       {patient{options: doctor.Options{Now: ahead(3 * time.Minute)}}, "clock", doctor.Fail, "ahead of Okta"},
		"a clock behind":      {patient{options: doctor.Options{Now: ahead(-3 * time.Minute)}}, "clock", doctor.Fail, "behind Okta"},
		"a clock that drifts": {patient{options: doctor.Options{Now: ahead(30 * time.Second)}}, "clock", doctor.Warn, "NTP"},
		"no such server":      {patient{env: map[string]string{"OKTA_OAUTH2_ISSUER": "{ORG}/oauth2/defualt"}}, "metadata", doctor.Fail, "there is one at http://127.0.0.1"},
		"another issuer": {patient{knobs: func(k *mockokta.Knobs) {
			k.TamperDiscovery = func(doc map[string]any) { doc["issuer"] = "https://login.example.com/oauth2/default" }
		}}, "metadata", doctor.Fail, `calls itself "https://login.example.com/oauth2/default"`},
		"a redirect": {patient{knobs: func(k *mockokta.Knobs) {
			k.Intercept = func(_ string, w http.ResponseWriter, r *http.Request) bool {
				http.Redirect(w, r, "https://acme.okta.com/login", http.StatusFound)
				return true
			}
		}}, "metadata", doctor.Fail, "acme.okta.com"},
		"no JSON":         {patient{knobs: refuse("discovery", always, 200, "<html>Welcome to the proxy")}, "metadata", doctor.Fail, "no JSON"},
		"Okta in trouble": {patient{knobs: refuse("discovery", always, 503, "")}, "metadata", doctor.Fail, "503"},
		"no keys": {patient{knobs: func(k *mockokta.Knobs) {
			k.TamperKeys = func(set map[string]any) { set["keys"] = []any{} }
		}}, "keys", doctor.Fail, "RS256"},
		"a wrong secret":    {patient{env: map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t-of-another"}}, "client authentication", doctor.Fail, "Client Credentials"},
		"a wrong client id": {patient{env: map[string]string{"OKTA_OAUTH2_CLIENT_ID": "0oaNobody"}}, "client authentication", doctor.Fail, "invalid_client"},
		"no code grant":     {patient{client: named(func(c *mockokta.Client) { c.Grants = []string{"client_credentials"} })}, "code grant", doctor.Fail, "Tick Authorization Code"},
		"redirect URI":      {patient{client: named(func(c *mockokta.Client) { c.RedirectURIs = []string{"http://localhost:1/callback"} })}, "redirect uri", doctor.Fail, "is not registered"},
		"PKCE optional":     {patient{client: named(func(c *mockokta.Client) { c.RequirePKCE = false })}, "pkce", doctor.Warn, "Tick Require PKCE"},
		"PKCE refused":      {patient{knobs: pkceRefused}, "pkce", doctor.Fail, "PKCE"},
		"response mode":     {patient{env: map[string]string{"OKTA_RESPONSE_MODE": "form_post"}, knobs: noFormPost}, "response mode", doctor.Fail, "OKTA_RESPONSE_MODE=query"},
		"a scope":           {patient{env: map[string]string{"OKTA_SCOPES": "openid email orders.read"}}, "scopes", doctor.Fail, "does not know orders.read"},
		"no refresh tokens": {patient{env: renewing, client: named(func(c *mockokta.Client) { c.Grants = []string{"authorization_code"} })}, "refresh token grant", doctor.Fail, "Tick Refresh Token"},
		"DPoP demanded":     {patient{client: named(func(c *mockokta.Client) { c.RequireDPoP = true })}, "dpop", doctor.Fail, "Set OKTA_DPOP=on"},
		"DPoP refused":      {patient{env: dpopOn, knobs: func(k *mockokta.Knobs) { k.RefuseProofs = true }}, "dpop", doctor.Fail, "invalid_dpop_proof"},
		"no nonce is right": {patient{env: dpopOn, knobs: func(k *mockokta.Knobs) { k.RefuseNonces = true }}, "dpop", doctor.Fail, "use_dpop_nonce"},
		"DPoP, unknown":     {patient{env: dpopOn, knobs: func(k *mockokta.Knobs) { k.IgnoreProofs = true }}, "dpop", doctor.Unknown, "See that it is ticked"},
		"no PAR":            {patient{env: map[string]string{"OKTA_PAR": "require"}}, "fapi", doctor.Fail, "OKTA_PAR is require"},
		"no ES256 for proofs": {patient{env: dpopOn, knobs: func(k *mockokta.Knobs) {
			k.TamperDiscovery = func(doc map[string]any) { doc["dpop_signing_alg_values_supported"] = []string{"RS256"} }
		}}, "fapi", doctor.Fail, "OKTA_DPOP is on"},
		"sign-out URI":               {patient{env: map[string]string{}, knobs: refuse("logout", always, 400, "<p>The 'post_logout_redirect_uri' parameter must be a Logout redirect URI")}, "sign-out uri", doctor.Fail, "is not registered"},
		"sign-out URI, by API":       {patient{env: token, client: named(func(c *mockokta.Client) { c.LogoutURIs = []string{"http://localhost:1"} })}, "sign-out uri", doctor.Fail, "Sign-out redirect URIs"},
		"sign-out URI, unknown":      {patient{}, "sign-out uri", doctor.Unknown, "ID token"},
		"no policy":                  {patient{env: token, knobs: func(k *mockokta.Knobs) { k.NoPolicy = true }}, "access policy", doctor.Fail, "none of 0 policies"},
		"another's policy":           {patient{env: token, knobs: below(map[string]string{policies: `[{"status":"ACTIVE","conditions":{"clients":{"include":["0oaOther"]}}}]`})}, "access policy", doctor.Fail, "none of 1 policies"},
		"policy, unknown":            {patient{}, "access policy", doctor.Unknown, "has none"},
		"no groups claim":            {patient{env: map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken, "REQUIRE_GROUPS": "Staff"}, knobs: func(k *mockokta.Knobs) { k.OmitGroups = true }}, "groups claim", doctor.Fail, "nobody gets in"},
		"no groups scope":            {patient{env: map[string]string{"OKTA_OAUTH2_ISSUER": "{ORG}", "REQUIRE_GROUPS": "Staff"}}, "groups claim", doctor.Warn, "without groups"},
		"a wrong API token":          {patient{env: map[string]string{"OKTA_API_TOKEN": "00s3cr3t"}}, "api token", doctor.Fail, "revoked"},
		"a weak API token":           {patient{env: token, knobs: refuse("users", always, 403, "{}")}, "api token", doctor.Fail, "may not read"},
		"too many groups":            {patient{options: doctor.Options{Groups: 2000}}, "cookie size", doctor.Fail, "SESSION_STORE"},
		"many groups":                {patient{options: doctor.Options{Groups: 200}}, "cookie size", doctor.Warn, "requests (8 KB)"},
		"no Redis":                   {patient{env: map[string]string{"SESSION_STORE": "redis://:s3cr3t@127.0.0.1:1"}}, "redis", doctor.Fail, "SESSION_STORE: no answer"},
		"no folder":                  {patient{env: map[string]string{"LISTEN": "unix:/nowhere/app.sock"}}, "listen", doctor.Fail, "no folder"},
		"another address":            {patient{env: map[string]string{"LISTEN": "192.0.2.1:8080"}}, "listen", doctor.Fail, "LISTEN: cannot listen"},
		"metrics at another address": {patient{env: map[string]string{"METRICS_LISTEN": "192.0.2.1:9090"}}, "metrics listen", doctor.Fail, "METRICS_LISTEN: cannot listen"},
		"metrics in no folder":       {patient{env: map[string]string{"METRICS_LISTEN": "unix:/nowhere/metrics.sock"}}, "metrics listen", doctor.Fail, "no folder"},
		"something else there":       {patient{running: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }}, "base url", doctor.Fail, "is not this app"},
		"elsewhere": {patient{running: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://www.example.com"+r.URL.Path, http.StatusMovedPermanently)
		}}, "base url", doctor.Fail, "www.example.com"},
		"another BASE_URL":   {patient{running: alive(url.Values{"redirect_uri": {"http://10.0.0.7/authorization-code/callback"}})}, "base url", doctor.Fail, "10.0.0.7"},
		"another client":     {patient{running: alive(url.Values{"client_id": {"0oaOther"}})}, "base url", doctor.Fail, "another client id"},
		"small request room": {patient{running: small(alive(nil), 8<<10, 1<<20)}, "header room", doctor.Warn, "20 KB of cookies is refused"},
		"short answers": {patient{running: func(w http.ResponseWriter, r *http.Request) {
			r.Form = url.Values{}
			alive(nil)(w, r)
		}}, "header room", doctor.Unknown, "only"},
		"small response room": {patient{running: small(alive(nil), 1<<20, 4000)}, "header room", doctor.Warn, "does not come through"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := test.examine(t)
			expect(t, report, test.check, test.mark, test.words)
			if test.mark == doctor.Fail && !report.Failed() {
				t.Error("the report has not failed")
			}
		})
	}
}

// noFormPost is a server that answers by the query alone.
func noFormPost(k *mockokta.Knobs) {
	k.Intercept = func(endpoint string, w http.ResponseWriter, r *http.Request) bool {
		if endpoint != "authorize" || r.FormValue("response_mode") != "form_post" {
			return false
		}
		http.Redirect(w, r, r.FormValue("redirect_uri")+"?error=unsupported_response_mode", http.StatusFound)
		return true
	}
}

// pkceRefused is a server that knows no PKCE.
func pkceRefused(k *mockokta.Knobs) {
	k.TamperAuthorize = func(params url.Values) {
		params.Set("error", "invalid_request")
		params.Set("error_description", "PKCE code challenge method is not supported.")
	}
}

// alive is an app that answers, and begins sign-ins with changes.
func alive(changes url.Values) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			_, _ = w.Write([]byte(`{"status":"alive"}`))
			return
		}
		query := url.Values{"client_id": {mockokta.DefaultClientID}, "redirect_uri": {"http://" + r.Host + "/authorization-code/callback"}, "login_hint": {r.FormValue("login_hint")}}
		for name, values := range changes {
			query[name] = values
		}
		w.Header().Set("Set-Cookie", "attempt="+r.FormValue("return_to")+strings.Repeat("x", len(r.FormValue("return_to"))))
		http.Redirect(w, r, "https://acme.okta.com/authorize?"+query.Encode(), http.StatusFound)
	}
}

// small is a proxy with that much room for headers, as nginx answers.
func small(next http.HandlerFunc, request, answer int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if len(r.Header.Get("Cookie")) > request {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		recorder := httptest.NewRecorder()
		next(recorder, r)
		if len(recorder.Header().Get("Location"))+len(recorder.Header().Get("Set-Cookie")) > answer {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	}
}

// TestAllIsWell: with everything as it should be nothing fails, and what can be told is.
func TestAllIsWell(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	for name, p := range map[string]*patient{
		"as an operator has it": {
			env: map[string]string{
				"OKTA_SCOPES": "openid profile email offline_access", "OKTA_API_TOKEN": mockokta.DefaultAPIToken, "OKTA_API_CLIENT_IDS": "0oa1",
				"REDIS_URL": redis.URL(), "OKTA_RESPONSE_MODE": "form_post", "REQUIRE_GROUPS": "Staff",
			},
			options: doctor.Options{Groups: 10},
			running: alive(nil),
		},
		"bound tokens":         {env: map[string]string{"OKTA_DPOP": "on", "OKTA_SCOPES": "openid offline_access"}, client: named(func(c *mockokta.Client) { c.RequireDPoP = true })},
		"the org's own server": {env: map[string]string{"OKTA_OAUTH2_ISSUER": "{ORG}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := p.examine(t)
			if report.Failed() {
				t.Errorf("%+v", report)
			}
			for _, check := range []string{"dns", "clock", "metadata", "keys", "client authentication", "redirect uri", "pkce", "response mode", "scopes", "listen"} {
				expect(t, report, check, doctor.OK, "")
			}
			if name == "bound tokens" {
				expect(t, report, "dpop", doctor.OK, "nonce")
				expect(t, report, "refresh token grant", doctor.OK, "")
				expect(t, report, "fapi", doctor.OK, "")
			}
			if p.running != nil {
				for _, check := range []string{"settings", "refresh token grant", "sign-out uri", "api token", "api token rights", "api token age", "access policy", "groups claim", "redis", "redis version", "redis eviction", "redis persistence", "redis latency", "base url", "header room", "cookie size"} {
					expect(t, report, check, doctor.OK, "")
				}
			}
		})
	}
}

// TestRedisMistakes looks at real servers that are not set up well.
func TestRedisMistakes(t *testing.T) {
	t.Parallel()
	evicting := redistest.Start(t, "--maxmemory-policy", "allkeys-lru", "--appendonly", "no")
	report := (&patient{env: map[string]string{"SESSION_STORE": evicting.URL()}}).examine(t)
	expect(t, report, "redis eviction", doctor.Fail, "allkeys-lru")
	expect(t, report, "redis persistence", doctor.Warn, "appendonly")
	expect(t, report, "cookie size", doctor.Skipped, "")

	report = (&patient{env: map[string]string{"REDIS_URL": strings.Replace(evicting.URL(), "redis://", "rediss://", 1)}}).examine(t)
	expect(t, report, "redis", doctor.Fail, "TLS")

	locked, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	go func() {
		for {
			conn, err := locked.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				for buffer := make([]byte, 4096); ; {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
					_, _ = conn.Write([]byte("-WRONGPASS invalid username-password pair or user is disabled.\r\n"))
				}
			}()
		}
	}()
	report = (&patient{env: map[string]string{"REDIS_URL": "redis://:s3cr3t@" + locked.Addr().String()}}).examine(t)
	expect(t, report, "redis", doctor.Fail, "password is missing or wrong")
}

// TestTLSMistakes asks an org over TLS.
func TestTLSMistakes(t *testing.T) {
	t.Parallel()
	var org http.Handler
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { org.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	stand, err := mockokta.New(mockokta.Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	org = stand
	issuer := map[string]string{"OKTA_OAUTH2_ISSUER": stand.Issuer()}
	expect(t, (&patient{env: issuer}).examine(t), "tls", doctor.Fail, "SSL_CERT_FILE")

	trusting := doctor.Options{HTTP: server.Client()}
	report := (&patient{env: issuer, options: trusting}).examine(t)
	expect(t, report, "tls", doctor.OK, "TLS 1.3")
	expect(t, report, "metadata", doctor.OK, "")

	stand.Set(func(k *mockokta.Knobs) {
		k.TamperDiscovery = func(doc map[string]any) { doc["token_endpoint"] = "http://127.0.0.1:1/token" }
	})
	report = (&patient{env: issuer, options: trusting}).examine(t)
	expect(t, report, "metadata", doctor.Fail, "without https")
	expect(t, report, "client authentication", doctor.Skipped, "")
	stand.Set(func(k *mockokta.Knobs) { k.TamperDiscovery = nil })

	trusting.Now = func() time.Time { return server.Certificate().NotAfter.Add(-time.Hour) }
	expect(t, (&patient{env: issuer, options: trusting}).examine(t), "tls", doctor.Warn, "ends soon")

	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	report = (&patient{env: map[string]string{"OKTA_OAUTH2_ISSUER": strings.Replace(plain.URL, "http://", "https://", 1)}}).examine(t)
	expect(t, report, "tls", doctor.Fail, "speaks no TLS")
}

// TestNothingIsChanged counts what the org was asked.
func TestNothingIsChanged(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	p := &patient{env: map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken, "OKTA_SCOPES": "openid offline_access"}}
	p.knobs = func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, r.Method+" "+endpoint)
			return false
		}
		k.TamperToken = func(map[string]any) { t.Error("a token was given") }
	}
	p.examine(t)
	if len(asked) < 10 {
		t.Errorf("asked only %v", asked)
	}
	for _, each := range asked {
		if !strings.HasPrefix(each, "GET ") && each != "POST token" {
			t.Errorf("asked %s", each)
		}
	}
}

// TestReport reads the report as programs do, and that on settings that don't stand.
func TestReport(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := doctor.Refused(errors.New("OKTA_OAUTH2_ISSUER is missing")).WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		OK     *bool
		Checks []doctor.Finding
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil || got.OK == nil || *got.OK || len(got.Checks) != 1 || got.Checks[0].Check != "settings" || got.Checks[0].Mark != doctor.Fail {
		t.Errorf("%v: %s", err, out.String())
	}
	report := doctor.Report{Checks: []doctor.Finding{{Check: "pkce", Mark: doctor.Warn, Seen: "seen", Next: "next", Where: "where"}}}
	out.Reset()
	if err := report.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"! pkce", "→ next", "Okta Admin Console: where", "0 failed, 1 to look at"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("%q is not in\n%s", words, out.String())
		}
	}
}

// TestHostileWordsStayOnTheirLine: what an endpoint says can't steer the terminal.
func TestHostileWordsStayOnTheirLine(t *testing.T) {
	t.Parallel()
	report := (&patient{knobs: refuse("token", always, 400, `{"error":"odd","error_description":"a\u001b[2Jb\nc `+strings.Repeat("long", 1000)+`"}`)}).examine(t)
	expect(t, report, "client authentication", doctor.Unknown, "odd")
	for _, finding := range report.Checks {
		if strings.ContainsAny(finding.Seen, "\x1b\n") || len(finding.Seen) > 1000 {
			t.Errorf("%q", finding.Seen)
		}
	}
}

// TestCertificate looks at the app's own certificate.
func TestCertificate(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	dir := t.TempDir()
	certFile, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	writePair(t, certFile, keyFile, server.TLS.Certificates[0])
	end := server.Certificate().NotAfter
	for name, test := range map[string]struct {
		base  string
		now   time.Time
		mark  doctor.Mark
		words string
	}{
		"good":         {"https://example.com", end.Add(-1000 * time.Hour), doctor.OK, "good until"},
		"ends soon":    {"https://example.com", end.Add(-24 * time.Hour), doctor.Warn, "Renew it"},
		"ended":        {"https://example.com", end.Add(time.Hour), doctor.Fail, "ended on"},
		"another host": {"https://app.invalid", end.Add(-1000 * time.Hour), doctor.Fail, "is not for app.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := config.Load(map[string]string{
				"OKTA_OAUTH2_ISSUER": "http://127.0.0.1:1", "OKTA_OAUTH2_CLIENT_ID": "0oa1", "OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t", "SESSION_SECRET": sessionSecret,
				"BASE_URL": test.base, "TLS_CERT_FILE": certFile, "TLS_KEY_FILE": keyFile, "LISTEN": "127.0.0.1:" + freePort(t),
			})
			if err != nil {
				t.Fatal(err)
			}
			report := doctor.Examine(t.Context(), cfg, doctor.Options{Now: func() time.Time { return test.now }, HTTP: &http.Client{Transport: nobody{}}})
			expect(t, report, "certificate", test.mark, test.words)
			expect(t, report, "base url", doctor.Warn, "nobody answers")
		})
	}
}

// nobody is a network on which nobody answers.
type nobody struct{}

func (nobody) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("nobody answers")
}
