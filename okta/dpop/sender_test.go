package dpop_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/okta/dpop"
)

var noon = time.Date(2026, 9, 1, 12, 0, 0, 0, time.UTC)

func newKey(t testing.TB) *dpop.Key {
	t.Helper()
	key, err := dpop.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newSender(t testing.TB) *dpop.Sender {
	t.Helper()
	s, err := dpop.NewSender(func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func address(t testing.TB, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// opened reads a proof with a library that knows nothing of this one's, and holds that
// the key in it has signed it.
func opened(t testing.TB, proof string) (jwk.Key, map[string]any) {
	t.Helper()
	message, err := jws.Parse([]byte(proof))
	if err != nil {
		t.Fatalf("%q: %v", proof, err)
	}
	header := message.Signatures()[0].ProtectedHeaders()
	if header.Type() != "dpop+jwt" || header.Algorithm() != jwa.ES256 {
		t.Errorf("typ %q, alg %q", header.Type(), header.Algorithm())
	}
	if _, private := header.JWK().(jwk.ECDSAPrivateKey); private {
		t.Error("the proof holds the private key")
	}
	payload, err := jws.Verify([]byte(proof), jws.WithKey(header.Algorithm(), header.JWK()))
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return header.JWK(), claims
}

func TestProof(t *testing.T) {
	t.Parallel()
	sender, key := newSender(t), newKey(t)
	proof := func(method, to, token string) (jwk.Key, map[string]any) {
		text, err := sender.Proof(key, method, address(t, to), token)
		if err != nil {
			t.Fatal(err)
		}
		return opened(t, text)
	}
	public, claims := proof("POST", "https://acme.okta.com/oauth2/default/v1/token?x=1#y", "")
	thumbprint, err := public.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	if got := base64.RawURLEncoding.EncodeToString(thumbprint); got != key.Thumbprint() {
		t.Errorf("thumbprint %s, want %s", key.Thumbprint(), got)
	}
	id, _ := claims["jti"].(string)
	want := map[string]any{"jti": id, "htm": "POST", "htu": "https://acme.okta.com/oauth2/default/v1/token", "iat": float64(noon.Unix())}
	if fmt.Sprint(claims) != fmt.Sprint(want) || len(id) < 20 {
		t.Errorf("got %v, want %v", claims, want)
	}

	_, claims = proof("GET", "https://api.example", "token")
	hash := sha256.Sum256([]byte("token"))
	if claims["ath"] != base64.RawURLEncoding.EncodeToString(hash[:]) || claims["htu"] != "https://api.example/" || claims["htm"] != "GET" {
		t.Errorf("got %v", claims)
	}
	if claims["jti"] == id {
		t.Error("two proofs have the same jti")
	}
}

// TestKeyTravels: a key is the same after it was kept.
func TestKeyTravels(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	kept := key.Reveal()
	back, err := dpop.ParseKey(kept)
	if err != nil || back.Thumbprint() != key.Thumbprint() {
		t.Errorf("got %v, %v", back, err)
	}
	proof, err := newSender(t).Proof(back, "GET", address(t, "https://x.example/"), "")
	if err != nil {
		t.Fatal(err)
	}
	public, _ := opened(t, proof)
	var raw ecdsa.PublicKey
	if err := public.Raw(&raw); err != nil {
		t.Error(err)
	}
	for name, text := range map[string]string{"short": kept[2:], "long": kept + "AA", "zero": strings.Repeat("A", 43), "no base64url": strings.Repeat("=", 43)} {
		if _, err := dpop.ParseKey(text); err == nil || strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if none, err := dpop.ParseKey(""); none != nil || err != nil || none.Reveal() != "" {
		t.Errorf("no key: %v, %v", none, err)
	}
}

func TestKeyNeverPrints(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	kept, err := base64.RawURLEncoding.DecodeString(key.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "key", key)
	text, err := json.Marshal(map[string]any{"key": key})
	if err != nil {
		t.Fatal(err)
	}
	inside := struct{ key *dpop.Key }{key}
	all := log.String() + string(text) + fmt.Sprintf("%v %+v %#v %s %q %x %d", key, key, key, key, key, key, key) + fmt.Sprintf("%v %+v", inside, inside)
	number := fmt.Sprint(new(big.Int).SetBytes(kept))
	for _, secret := range []string{fmt.Sprintf("%x", kept), number, base64.RawURLEncoding.EncodeToString(kept)} {
		if strings.Contains(all, secret) {
			t.Errorf("printed in %s", all)
		}
	}
	if !strings.Contains(log.String(), "[redacted]") {
		t.Errorf("logged as %s", log.String())
	}
}

// resource is a resource server that wants the nonce "n1" where a path says so.
type resource struct {
	*httptest.Server
	mu     sync.Mutex
	seen   []*http.Request
	bodies []string
	nonce  string // that it wants; "" for none
	gives  string // that it says it wants
}

func startResource(t *testing.T) *resource {
	t.Helper()
	res := &resource{}
	res.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		res.mu.Lock()
		defer res.mu.Unlock()
		res.seen, res.bodies = append(res.seen, r), append(res.bodies, string(body))
		if res.nonce == "" {
			return
		}
		claims := map[string]any{}
		if proof := r.Header.Get("DPoP"); proof != "" {
			_, claims = opened(t, proof)
		}
		if res.gives != "" {
			w.Header().Set("DPoP-Nonce", res.gives)
		}
		if claims["nonce"] != res.nonce {
			w.Header().Add("WWW-Authenticate", `Bearer realm="x"`)
			w.Header().Add("WWW-Authenticate", `DPoP algs="ES256", error="use_dpop_nonce", error_description="…"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(res.Close)
	return res
}

func (res *resource) count() int {
	res.mu.Lock()
	defer res.mu.Unlock()
	return len(res.seen)
}

func send(t *testing.T, transport http.RoundTripper, method, to string, body io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, to, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer the browser's")
	r.Header.Set("DPoP", "the browser's")
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	if r.Header.Get("Authorization") != "Bearer the browser's" {
		t.Error("the caller's request was changed")
	}
	return answer
}

func TestTransport(t *testing.T) {
	t.Parallel()
	res, sender, key := startResource(t), newSender(t), newKey(t)
	send(t, sender.Transport(http.DefaultTransport, key, "token"), "DELETE", res.URL+"/a?b=c", nil)
	send(t, sender.Transport(http.DefaultTransport, nil, "token"), "GET", res.URL+"/a", nil)
	bound, plain := res.seen[0], res.seen[1]
	if got := bound.Header["Authorization"]; len(got) != 1 || got[0] != "DPoP token" || len(bound.Header["Dpop"]) != 1 {
		t.Errorf("sent %v", bound.Header)
	}
	_, claims := opened(t, bound.Header.Get("DPoP"))
	if claims["htm"] != "DELETE" || claims["htu"] != res.URL+"/a" || claims["ath"] == nil {
		t.Errorf("proved %v", claims)
	}
	if got := plain.Header["Authorization"]; len(got) != 1 || got[0] != "Bearer token" || plain.Header["Dpop"] != nil {
		t.Errorf("sent %v", plain.Header)
	}
}

// TestNonceOfResourceServers: it is learned once, by one more request, and used by
// everybody from then on, at every path.
func TestNonceOfResourceServers(t *testing.T) {
	t.Parallel()
	res, sender, key := startResource(t), newSender(t), newKey(t)
	res.nonce, res.gives = "n1", "n1"
	transport := sender.Transport(http.DefaultTransport, key, "token")
	if a := send(t, transport, "POST", res.URL+"/a", strings.NewReader("the body")); a.StatusCode != http.StatusOK || res.count() != 2 || res.bodies[1] != "the body" {
		t.Errorf("status %d after %d requests, %q", a.StatusCode, res.count(), res.bodies)
	}
	if a := send(t, sender.Transport(http.DefaultTransport, newKey(t), "another"), "GET", res.URL+"/b", nil); a.StatusCode != http.StatusOK || res.count() != 3 {
		t.Errorf("another's request: status %d after %d", a.StatusCode, res.count())
	}
	res.nonce, res.gives = "n2", "n2" // rotated, and told with an answer that is good
	if a := send(t, transport, "GET", res.URL+"/c", nil); a.StatusCode != http.StatusOK || res.count() != 5 {
		t.Errorf("a new nonce: status %d after %d", a.StatusCode, res.count())
	}
}

// TestNonceIsBounded: one more request and no further, whatever the server does, and
// none where nothing could be better about it.
func TestNonceIsBounded(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		gives    string
		body     io.Reader
		requests int
	}{
		"one that it does not take": {gives: "wrong", requests: 2},
		"none":                      {requests: 1},
		"one with a blank":          {gives: "a b", requests: 1},
		"one with a quote":          {gives: `a"b`, requests: 1},
		"an endless one":            {gives: strings.Repeat("n", 513), requests: 1},
		"a body that is gone":       {gives: "right", body: io.MultiReader(strings.NewReader("x")), requests: 1},
		"a body to be had again":    {gives: "right", body: strings.NewReader("x"), requests: 2},
	} {
		res := startResource(t)
		res.nonce, res.gives = "right", tc.gives
		a := send(t, newSender(t).Transport(http.DefaultTransport, newKey(t), "token"), "POST", res.URL, tc.body)
		if want := tc.gives == "right" && tc.requests == 2; res.count() != tc.requests || (a.StatusCode == http.StatusOK) != want {
			t.Errorf("%s: %d requests, want %d; status %d", name, res.count(), tc.requests, a.StatusCode)
		}
	}
}

// TestNonceInACrowd: whoever is refused while another has just learned the nonce tries
// again too.
func TestNonceInACrowd(t *testing.T) {
	t.Parallel()
	res, sender := startResource(t), newSender(t)
	res.nonce, res.gives = "n1", "n1"
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			key, err := dpop.NewKey()
			if err != nil {
				t.Error(err)
				return
			}
			answer, err := (&http.Client{Transport: sender.Transport(http.DefaultTransport, key, "token")}).Get(res.URL)
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				t.Errorf("status %d", answer.StatusCode)
			}
		})
	}
	group.Wait()
}

// TestRedirectsTakeNoTokenAlong: neither token nor proof goes to another origin.
func TestRedirectsTakeNoTokenAlong(t *testing.T) {
	t.Parallel()
	other := startResource(t)
	var at *httptest.Server
	here := 0
	at = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		here++
		switch {
		case r.Header.Get("Authorization") != "DPoP token":
			t.Errorf("%s came without the token", r.URL)
		case r.URL.Path == "/":
			http.Redirect(w, r, "/there", http.StatusFound)
		default:
			if _, claims := opened(t, r.Header.Get("DPoP")); claims["htu"] != at.URL+"/there" {
				t.Errorf("proved %v", claims)
			}
			http.Redirect(w, r, other.URL+"/elsewhere", http.StatusTemporaryRedirect)
		}
	}))
	t.Cleanup(at.Close)
	send(t, newSender(t).Transport(http.DefaultTransport, newKey(t), "token"), "GET", at.URL+"/", nil)
	if other.count() != 1 || here != 2 {
		t.Fatalf("%d requests here, %d there", here, other.count())
	}
	if h := other.seen[0].Header; h.Get("Authorization") != "" || h.Get("DPoP") != "" {
		t.Errorf("sent elsewhere: %v", h)
	}
}

// TestNoncesOfEndpoints: an authorization server's are its endpoints' own, whatever
// resources there are at its host.
func TestNoncesOfEndpoints(t *testing.T) {
	t.Parallel()
	sender, key := newSender(t), newKey(t)
	token, push := address(t, "https://acme.okta.com/v1/token"), address(t, "https://acme.okta.com/v1/par")
	if !sender.Heard(token, "", http.Header{"Dpop-Nonce": {"n1"}}) || sender.Heard(token, "", http.Header{"Dpop-Nonce": {"n2", "n3"}}) {
		t.Error("heard wrong")
	}
	for to, want := range map[*url.URL]any{token: "n1", push: nil} {
		proof, err := sender.Proof(key, "POST", to, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, claims := opened(t, proof); claims["nonce"] != want {
			t.Errorf("%s: nonce %v, want %v", to, claims["nonce"], want)
		}
	}
	proof, err := sender.Proof(key, "GET", token, "token")
	if err != nil {
		t.Fatal(err)
	}
	if _, claims := opened(t, proof); claims["nonce"] != nil {
		t.Errorf("a resource got the nonce %v", claims["nonce"])
	}
}

// TestSenderRemembersKeys holds that a key is the same each time it is asked for, that
// different texts are different keys, and that nothing is remembered of what is none.
func TestSenderRemembersKeys(t *testing.T) {
	t.Parallel()
	sender := newSender(t)
	one, other := newKey(t), newKey(t)
	for range 2 {
		for _, want := range []*dpop.Key{one, other} {
			got, err := sender.Key(want.Reveal())
			if err != nil || got.Thumbprint() != want.Thumbprint() || got.Reveal() != want.Reveal() {
				t.Errorf("got another key and %v", err)
			}
		}
		if key, err := sender.Key(""); key != nil || err != nil {
			t.Errorf("no text: %v and %v", key, err)
		}
		if key, err := sender.Key("none"); key != nil || err == nil {
			t.Errorf("no key: %v and %v", key, err)
		}
	}
	first, err := sender.Key(one.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	again, err := sender.Key(one.Reveal())
	if err != nil || first != again {
		t.Errorf("read again: %v", err)
	}
}
