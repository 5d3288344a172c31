package auth_test

import (
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// boundOnly has the org demand proofs of the app.
func boundOnly(c *mockokta.Client) { c.RequireDPoP = true }

// dpopOn are settings that bind tokens which are renewed.
func dpopOn(more map[string]string) map[string]string {
	env := maps.Clone(renewing)
	env["OKTA_DPOP"] = "on"
	maps.Copy(env, more)
	return env
}

// service is an app that calls another service as the person, and tells what that says.
type service struct {
	*host
	api *mockokta.Resource

	mu      sync.Mutex
	secrets []string // the keys and tokens of sessions
}

func startService(t *testing.T, s setup, rules mockokta.ResourceRules) *service {
	t.Helper()
	v := &service{}
	s.app = func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/closed", okta.RequireLogin(), func(c *gin.Context) {
			v.mu.Lock()
			defer v.mu.Unlock()
			kept := okta.Caller(c).Session
			v.secrets = append(v.secrets, kept.DPoPKey, kept.AccessToken, kept.RefreshToken)
			c.String(http.StatusOK, "closed")
		})
		r.GET("/orders", okta.RequireLogin(), func(c *gin.Context) { v.orders(c, okta) })
		return nil
	}
	v.host = start(t, s)
	api, err := mockokta.StartResource(v.org, "127.0.0.1:0", rules)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { api.Close() })
	v.api = api
	return v
}

// orders asks the service as the person.
func (v *service) orders(c *gin.Context, okta *auth.Auth) {
	transport, err := okta.Transport(okta.Caller(c), http.DefaultTransport)
	if err != nil {
		okta.Fail(c, err)
		return
	}
	req, err := http.NewRequestWithContext(c.Request.Context(), http.MethodGet, v.api.URL()+"/orders?page=2", nil)
	if err != nil {
		okta.Fail(c, err)
		return
	}
	answer, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		okta.Fail(c, err)
		return
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		okta.Fail(c, err)
		return
	}
	c.Data(answer.StatusCode, "application/json", body)
}

func (v *service) key() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.secrets[len(v.secrets)-3]
}

// TestBoundSessions: a person signs in, calls a service, is renewed, calls it again and
// signs out, with one key that nobody sees, alone and with all else that FAPI asks for.
func TestBoundSessions(t *testing.T) {
	t.Parallel()
	everything := byKeys(keyFile(t, "key"))
	maps.Copy(everything, map[string]string{"OKTA_PAR": "require", "OKTA_JAR": "on", "OKTA_RESOURCE": "https://orders.example"})
	for name, tc := range map[string]struct {
		env      map[string]string
		client   func(*mockokta.Client)
		audience string
	}{
		"DPoP alone": {dpopOn(nil), boundOnly, ""},
		"with PAR, JAR, a key and a resource": {dpopOn(everything), func(c *mockokta.Client) {
			fetchesKeys(c)
			c.RequireDPoP, c.RequirePAR, c.RequireRequestObject = true, true, true
		}, "https://orders.example"},
	} {
		v := startService(t, setup{env: tc.env, client: tc.client}, mockokta.ResourceRules{BoundOnly: true, Nonces: true, FreshNonces: true, Audience: tc.audience})
		v.org.Set(func(k *mockokta.Knobs) {
			k.PAR, k.FreshNonces, k.NoncesAtResources, k.Resources = true, true, true, []string{"https://orders.example"}
		})
		b := v.browser()
		if r := b.Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s\n%s", name, r.StatusCode, r.Body, v.logs)
		}
		key := v.key()
		if len(key) != 43 {
			t.Fatalf("%s: the session has no key", name)
		}
		for range 2 {
			if r := b.Get("/orders"); r.StatusCode != http.StatusOK || !strings.Contains(r.Body, `"scheme":"DPoP"`) || !strings.Contains(r.Body, testkit.Ada) {
				t.Errorf("%s: the service answers %d %s", name, r.StatusCode, r.Body)
			}
			renewed := v.org.Count("token")
			v.clock.Add(v.tokenLife())
			if r := b.Get("/closed"); r.StatusCode != http.StatusOK || v.org.Count("token") == renewed || v.key() != key {
				t.Errorf("%s: not renewed with its key: %d, %s", name, r.StatusCode, v.logs)
			}
		}
		other := v.browser()
		if other.Arrive("/closed", testkit.Grace); v.key() == key {
			t.Errorf("%s: two people have one key", name)
		}
		revoked := v.org.Count("revoke")
		b.Submit(b.Get(testkit.LogoutPath), nil)
		testkit.Await(t, "the token to be revoked", func() bool { return v.org.Count("revoke") == revoked+1 })
		for _, secret := range v.secrets {
			if secret == "" || strings.Contains(v.logs.String(), secret) {
				t.Errorf("%s: %q is in the log", name, secret)
			}
		}
	}
}

// TestStepUpOfBoundSessions: what is asked and what answers it hold together with a
// pushed, signed, bound sign-in (RFC 9470, RFC 9207).
func TestStepUpOfBoundSessions(t *testing.T) {
	t.Parallel()
	env := byKeys(keyFile(t, "key"))
	maps.Copy(env, map[string]string{"OKTA_PAR": "require", "OKTA_JAR": "on", "OKTA_DPOP": "on"})
	h := start(t, setup{env: env, client: func(c *mockokta.Client) {
		fetchesKeys(c)
		c.RequireDPoP, c.RequirePAR, c.RequireRequestObject = true, true, true
	}, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/closed", okta.RequireLogin(), say(okta, "closed"))
		r.GET("/recent", okta.RequireRecentLogin(5*time.Minute), say(okta, "recent"))
		return nil
	}})
	h.org.Set(func(k *mockokta.Knobs) { k.PAR = true })
	b := h.browser()
	if r := b.Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Fatalf("%d %s\n%s", r.StatusCode, r.Body, h.logs)
	}
	h.clock.Add(10 * time.Minute)
	r, way := b.Visit("/recent", testkit.Ada)
	if r.StatusCode != http.StatusOK || !strings.HasPrefix(r.Body, "recent") {
		t.Errorf("%d %s, by %v", r.StatusCode, r.Body, way)
	}
	asked := h.org.Count("par")
	if r := b.Get("/recent"); r.StatusCode != http.StatusOK || h.org.Count("par") != asked {
		t.Errorf("asked again: %d", r.StatusCode)
	}
}

// TestPlainTokensAreRefused: nobody is signed in with tokens that are not bound as asked,
// the person is told that the app is not well set up, and the log says what to tick.
func TestPlainTokensAreRefused(t *testing.T) {
	t.Parallel()
	h := start(t, setup{env: dpopOn(nil), app: page(t)})
	stays := h.browser()
	if r := stays.Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", r.StatusCode, r.Body)
	}
	h.org.Set(func(k *mockokta.Knobs) {
		k.TamperToken = func(answer map[string]any) { answer["token_type"] = "Bearer" }
	})
	b := h.browser()
	r := b.Arrive("/closed", testkit.Grace)
	if r.StatusCode != http.StatusBadGateway || !strings.Contains(r.Body, "could not be verified") || strings.Contains(r.Body, "Admin") {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	for _, want := range []string{"token_not_bound", "OKTA_DPOP is on", "Require Demonstrating Proof of Possession"} {
		if !strings.Contains(h.logs.String(), want) {
			t.Errorf("the log does not say %q: %s", want, h.logs)
		}
	}
	if r := b.Get("/closed"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("signed in all the same: %d", r.StatusCode)
	}
	h.clock.Add(h.tokenLife())
	if r := stays.Get("/closed"); r.StatusCode != http.StatusOK {
		t.Errorf("within the grace: %d", r.StatusCode)
	}
	h.clock.Add(11 * time.Minute)
	if r := stays.Get("/closed"); r.StatusCode != http.StatusUnauthorized {
		t.Errorf("a session that came back plain goes on: %d", r.StatusCode)
	}
}

// TestRefusedProofs: whatever Okta has against proofs, a sign-in asks it a bounded number
// of times.
func TestRefusedProofs(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		setting string
		knob    func(*mockokta.Knobs)
		asked   int
		log     string
	}{
		"no nonce is right":      {"on", func(k *mockokta.Knobs) { k.RefuseNonces = true }, 2, "use_dpop_nonce"},
		"no proof is right":      {"on", func(k *mockokta.Knobs) { k.RefuseProofs = true }, 1, "invalid_dpop_proof"},
		"off, and Okta wants it": {"off", func(*mockokta.Knobs) {}, 1, "OKTA_DPOP is off, and Okta demands DPoP"},
	} {
		h := start(t, setup{env: dpopOn(map[string]string{"OKTA_DPOP": tc.setting}), client: boundOnly, app: page(t)})
		h.org.Set(tc.knob)
		r := h.browser().Arrive("/closed", testkit.Ada)
		if r.StatusCode != http.StatusBadGateway || h.org.Count("token") != tc.asked || !strings.Contains(h.logs.String(), tc.log) {
			t.Errorf("%s: %d after %d requests: %s", name, r.StatusCode, h.org.Count("token"), h.logs)
		}
	}
}

// TestTransportOfPlainSessions: without OKTA_DPOP it sends a bearer token, and without a
// token it says so.
func TestTransportOfPlainSessions(t *testing.T) {
	t.Parallel()
	v := startService(t, setup{env: renewing}, mockokta.ResourceRules{})
	b := v.browser()
	b.Arrive("/closed", testkit.Ada)
	if r := b.Get("/orders"); r.StatusCode != http.StatusOK || !strings.Contains(r.Body, `"scheme":"Bearer"`) {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
	v = startService(t, setup{}, mockokta.ResourceRules{})
	b = v.browser()
	b.Arrive("/closed", testkit.Ada)
	if r := b.Get("/orders"); r.StatusCode != http.StatusInternalServerError || !strings.Contains(v.logs.String(), auth.ErrNoAccessToken.Error()) {
		t.Errorf("without a token: %d %s", r.StatusCode, v.logs)
	}
}
