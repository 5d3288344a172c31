package okta_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
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

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

const (
	clientID = "the client: +%ü"
	secret   = "se cret+%:ü&="
	nonce    = "the nonce"
)

// provider is an OpenID provider that is not Okta, and as plain as the
// specifications allow: secrets by client_secret_post alone, a key set of an RSA
// and an elliptic key without alg, no userinfo, no revocation, no end of sessions.
type provider struct {
	t      *testing.T
	server *httptest.Server
	issuer string
	key    *rsa.PrivateKey
	curve  *ecdsa.PrivateKey
	time   time.Time

	mu       sync.Mutex
	metadata map[string]any // laid over the plain ones; nil removes a member
	tokens   map[string]any // the next token answers, as they stand
	answers  map[string]http.HandlerFunc
	forms    map[string]url.Values // the last form posted to each path
	basic    map[string][2]string  // and the client id and secret of its Authorization header, decoded
}

type keyPair struct {
	rsa   *rsa.PrivateKey
	curve *ecdsa.PrivateKey
}

// testKeys are those of every provider, for they take long to make.
var testKeys = sync.OnceValue(func() keyPair {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return keyPair{private, curve}
})

// startProvider serves an issuer at path, such as "/realms/demo/".
func startProvider(t *testing.T, path string) *provider {
	t.Helper()
	keys := testKeys()
	p := &provider{t: t, key: keys.rsa, curve: keys.curve, time: time.Now(), metadata: map[string]any{}, tokens: map[string]any{}, answers: map[string]http.HandlerFunc{}, forms: map[string]url.Values{}, basic: map[string][2]string{}}
	p.server = httptest.NewServer(p)
	t.Cleanup(p.server.Close)
	p.issuer = p.server.URL + path
	return p
}

// relyingParty is a client of p. The settings are not loaded, because they need not
// know such an issuer.
func (p *provider) relyingParty(change func(*config.Config)) *okta.RelyingParty {
	p.t.Helper()
	cfg := config.Config{
		Issuer: p.issuer, ClientID: clientID, ClientSecret: config.NewSecret(secret),
		Scopes: []string{"openid", "offline_access"}, ResponseMode: "query", APIAudience: "https://api.example",
	}
	if change != nil {
		change(&cfg)
	}
	rp, err := okta.New(cfg, okta.Options{RedirectURI: callback, Now: func() time.Time { return p.time }})
	if err != nil {
		p.t.Fatal(err)
	}
	return rp
}

// set changes the provider under way.
func (p *provider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body := new(strings.Builder)
	r.ParseForm()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.forms[r.URL.Path] = r.PostForm
	if id, pass, ok := r.BasicAuth(); ok { // RFC 6749 section 2.3.1
		id, _ = url.QueryUnescape(id)
		pass, _ = url.QueryUnescape(pass)
		p.basic[r.URL.Path] = [2]string{id, pass}
	}
	w.Header().Set("Content-Type", "application/json")
	answer := p.answers[r.URL.Path]
	switch {
	case answer != nil:
		answer(w, r)
		return
	case r.URL.Path == strings.TrimSuffix(strings.TrimPrefix(p.issuer, p.server.URL), "/")+"/.well-known/openid-configuration":
		json.NewEncoder(body).Encode(p.overlay(map[string]any{
			"issuer": p.issuer, "authorization_endpoint": p.server.URL + "/authorize?tenant=1", "token_endpoint": p.server.URL + "/token",
			"jwks_uri": p.server.URL + "/keys", "token_endpoint_auth_methods_supported": []string{"client_secret_post"},
		}, p.metadata))
	case r.URL.Path == "/keys":
		json.NewEncoder(body).Encode(map[string]any{"keys": []any{p.jwk("ec", p.curve.Public()), p.jwk("rsa", p.key.Public())}})
	case r.URL.Path == "/token":
		json.NewEncoder(body).Encode(p.tokens)
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Write([]byte(body.String()))
}

func (p *provider) overlay(base, over map[string]any) map[string]any {
	maps.Copy(base, over)
	maps.DeleteFunc(base, func(_ string, v any) bool { return v == nil })
	return base
}

func (p *provider) jwk(kid string, key any) jwk.Key {
	made, err := jwk.FromRaw(key)
	if err != nil {
		p.t.Error(err)
		return nil
	}
	made.Set(jwk.KeyIDKey, kid)
	return made
}

// sign makes a JWT of claims; header is laid over {"alg":"RS256","kid":"rsa"}.
func (p *provider) sign(header, claims map[string]any) string {
	p.t.Helper()
	encode := func(v map[string]any) string {
		text, err := json.Marshal(v)
		if err != nil {
			p.t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	signed := encode(p.overlay(map[string]any{"alg": "RS256", "kid": "rsa"}, header)) + "." + encode(claims)
	signer, err := jws.NewSigner(jwa.RS256)
	if err != nil {
		p.t.Fatal(err)
	}
	signature, err := signer.Sign([]byte(signed), p.key)
	if err != nil {
		p.t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// idToken is a good ID token with changes; nil removes a claim.
func (p *provider) idToken(changes map[string]any) string {
	p.t.Helper()
	return p.sign(nil, p.overlay(map[string]any{
		"iss": p.issuer, "aud": []string{clientID}, "sub": "ada", "iat": p.time.Unix(), "exp": p.time.Unix() + 300, "auth_time": p.time.Unix(), "nonce": nonce,
	}, changes))
}

// answer sets the next token answers: good ones with changes.
func (p *provider) answer(changes map[string]any) {
	p.t.Helper()
	good := map[string]any{"token_type": "bearer", "access_token": "access", "refresh_token": "refresh", "expires_in": 300, "id_token": p.idToken(nil)}
	p.set(func() { p.tokens = p.overlay(good, changes) })
}

func attempt() okta.Attempt {
	a := okta.NewAttempt()
	a.Nonce = nonce
	return a
}
