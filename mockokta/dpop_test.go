package mockokta_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/mockokta"
)

// proof is a DPoP proof in the making.
type proof struct {
	header map[string]any
	claims map[string]any
	key    jwk.Key
	alg    jwa.SignatureAlgorithm
}

func thumbprint(t *testing.T, key jwk.Key) string {
	t.Helper()
	sum, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

func publicHalf(t *testing.T, key jwk.Key) map[string]any {
	t.Helper()
	half, err := key.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return asMap(t, half)
}

func asMap(t *testing.T, v any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// newProof is a good proof for a request at the org, without a nonce.
func (b *browser) newProof(key jwk.Key, method, path, jti string) *proof {
	return &proof{
		header: map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": publicHalf(b.t, key)},
		claims: map[string]any{"htm": method, "htu": b.org.URL() + path, "iat": b.org.Now().Unix(), "jti": jti},
		key:    key, alg: jwa.ES256,
	}
}

// sign signs a proof, whatever its header says.
func (p *proof) sign(t *testing.T) string {
	t.Helper()
	header, err := json.Marshal(p.header)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := json.Marshal(p.claims)
	if err != nil {
		t.Fatal(err)
	}
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims)
	signer, err := jws.NewSigner(p.alg)
	if err != nil {
		t.Fatal(err)
	}
	var raw any
	if err := p.key.Raw(&raw); err != nil {
		t.Fatal(err)
	}
	sig, err := signer.Sign([]byte(signed), raw)
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// prove posts a form with a proof.
func (b *browser) prove(path string, form url.Values, proofs ...string) reply {
	b.t.Helper()
	return b.do(http.MethodPost, b.org.URL()+path, form, http.Header{"Dpop": proofs})
}

// proven redeems at the token endpoint with a good proof, in two steps as Okta wants it.
func (b *browser) proven(form url.Values, key jwk.Key, jti string) reply {
	b.t.Helper()
	path := b.as + "/v1/token"
	first := b.prove(path, form, b.newProof(key, "POST", path, "").sign(b.t))
	wantOAuthError(b.t, first, 400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.")
	p := b.newProof(key, "POST", path, jti)
	p.claims["nonce"] = first.Header.Get("DPoP-Nonce")
	return b.prove(path, form, p.sign(b.t))
}

func startBound(t *testing.T, change func(*mockokta.Client)) (*browser, *clock) {
	t.Helper()
	client, now := mockokta.DefaultClient(), newClock()
	client.RequireDPoP = true
	if change != nil {
		change(&client)
	}
	return newBrowser(t, start(t, mockokta.Options{Now: now.Now, Clients: []mockokta.Client{client}})), now
}

func TestBoundTokens(t *testing.T) {
	t.Parallel()
	b, _ := startBound(t, nil)
	key := newKey(t, "")
	code := b.signIn("ada@acme.test", map[string]string{"scope": "openid profile offline_access"})
	wantOAuthError(t, b.token(tokenParams(code, nil)), 400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")

	got := b.proven(tokenParams(code, nil), key, "1")
	answer := got.json(t)
	if answer["token_type"] != "DPoP" || got.Header.Get("DPoP-Nonce") == "" {
		t.Errorf("%d %v, nonce %q", got.StatusCode, answer, got.Header.Get("DPoP-Nonce"))
	}
	access := answer["access_token"].(string)
	if cnf, _ := claimsOf(t, access)["cnf"].(map[string]any); cnf["jkt"] != thumbprint(t, key) {
		t.Errorf("cnf %v", cnf)
	}
	if id := claimsOf(t, answer["id_token"]); id["cnf"] != nil {
		t.Errorf("ID token is bound: %v", id)
	}
	known := b.post(b.as+"/v1/introspect", url.Values{"token": {access}, "client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret}}).json(t)
	if cnf, _ := known["cnf"].(map[string]any); known["token_type"] != "DPoP" || cnf["jkt"] != thumbprint(t, key) {
		t.Errorf("introspected: %v", known)
	}

	// renewed by the same key alone
	renewal := url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {answer["refresh_token"].(string)},
		"client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret},
	}
	wantOAuthError(t, b.token(renewal), 400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
	wantOAuthError(t, b.proven(renewal, newKey(t, ""), "2"), 400, "invalid_dpop_proof", "Invalid DPoP Public Key binding in refresh token")
	if renewed := b.proven(renewal, key, "3").json(t); renewed["token_type"] != "DPoP" || renewed["refresh_token"] != answer["refresh_token"] {
		t.Errorf("renewed: %v", renewed)
	}
}

// A client that may leave proofs out gets bound tokens when it sends one. Its refresh token is bound then too.
func TestProofOfWhoNeedsNone(t *testing.T) {
	t.Parallel()
	b, _ := startBound(t, func(c *mockokta.Client) { c.RequireDPoP = false })
	scope := map[string]string{"scope": "openid offline_access"}
	if answer := b.token(tokenParams(b.signIn("ada@acme.test", scope), nil)).json(t); answer["token_type"] != "Bearer" {
		t.Errorf("without: %v", answer)
	}
	answer := b.proven(tokenParams(b.signIn("grace@acme.test", map[string]string{"scope": "openid offline_access", "prompt": "login"}), nil), newKey(t, ""), "1").json(t)
	if answer["token_type"] != "DPoP" {
		t.Errorf("with: %v", answer)
	}
	wantOAuthError(t, b.refresh(answer["refresh_token"]), 400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
}

func TestProofRefused(t *testing.T) {
	t.Parallel()
	b, now := startBound(t, nil)
	path := b.as + "/v1/token"
	key := newKey(t, "")
	form := tokenParams(b.signIn("ada@acme.test", nil), nil)
	nonce := b.prove(path, form, b.newProof(key, "POST", path, "").sign(t)).Header.Get("DPoP-Nonce")

	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		change func(*proof)
		want   string
	}{
		"typ":              {func(p *proof) { p.header["typ"] = "JWT" }, "'typ' must be 'dpop+jwt' in the DPoP proof JWT."},
		"no typ":           {func(p *proof) { delete(p.header, "typ") }, "'typ' must be"},
		"alg none":         {func(p *proof) { p.header["alg"] = "none" }, "The DPoP proof JWT signature algorithm is invalid."},
		"alg HS256":        {func(p *proof) { p.header["alg"] = "HS256" }, "The DPoP proof JWT signature algorithm is invalid."},
		"alg PS256":        {func(p *proof) { p.header["alg"] = "PS256" }, "The DPoP proof JWT signature algorithm is invalid."},
		"alg of other key": {func(p *proof) { p.header["alg"] = "RS256" }, "The DPoP proof JWT signature algorithm is invalid."},
		"other curve": {func(p *proof) {
			other, err := jwk.FromRaw(p384.Public())
			if err != nil {
				t.Fatal(err)
			}
			p.header["jwk"] = asMap(t, other)
		}, "The DPoP proof JWT signature algorithm is invalid."},
		"no key":         {func(p *proof) { delete(p.header, "jwk") }, "The DPoP proof JWT is invalid."},
		"private key":    {func(p *proof) { p.header["jwk"] = asMap(t, p.key) }, "The DPoP proof JWT is invalid."},
		"secret key":     {func(p *proof) { p.header["jwk"] = map[string]any{"kty": "oct", "k": "AAAA"} }, "The DPoP proof JWT is invalid."},
		"other key":      {func(p *proof) { p.key = newKey(t, "") }, "The DPoP proof JWT signature is invalid."},
		"htm":            {func(p *proof) { p.claims["htm"] = "GET" }, "'htm' claim in the DPoP proof JWT is invalid."},
		"htm lower case": {func(p *proof) { p.claims["htm"] = "post" }, "'htm' claim"},
		"no htm":         {func(p *proof) { delete(p.claims, "htm") }, "'htm' claim"},
		"htu host":       {func(p *proof) { p.claims["htu"] = "https://evil.example" + path }, "'htu' claim in the DPoP proof JWT is invalid."},
		"htu path":       {func(p *proof) { p.claims["htu"] = b.org.URL() + "/oauth2/v1/token" }, "'htu' claim"},
		"htu of path":    {func(p *proof) { p.claims["htu"] = path }, "'htu' claim"},
		"no htu":         {func(p *proof) { delete(p.claims, "htu") }, "'htu' claim"},
		"no iat":         {func(p *proof) { delete(p.claims, "iat") }, "'iat' claim in the DPoP proof JWT is invalid."},
		"old":            {func(p *proof) { p.claims["iat"] = now.Now().Add(-301 * time.Second).Unix() }, "The DPoP proof JWT is issued more than five minutes in the past."},
		"of the future":  {func(p *proof) { p.claims["iat"] = now.Now().Add(90 * time.Second).Unix() }, "The DPoP proof JWT is issued in the future."},
		"expired":        {func(p *proof) { p.claims["exp"] = now.Now().Unix() }, "The DPoP proof JWT is expired."},
		"no jti":         {func(p *proof) { delete(p.claims, "jti") }, "'jti' claim in the DPoP proof JWT is invalid."},
		"jti no text":    {func(p *proof) { p.claims["jti"] = 7 }, "The DPoP proof JWT cannot be parsed."},
	} {
		t.Run(name, func(t *testing.T) {
			p := b.newProof(key, "POST", path, "jti of "+name)
			p.claims["nonce"] = nonce
			tc.change(p)
			wantOAuthError(t, b.prove(path, form, p.sign(t)), 400, "invalid_dpop_proof", tc.want)
		})
	}
	good := b.newProof(key, "POST", path, "good")
	good.claims["nonce"] = nonce
	for name, tc := range map[string]struct {
		headers []string
		want    string
	}{
		"no JWT":   {[]string{"hello"}, "The DPoP proof JWT cannot be parsed."},
		"as JSON":  {[]string{`{"payload":"e30","signatures":[]}`}, "The DPoP proof JWT cannot be parsed."},
		"empty":    {[]string{""}, "The DPoP proof JWT cannot be parsed."},
		"two":      {[]string{good.sign(t), good.sign(t)}, "Multiple DPoP proof JWT headers are not allowed."},
		"in a row": {[]string{good.sign(t) + ", " + good.sign(t)}, "The DPoP proof JWT cannot be parsed."},
	} {
		t.Run(name, func(t *testing.T) {
			wantOAuthError(t, b.prove(path, form, tc.headers...), 400, "invalid_dpop_proof", tc.want)
		})
	}
	bad := maps.Clone(good.claims)
	bad["nonce"] = "made-up"
	wantOAuthError(t, b.prove(path, form, (&proof{good.header, bad, key, jwa.ES256}).sign(t)), 400, "use_dpop_nonce", "")

	// none of these has used the code up, and a good proof works once; the URL may be written another way
	good.claims["htu"] = strings.Replace(b.org.URL(), "http://", "HTTP://", 1) + path + "?a=b#c"
	if got := b.prove(path, form, good.sign(t)); got.StatusCode != http.StatusOK {
		t.Fatalf("good: %d %s", got.StatusCode, got.body)
	}
	wantOAuthError(t, b.prove(path, form, good.sign(t)), 400, "invalid_dpop_proof", "The DPoP proof JWT has already been used.")
}

// TestProofAlgorithms: every algorithm of the metadata is taken.
func TestProofAlgorithms(t *testing.T) {
	t.Parallel()
	b := startMachine(t, func(c *mockokta.Client) { c.Secret, c.RequireDPoP = "machine-secret", true })
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"messages:read"}, "client_id": {"0oamachine"}, "client_secret": {"machine-secret"}}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	offered := b.get(b.as + "/.well-known/openid-configuration").json(t)["dpop_signing_alg_values_supported"].([]any)
	if len(offered) != 6 {
		t.Fatalf("offered: %v", offered)
	}
	curves := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}
	path, nonce := b.as+"/v1/token", ""
	for _, alg := range offered {
		name := alg.(string)
		var private any = rsaKey
		if curve := curves[name]; curve != nil {
			if private, err = ecdsa.GenerateKey(curve, rand.Reader); err != nil {
				t.Fatal(err)
			}
		}
		key, err := jwk.FromRaw(private)
		if err != nil {
			t.Fatal(err)
		}
		p := b.newProof(key, "POST", path, name)
		p.alg, p.header["alg"], p.claims["nonce"] = jwa.SignatureAlgorithm(name), name, nonce
		got := b.prove(path, form, p.sign(t))
		if got.json(t)["error"] == "use_dpop_nonce" {
			nonce = got.Header.Get("DPoP-Nonce")
			p.claims["nonce"] = nonce
			got = b.prove(path, form, p.sign(t))
		}
		if got.json(t)["token_type"] != "DPoP" {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

func TestNonces(t *testing.T) {
	t.Parallel()
	b, now := startBound(t, func(c *mockokta.Client) { c.Grants = append(c.Grants, "client_credentials") })
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {"messages:read"},
		"client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret},
	}
	key, path, n := newKey(t, ""), b.as+"/v1/token", 0
	ask := func(nonce string) (code any, next string) {
		t.Helper()
		n++
		p := b.newProof(key, "POST", path, strings.Repeat("x", n))
		p.claims["nonce"] = nonce
		got := b.prove(path, form, p.sign(t))
		return got.json(t)["error"], got.Header.Get("DPoP-Nonce")
	}
	want := func(name, nonce string, wantError any) string {
		t.Helper()
		code, next := ask(nonce)
		if code != wantError || len(next) != 32 {
			t.Errorf("%s: error %v, next nonce %q; want %v", name, code, next, wantError)
		}
		return next
	}
	first := want("none", "", "use_dpop_nonce")
	if next := want("first", first, nil); next != first {
		t.Errorf("changed at once: %q, then %q", first, next)
	}
	now.add(24 * time.Hour)
	second := want("after a day", first, nil)
	if second == first {
		t.Error("the same after a day")
	}
	now.add(47 * time.Hour)
	want("first, nearly three days old", first, nil)
	now.add(time.Hour)
	want("first, three days old", first, "use_dpop_nonce")
	second = want("second, two days old", second, nil)

	b.org.Set(func(k *mockokta.Knobs) { k.NonceLifetime = time.Second })
	now.add(time.Second)
	third := want("rotated soon", second, nil)
	if third == second {
		t.Error("not rotated")
	}
	b.org.Set(func(k *mockokta.Knobs) { k.FreshNonces = true })
	fourth := want("fresh", third, nil)
	want("used", third, "use_dpop_nonce")
	if fourth == third {
		t.Error("the same although it is to be fresh")
	}
	b.org.Set(func(k *mockokta.Knobs) { k.FreshNonces, k.RefuseNonces = false, true })
	want("never", want("never", fourth, "use_dpop_nonce"), "use_dpop_nonce")
}

func TestProofKnobs(t *testing.T) {
	t.Parallel()
	b, _ := startBound(t, nil)
	key, path := newKey(t, ""), b.as+"/v1/token"
	b.org.Set(func(k *mockokta.Knobs) { k.RefuseProofs = true })
	code := b.signIn("ada@acme.test", nil)
	wantOAuthError(t, b.prove(path, tokenParams(code, nil), b.newProof(key, "POST", path, "1").sign(t)), 400, "invalid_dpop_proof", "The DPoP proof JWT is invalid.")

	b.org.Set(func(k *mockokta.Knobs) { k.RefuseProofs, k.IgnoreProofs = false, true })
	got := b.prove(path, tokenParams(code, nil), b.newProof(key, "POST", path, "2").sign(t)).json(t)
	if got["token_type"] != "Bearer" || claimsOf(t, got["access_token"])["cnf"] != nil {
		t.Errorf("ignored proof: %v", got)
	}

	b.org.Set(func(k *mockokta.Knobs) {
		k.IgnoreProofs = false
		k.TamperAccessToken = func(_, claims map[string]any) { claims["cnf"] = map[string]any{"jkt": "other"} }
	})
	got = b.proven(tokenParams(b.signIn("grace@acme.test", map[string]string{"prompt": "login"}), nil), key, "3").json(t)
	if cnf, _ := claimsOf(t, got["access_token"])["cnf"].(map[string]any); cnf["jkt"] != "other" {
		t.Errorf("cnf %v", cnf)
	}
}

// TestBoundCode: dpop_jkt names the key of the code, pushed or not, and so does a proof with a pushed request.
func TestBoundCode(t *testing.T) {
	t.Parallel()
	b, _ := startBound(t, nil)
	b.org.Set(func(k *mockokta.Knobs) { k.PAR = true })
	key, other := newKey(t, ""), newKey(t, "")
	redeem := func(code, jti string) {
		t.Helper()
		wantOAuthError(t, b.proven(tokenParams(code, nil), other, "other "+jti), 400, "invalid_grant", "The key of the DPoP proof")
	}
	redeem(b.signIn("ada@acme.test", map[string]string{"dpop_jkt": thumbprint(t, key)}), "1")
	again := map[string]string{"dpop_jkt": thumbprint(t, key), "prompt": "login"}
	if got := b.proven(tokenParams(b.signIn("ada@acme.test", again), nil), key, "right").json(t); got["token_type"] != "DPoP" {
		t.Errorf("the right key: %v", got)
	}
	if got := b.authorize(map[string]string{"dpop_jkt": "short"}).redirect(t, callback); got.Get("error") != "invalid_request" {
		t.Errorf("malformed: %v", got)
	}

	path := b.as + "/v1/par"
	first := b.prove(path, pushParams(nil), b.newProof(key, "POST", path, "").sign(t))
	wantOAuthError(t, first, 400, "use_dpop_nonce", "")
	push := func(jti string, changes map[string]string) reply {
		p := b.newProof(key, "POST", path, jti)
		p.claims["nonce"] = first.Header.Get("DPoP-Nonce")
		return b.prove(path, pushParams(changes), p.sign(t))
	}
	uri := push("pushed", map[string]string{"prompt": "login"}).json(t)["request_uri"].(string)
	redeem(b.submit(b.pull(mockokta.DefaultClientID, uri), "ada@acme.test", "correct-horse-ada").redirect(t, callback).Get("code"), "2")
	wantOAuthError(t, push("two keys", map[string]string{"dpop_jkt": thumbprint(t, other)}), 400, "invalid_dpop_proof", "The key of the DPoP proof")
}

func TestBoundTokenAtResources(t *testing.T) {
	t.Parallel()
	b, _ := startBound(t, func(c *mockokta.Client) { c.OktaScopes = []string{"okta.users.read"} })
	key := newKey(t, "")
	scope := map[string]string{"scope": "openid okta.users.read"}
	access := b.atOrg().proven(tokenParams(b.atOrg().signIn("ada@acme.test", scope), nil), key, "1").json(t)["access_token"].(string)
	b.org.Set(func(k *mockokta.Knobs) { k.IgnoreProofs = true })
	free := b.atOrg().token(tokenParams(b.atOrg().signIn("ada@acme.test", map[string]string{"scope": "openid okta.users.read", "prompt": "login"}), nil)).json(t)["access_token"].(string)
	b.org.Set(func(k *mockokta.Knobs) { k.IgnoreProofs = false })

	for _, path := range []string{"/oauth2/v1/userinfo", "/api/v1/users/me"} {
		call := func(scheme, token string, change func(*proof)) reply {
			header := http.Header{"Authorization": {scheme + " " + token}}
			if change != nil {
				p := b.newProof(key, "GET", path, "jti"+base64.RawURLEncoding.EncodeToString([]byte(rand.Text())))
				p.claims["ath"] = hashOf(token)
				change(p)
				header["Dpop"] = []string{p.sign(t)}
			}
			return b.do(http.MethodGet, b.org.URL()+path, nil, header)
		}
		good := func(*proof) {}
		if got := call("DPoP", access, good); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s %s", path, got.StatusCode, got.Header.Get("WWW-Authenticate"), got.body)
		}
		if got := call("dpop", access, good); got.StatusCode != http.StatusOK {
			t.Errorf("%s, scheme in lower case: %d", path, got.StatusCode)
		}
		if got := call("Bearer", free, nil); got.StatusCode != http.StatusOK {
			t.Errorf("%s, free token: %d", path, got.StatusCode)
		}
		for name, tc := range map[string]struct {
			scheme, token string
			change        func(*proof)
			status        int
			code, says    string
		}{
			"as bearer":    {"Bearer", access, nil, 400, "invalid_request", "The resource request must use the DPoP authentication scheme when using a DPoP bound token."},
			"no proof":     {"DPoP", access, nil, 400, "invalid_request", "The resource request requires a DPoP proof."},
			"free token":   {"DPoP", free, good, 401, "invalid_token", "The presented access_token is not DPoP bound."},
			"other ath":    {"DPoP", access, func(p *proof) { p.claims["ath"] = hashOf("x") }, 400, "invalid_dpop_proof", "'ath' claim in the DPoP proof does not match the presented access_token."},
			"no ath":       {"DPoP", access, func(p *proof) { delete(p.claims, "ath") }, 400, "invalid_dpop_proof", "'ath' claim"},
			"other URL":    {"DPoP", access, func(p *proof) { p.claims["htu"] = b.org.URL() + "/api/v1/apps" }, 400, "invalid_dpop_proof", "'htu' claim in the DPoP proof JWT is invalid."},
			"other method": {"DPoP", access, func(p *proof) { p.claims["htm"] = "POST" }, 400, "invalid_dpop_proof", "'htm' claim"},
			"other key": {"DPoP", access, func(p *proof) {
				p.key = newKey(t, "")
				p.header["jwk"] = publicHalf(t, p.key)
			}, 400, "invalid_dpop_proof", "The access_token is not bound to the provided DPoP proof."},
		} {
			got := call(tc.scheme, tc.token, tc.change)
			challenge := got.Header.Get("WWW-Authenticate")
			if got.StatusCode != tc.status || !strings.HasPrefix(challenge, `DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri=`) ||
				!strings.Contains(challenge, `error="`+tc.code+`"`) || !strings.Contains(challenge, tc.says) {
				t.Errorf("%s, %s: %d %s", path, name, got.StatusCode, challenge)
			}
		}
		p := b.newProof(key, "GET", path, "once at "+path)
		p.claims["ath"] = hashOf(access)
		header := http.Header{"Authorization": {"DPoP " + access}, "Dpop": {p.sign(t)}}
		b.do(http.MethodGet, b.org.URL()+path, nil, header)
		if got := b.do(http.MethodGet, b.org.URL()+path, nil, header); !strings.Contains(got.Header.Get("WWW-Authenticate"), "The DPoP proof JWT has already been used.") {
			t.Errorf("%s, used proof: %d %s", path, got.StatusCode, got.Header.Get("WWW-Authenticate"))
		}

		b.org.Set(func(k *mockokta.Knobs) { k.NoncesAtResources = true })
		got := call("DPoP", access, good)
		nonce := got.Header.Get("DPoP-Nonce")
		if got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.Header.Get("WWW-Authenticate"), `error="use_dpop_nonce"`) || nonce == "" {
			t.Errorf("%s, without nonce: %d %v", path, got.StatusCode, got.Header)
		}
		if got := call("DPoP", access, func(p *proof) { p.claims["nonce"] = nonce }); got.StatusCode != http.StatusOK {
			t.Errorf("%s, with nonce: %d", path, got.StatusCode)
		}
		b.org.Set(func(k *mockokta.Knobs) { k.NoncesAtResources = false })
	}
}

// hashOf is the ath claim for a token.
func hashOf(token string) string {
	sum := crypto.SHA256.New()
	sum.Write([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}
