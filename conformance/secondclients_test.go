//go:build conformance

package conformance_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
)

// secondApp is the app as a client of the second provider.
type secondApp struct {
	id, URL, port string
	key           crypto.Signer
	listener      net.Listener
	logs          logs
}

func newSecondApp(t *testing.T, id string, key crypto.Signer) *secondApp {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return &secondApp{id: id, URL: "http://localhost:" + port, port: port, key: key, listener: listener}
}

// client is what the provider knows of the app, whose keys it fetches from there.
func (a *secondApp) client() map[string]any {
	return map[string]any{
		"client_id": a.id, "jwks_uri": a.URL + "/authorization-code/jwks.json",
		"redirect_uris": []string{a.URL + callbackPath}, "post_logout_redirect_uris": []string{a.URL + signedOutPath},
		"backchannel_logout_uri": a.URL + backPath, "backchannel_logout_session_required": true,
	}
}

func (a *secondApp) serve(t *testing.T, p *second, more map[string]string) {
	t.Helper()
	cfg, err := config.Load(secondSettings(t, p, a.id, a.URL, a.key, more, map[string]string{"PORT": a.port}))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewJSONHandler(&a.logs, nil))
	app, err := handlers.New(cfg, log, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: app, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError)}
	go server.Serve(a.listener)
	t.Cleanup(func() {
		server.Close()
		a.logs.mu.Lock()
		defer a.logs.mu.Unlock()
		if t.Failed() {
			t.Logf("the app %s logged %s", a.id, a.logs.buf.String())
		}
	})
}

// claim is what the profile page shows of a claim.
func (a *secondApp) claim(b *browser, name string) string {
	b.t.Helper()
	return strings.TrimSpace(b.get(profilePath).page(b.t).Find("#claim-" + name).Text())
}

// secondSettings are those of the FAPI 2.0 security profile. The provider gives refresh tokens to those alone who ask
// for consent.
func secondSettings(t *testing.T, p *second, id, base string, key crypto.Signer, more ...map[string]string) map[string]string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{
		"BASE_URL":               base,
		"SESSION_SECRET":         "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
		"OKTA_OAUTH2_ISSUER":     p.issuer,
		"OKTA_OAUTH2_CLIENT_ID":  id,
		"OKTA_OAUTH2_CLIENT_KEY": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"OKTA_PAR":               "require",
		"OKTA_JAR":               "on",
		"OKTA_DPOP":              "on",
		"OKTA_PROMPT":            "consent",
		"OKTA_SCOPES":            "openid profile email offline_access",
		"OKTA_TIMEOUT":           "10s",
	}
	for _, settings := range more {
		maps.Copy(env, settings)
	}
	return env
}

// prober is this app's relying party without the app, for what no app does.
type prober struct {
	*okta.RelyingParty
	cfg config.Config
}

func newProber(t *testing.T, p *second, id string, key crypto.Signer, more map[string]string) prober {
	t.Helper()
	cfg, err := config.Load(secondSettings(t, p, id, "http://localhost:9", key, more))
	if err != nil {
		t.Fatal(err)
	}
	return proberOf(t, cfg)
}

func proberOf(t *testing.T, cfg config.Config) prober {
	t.Helper()
	rp, err := okta.New(cfg, okta.Options{RedirectURI: probeRedirect})
	if err != nil {
		t.Fatal(err)
	}
	return prober{rp, cfg}
}

// unbound is the same without DPoP.
func (p prober) unbound(t *testing.T) prober {
	t.Helper()
	cfg := p.cfg
	cfg.DPoP = "off"
	return proberOf(t, cfg)
}

func (p prober) begins(t *testing.T) (okta.Attempt, string) {
	t.Helper()
	attempt, err := p.NewAttempt()
	if err != nil {
		t.Fatal(err)
	}
	address, err := p.AuthorizeURL(t.Context(), attempt, okta.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	return attempt, address
}

func (p prober) signsIn(t *testing.T) (okta.Identity, map[string]any) {
	t.Helper()
	attempt, address := p.begins(t)
	answer := goTo(t, newBrowser(t, p.cfg.Issuer), address)
	id, err := p.SignIn(t.Context(), answer.Get("code"), attempt)
	if err != nil {
		t.Fatal(err)
	}
	return id, id.Claims
}

// calls is the answer of a service that is called with a token, and a proof of key unless that is nil.
func (p prober) calls(t *testing.T, address, accessToken string, key *dpop.Key) *http.Response {
	t.Helper()
	client := http.Client{Transport: p.Transport(http.DefaultTransport, accessToken, key), Timeout: 30 * time.Second}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// goTo follows redirects from address and returns what comes to the redirect URI; nil where nothing does.
func goTo(t *testing.T, b *browser, address string) url.Values {
	t.Helper()
	for range 10 {
		if strings.HasPrefix(address, probeRedirect+"?") {
			_, query, _ := strings.Cut(address, "?")
			values, err := url.ParseQuery(query)
			if err != nil {
				t.Fatal(err)
			}
			return values
		}
		a := b.get(address)
		location := a.Header.Get("Location")
		if location == "" {
			return nil
		}
		address = a.resolve(t, location).String()
	}
	t.Fatalf("round and round, at last at %s", address)
	return nil
}

// refusal is the OAuth error that answers req.
func refusal(t *testing.T, req *http.Request) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(req.Context(), 30*time.Second)
	defer cancel()
	resp, err := http.DefaultClient.Do(req.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Error string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Error
}

// codeOf is the OAuth error with which a provider refused.
func codeOf(err error) string {
	if refused := new(okta.Refusal); errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

func newKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func publicJWK(t *testing.T, key crypto.Signer) jwk.Key {
	t.Helper()
	public, err := jwk.FromRaw(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if err := jwk.AssignKeyID(public, jwk.WithThumbprintHash(crypto.SHA256)); err != nil {
		t.Fatal(err)
	}
	return public
}
