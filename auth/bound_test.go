package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// anyToken asks for an access token of either kind.
const anyToken = `Bearer, DPoP algs="ES256 PS256 RS256"`

// holder has a key, and a token of the org that is bound to it.
type holder struct {
	t     testing.TB
	h     *host
	key   *dpop.Key
	token string
}

func newKey(t testing.TB) *dpop.Key {
	t.Helper()
	key, err := dpop.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (h *host) holder() holder {
	key := newKey(h.t)
	return holder{h.t, h, key, h.bound(map[string]any{"jkt": key.Thumbprint()})}
}

// bound is an access token of the org for orders.read with that cnf.
func (h *host) bound(cnf any) string {
	now := h.clock.Now().Unix()
	return h.org.Sign(map[string]any{
		"ver": 1, "jti": "AT.2", "iss": h.org.Issuer(), "aud": "api://default", "iat": now, "exp": now + 3600, "cid": mockokta.DefaultClientID,
		"uid": "00u9mockAdaLove1a5d7", "sub": testkit.Ada, "scp": []string{"orders.read"}, "groups": []string{"Admins"}, "cnf": cnf,
	}, nil)
}

// proof is for one request to path of the host.
func (o holder) proof(method, path string) string {
	return o.proofFor(o.key, method, o.h.URL+path, o.token)
}

func (o holder) proofFor(key *dpop.Key, method, address, token string) string {
	o.t.Helper()
	sender, err := dpop.NewSender(o.h.clock.Now)
	if err != nil {
		o.t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		o.t.Fatal(err)
	}
	proof, err := sender.Proof(key, method, u, token)
	if err != nil {
		o.t.Fatal(err)
	}
	return proof
}

// send sends token by scheme, with proofs, as a program.
func (h *host) send(method, path, scheme, token string, proofs ...string) testkit.Reply {
	h.t.Helper()
	req, err := http.NewRequest(method, h.URL+path, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Authorization", scheme+" "+token)
	req.Header["Dpop"] = proofs
	return h.browser().Send(req)
}

func bearers(t *testing.T, env map[string]string) *host {
	return start(t, setup{env: env, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		who := func(c *gin.Context) { c.String(http.StatusOK, "%s %v", okta.Known(c).Subject, okta.Known(c).Bound) }
		r.Any("/api/orders", okta.RequireScope("orders.read"), who)
		r.GET("/api/more", okta.RequireScope("orders.write"), who)
		r.GET("/api/strong", okta.RequireScope(), okta.RequireACR("phr"), who)
		return nil
	}})
}

// TestBoundTokens is RFC 9449 section 7: what comes with a token that is bound to a key,
// whatever OKTA_DPOP says of this app's own.
func TestBoundTokens(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"off", "on"} {
		h := bearers(t, map[string]string{"OKTA_DPOP": setting})
		ada, other := h.holder(), h.holder()
		const path = "/api/orders?page=2"
		good := func() string { return ada.proof("GET", path) }
		used := good()
		plain := h.token("orders.read")
		algs := `DPoP algs="ES256 PS256 RS256", `
		for _, tc := range []struct {
			name, method, scheme, token string
			proofs                      []string
			status                      int
			challenge                   string // begins with
			reason                      string
		}{
			{"good", "GET", "DPoP", ada.token, []string{used}, 200, "", ""},
			{"used before", "GET", "DPoP", ada.token, []string{used}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"the scheme in small", "GET", "dpop", ada.token, []string{good()}, 200, "", ""},
			{"a POST", "POST", "DPoP", ada.token, []string{ada.proof("POST", path)}, 200, "", ""},
			{"as a plain bearer", "GET", "Bearer", ada.token, []string{good()}, 401, `Bearer error="invalid_token"`, "invalid_token"},
			{"as a plain bearer, without", "GET", "Bearer", ada.token, nil, 401, `Bearer error="invalid_token"`, "invalid_token"},
			{"no proof", "GET", "DPoP", ada.token, nil, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"two proofs", "GET", "DPoP", ada.token, []string{good(), good()}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"no JWT", "GET", "DPoP", ada.token, []string{"x"}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"another method", "POST", "DPoP", ada.token, []string{good()}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"another address", "GET", "DPoP", ada.token, []string{ada.proof("GET", "/api/more")}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"another host", "GET", "DPoP", ada.token, []string{ada.proofFor(ada.key, "GET", "https://evil.example/api/orders", ada.token)}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"for another token", "GET", "DPoP", ada.token, []string{ada.proofFor(ada.key, "GET", h.URL+path, plain)}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"for no token", "GET", "DPoP", ada.token, []string{ada.proofFor(ada.key, "GET", h.URL+path, "")}, 401, algs + `error="invalid_dpop_proof"`, "invalid_dpop_proof"},
			{"a stolen token, with the thief's key", "GET", "DPoP", ada.token, []string{ada.proofFor(other.key, "GET", h.URL+path, ada.token)}, 401, algs + `error="invalid_token"`, "invalid_token"},
			{"a plain token with a proof", "GET", "DPoP", plain, []string{ada.proofFor(ada.key, "GET", h.URL+path, plain)}, 401, algs + `error="invalid_token"`, "invalid_token"},
			{"a plain token", "GET", "Bearer", plain, nil, 200, "", ""},
			{"a token that fails", "GET", "DPoP", "a.b.c", []string{ada.proofFor(ada.key, "GET", h.URL+path, "a.b.c")}, 401, algs + `error="invalid_token"`, "invalid_token"},
			{"two tokens", "GET", "DPoP", ada.token + " x", []string{good()}, 400, "", "invalid_request"},
			{"no token", "GET", "DPoP", "", []string{good()}, 400, "", "invalid_request"},
		} {
			r := h.send(tc.method, path, tc.scheme, tc.token, tc.proofs...)
			want := "00u9mockAdaLove1a5d7 true"
			if tc.scheme == "Bearer" {
				want = "00u9mockAdaLove1a5d7 false"
			}
			if got := r.Header.Get("WWW-Authenticate"); r.StatusCode != tc.status || !strings.HasPrefix(got, tc.challenge) ||
				tc.status == 200 && r.Body != want || !strings.Contains(r.Body, tc.reason) {
				t.Errorf("%s, OKTA_DPOP %s: %d %q %s", tc.name, setting, r.StatusCode, got, r.Body)
			}
		}
		for name, cnf := range map[string]any{
			"of mutual TLS": map[string]any{"x5t#S256": "x"}, "of both": map[string]any{"jkt": ada.key.Thumbprint(), "x5t#S256": "x"}, "of nothing": map[string]any{},
			"a list": []any{ada.key.Thumbprint()}, "a text": ada.key.Thumbprint(), "an empty jkt": map[string]any{"jkt": ""},
		} {
			token := h.bound(cnf)
			proof := ada.proofFor(ada.key, "GET", h.URL+path, token)
			for _, scheme := range []string{"DPoP", "Bearer"} {
				if r := h.send("GET", path, scheme, token, proof); r.StatusCode != http.StatusUnauthorized {
					t.Errorf("a binding %s by %s: %d", name, scheme, r.StatusCode)
				}
			}
		}
	}
}

// TestRefusedBoundTokensSpendNothing: a proof that came with a token which is not taken
// is not used up, so that nobody fills the memory without a good one.
func TestRefusedBoundTokensSpendNothing(t *testing.T) {
	t.Parallel()
	h := bearers(t, nil)
	ada := h.holder()
	proof := ada.proof("GET", "/api/orders")
	if r := h.send("GET", "/api/orders", "DPoP", ada.token+"x", proof); r.StatusCode != http.StatusUnauthorized {
		t.Fatalf("status %d", r.StatusCode)
	}
	if r := h.send("GET", "/api/orders", "DPoP", ada.token, proof); r.StatusCode != http.StatusOK {
		t.Errorf("the same with its own token: %d %s", r.StatusCode, r.Body)
	}
}

// TestChallengesOfBoundTokens: what is asked beyond a token is asked in its scheme (RFC
// 6750, RFC 9470).
func TestChallengesOfBoundTokens(t *testing.T) {
	t.Parallel()
	h := bearers(t, nil)
	ada := h.holder()
	for path, want := range map[string]string{
		"/api/more":   `DPoP algs="ES256 PS256 RS256", error="insufficient_scope"`,
		"/api/strong": `DPoP algs="ES256 PS256 RS256", error="insufficient_user_authentication"`,
	} {
		r := h.send("GET", path, "DPoP", ada.token, ada.proof("GET", path))
		if got := r.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %d %q", path, r.StatusCode, got)
		}
	}
}

// TestProofTimes by the app's own clock.
func TestProofTimes(t *testing.T) {
	t.Parallel()
	h := bearers(t, nil)
	ada := h.holder()
	proof := ada.proof("GET", "/api/orders")
	h.clock.Add(3 * time.Minute)
	ahead := ada.proof("GET", "/api/orders")
	if r := h.send("GET", "/api/orders", "DPoP", ada.token, proof); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("one of three minutes ago: %d", r.StatusCode)
	}
	h.clock.Add(-3 * time.Minute)
	if r := h.send("GET", "/api/orders", "DPoP", ada.token, ahead); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("one of three minutes ahead: %d", r.StatusCode)
	}
	if r := h.send("GET", "/api/orders", "DPoP", ada.token, proof); r.StatusCode != http.StatusOK {
		t.Errorf("one of now: %d", r.StatusCode)
	}
}

// TestProofAddressIsThatOfTheWorld: below a path, behind a proxy that strips it or not,
// and whatever host a request names.
func TestProofAddressIsThatOfTheWorld(t *testing.T) {
	t.Parallel()
	for name, front := range map[string]func(app *url.URL) http.Handler{
		"the path is stripped": func(app *url.URL) http.Handler {
			return http.StripPrefix("/portal", httputil.NewSingleHostReverseProxy(app))
		},
		"the path is left": func(app *url.URL) http.Handler { return httputil.NewSingleHostReverseProxy(app) },
		"another host": func(app *url.URL) http.Handler {
			return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(app)
				r.Out.Host = "internal.example"
				r.Out.Header.Set("X-Forwarded-Host", "evil.example")
			}}
		},
	} {
		h := start(t, setup{base: "/portal", front: front, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
			mount(t, okta, r)
			r.GET("/api/orders", okta.RequireScope(), func(c *gin.Context) { c.String(http.StatusOK, "ok") })
			return okta.BelowBasePath(r)
		}})
		ada := h.holder()
		if r := h.send("GET", "/api/orders", "DPoP", ada.token, ada.proof("GET", "/api/orders")); r.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", name, r.StatusCode, r.Body)
		}
		for _, wrong := range []string{strings.TrimSuffix(h.URL, "/portal") + "/api/orders", "http://internal.example/portal/api/orders", "http://evil.example/portal/api/orders"} {
			if r := h.send("GET", "/api/orders", "DPoP", ada.token, ada.proofFor(ada.key, "GET", wrong, ada.token)); r.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s, for %s: %d", name, wrong, r.StatusCode)
			}
		}
	}
}

// TestProofsAreSharedThroughRedis: what one process has taken, another refuses; while
// Redis is away none is taken.
func TestProofsAreSharedThroughRedis(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	env := map[string]string{"REDIS_URL": server.URL()}
	one := bearers(t, env)
	ada := one.holder()
	two := newAuth(t, one, setup{env: env})
	engine := gin.New()
	mount(t, two, engine)
	engine.GET("/api/orders", two.RequireScope(), func(c *gin.Context) { c.String(http.StatusOK, "ok") })
	proof := ada.proof("GET", "/api/orders")
	if r := one.send("GET", "/api/orders", "DPoP", ada.token, proof); r.StatusCode != http.StatusOK {
		t.Fatalf("status %d %s", r.StatusCode, r.Body)
	}
	ask := func(proof string) int {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/orders", nil)
		r.Header.Set("Authorization", "DPoP "+ada.token)
		r.Header.Set("DPoP", proof)
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		return w.Code
	}
	if status := ask(proof); status != http.StatusUnauthorized {
		t.Errorf("at another process: %d", status)
	}
	if status := ask(ada.proof("GET", "/api/orders")); status != http.StatusOK {
		t.Errorf("a new one: %d", status)
	}
	server.Kill()
	if status := ask(ada.proof("GET", "/api/orders")); status != http.StatusServiceUnavailable {
		t.Errorf("while Redis is away: %d", status)
	}
}
