package dpop_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/okta/dpop"
)

const (
	here  = "https://app.example/portal/api/messages"
	token = "the.access.token"
)

// signer is a client of this app's API with its own key, which knows nothing of how the
// app itself makes proofs.
type signer struct {
	t       testing.TB
	private any // *ecdsa.PrivateKey or *rsa.PrivateKey
	jwk     map[string]any
	alg     jwa.SignatureAlgorithm
}

func newSigner(t testing.TB, private any, alg jwa.SignatureAlgorithm) *signer {
	t.Helper()
	public, err := jwk.PublicRawKeyOf(private)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{t, private, members(t, public), alg}
}

// members are those of a key as a JWK.
func members(t testing.TB, key any) map[string]any {
	t.Helper()
	made, err := jwk.FromRaw(key)
	if err != nil {
		t.Fatal(err)
	}
	all, err := made.AsMap(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	clear(all)
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func curveSigner(t testing.TB) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return newSigner(t, key, jwa.ES256)
}

func ath(token string) string {
	hash := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}

// proof is a good one with changes; nil removes a member.
func (s *signer) proof(header, claims map[string]any) string {
	s.t.Helper()
	input := part(s.t, overlay(map[string]any{"typ": "dpop+jwt", "alg": s.alg.String(), "jwk": s.jwk}, header)) + "." +
		part(s.t, overlay(map[string]any{"jti": rand.Text(), "htm": "GET", "htu": here, "iat": noon.Unix(), "ath": ath(token)}, claims))
	with, err := jws.NewSigner(s.alg)
	if err != nil {
		s.t.Fatal(err)
	}
	signature, err := with.Sign([]byte(input), s.private)
	if err != nil {
		s.t.Fatal(err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func overlay(base, over map[string]any) map[string]any {
	maps.Copy(base, over)
	maps.DeleteFunc(base, func(_ string, v any) bool { return v == nil })
	return base
}

func part(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func newChecker() *dpop.Checker {
	now := func() time.Time { return noon }
	return dpop.NewChecker(now, dpop.NewMemory(100, now).Claim)
}

func TestGoodProofs(t *testing.T) {
	t.Parallel()
	curve := curveSigner(t)
	for name, tc := range map[string]struct {
		signer         *signer
		header, claims map[string]any
	}{
		"ES256":                  {curve, nil, nil},
		"RS256":                  {newSigner(t, rsaKey(), jwa.RS256), nil, nil},
		"PS256":                  {newSigner(t, rsaKey(), jwa.PS256), nil, nil},
		"a jwk with kid and use": {curve, map[string]any{"jwk": overlay(maps.Clone(curve.jwk), map[string]any{"kid": "x", "use": "sig"})}, nil},
		"two minutes old":        {curve, nil, map[string]any{"iat": noon.Unix() - 120}},
		"two minutes ahead":      {curve, nil, map[string]any{"iat": noon.Unix() + 120}},
		"half a second":          {curve, nil, map[string]any{"iat": float64(noon.Unix()) + 0.5}},
		"a query":                {curve, nil, map[string]any{"htu": here + "?x=1#y"}},
		"the default port":       {curve, nil, map[string]any{"htu": "https://APP.example:443/portal/api/messages"}},
		"a needless escape":      {curve, nil, map[string]any{"htu": "https://app.example/portal/api/%6dess%61ges"}},
		"more claims":            {curve, nil, map[string]any{"nonce": "x", "exp": 1}},
	} {
		p, err := newChecker().Verify([]string{tc.signer.proof(tc.header, tc.claims)}, "GET", here+"?page=2", token)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		key, _ := json.Marshal(tc.signer.jwk)
		parsed, err := jwk.ParseKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if want, _ := parsed.Thumbprint(crypto.SHA256); p.Thumbprint != base64.RawURLEncoding.EncodeToString(want) {
			t.Errorf("%s: thumbprint %s", name, p.Thumbprint)
		}
	}
}

// TestOwnProofs: what this app sends, an app of its kind takes.
func TestOwnProofs(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	proof, err := newSender(t).Proof(key, "GET", address(t, here), token)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := newChecker().Verify([]string{proof}, "GET", here, token); err != nil || p.Thumbprint != key.Thumbprint() {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestBadProofs is each rule of RFC 9449 section 4.3 with its attack.
func TestBadProofs(t *testing.T) {
	t.Parallel()
	s, other := curveSigner(t), curveSigner(t)
	claims := func(name string, value any) string { return s.proof(nil, map[string]any{name: value}) }
	header := func(name string, value any) string { return s.proof(map[string]any{name: value}, nil) }
	good := s.proof(nil, nil)
	parts := strings.Split(good, ".")
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	hugeJWK := members(t, &rsaKey().PublicKey)
	hugeJWK["n"] = base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("\xff", 640)))
	offCurve := maps.Clone(s.jwk)
	offCurve["y"] = other.jwk["y"]
	signedByHMAC := func() string { // with what everybody knows, the public key
		input := part(t, map[string]any{"typ": "dpop+jwt", "alg": "HS256", "jwk": s.jwk}) + "." + parts[1]
		key, _ := json.Marshal(s.jwk)
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(input))
		return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	rs := newSigner(t, rsaKey(), jwa.RS256)
	for name, headers := range map[string][]string{
		"none":                    nil,
		"an empty one":            {""},
		"two":                     {good, s.proof(nil, nil)},
		"the same twice":          {good, good},
		"two in one":              {good + ", " + good},
		"no JWT":                  {"x.y"},
		"five parts":              {good + ".x.y"},
		"over 4 KB":               {claims("x", strings.Repeat("x", 4<<10))},
		"padded":                  {good + "="},
		"a line break":            {parts[0] + "\n." + parts[1] + "." + parts[2]},
		"trailing bits":           {parts[0] + "." + parts[1] + "." + parts[2][:85] + "B"},
		"header is a list":        {part(t, []any{}) + "." + parts[1] + "." + parts[2]},
		"header is null":          {part(t, nil) + "." + parts[1] + "." + parts[2]},
		"payload is a list":       {parts[0] + "." + part(t, []any{1}) + "." + parts[2]},
		"no typ":                  {header("typ", nil)},
		"typ JWT":                 {header("typ", "JWT")},
		"typ at+jwt":              {header("typ", "at+jwt")},
		"a TYP beside":            {s.proof(map[string]any{"typ": nil, "TYP": "dpop+jwt"}, nil)},
		"crit":                    {header("crit", []string{"b64"})},
		"alg none":                {part(t, map[string]any{"typ": "dpop+jwt", "alg": "none", "jwk": s.jwk}) + "." + parts[1] + "."},
		"alg NONE":                {header("alg", "NONE")},
		"alg HS256":               {signedByHMAC()},
		"alg of another kind":     {header("alg", "RS256")},
		"ES256 with a key of RSA": {rs.proof(map[string]any{"alg": "ES256"}, nil)},
		"RS256 said to be PS256":  {rs.proof(map[string]any{"alg": "PS256"}, nil)},
		"ES384":                   {newSigner(t, p384, jwa.ES384).proof(nil, nil)},
		"P-384 with ES256":        {header("jwk", members(t, &p384.PublicKey))},
		"no alg":                  {header("alg", nil)},
		"no jwk":                  {header("jwk", nil)},
		"jwk is null":             {part(t, map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": nil}) + "." + parts[1] + "." + parts[2]},
		"a jwk that is private":   {header("jwk", members(t, s.private))},
		"a jwk with an empty d":   {header("jwk", overlay(maps.Clone(s.jwk), map[string]any{"d": ""}))},
		"a private jwk of RSA":    {rs.proof(map[string]any{"jwk": members(t, rsaKey())}, nil)},
		"a public jwk with a p":   {rs.proof(map[string]any{"jwk": overlay(maps.Clone(rs.jwk), map[string]any{"p": "AQAB"})}, nil)},
		"a public jwk with a k":   {header("jwk", overlay(maps.Clone(s.jwk), map[string]any{"k": "AQAB"}))},
		"a symmetric jwk":         {header("jwk", map[string]any{"kty": "oct", "k": "AAAA"})},
		"a point off the curve":   {header("jwk", offCurve)},
		"1,024 bits":              {newSigner(t, weak, jwa.RS256).proof(nil, nil)},
		"5,120 bits":              {rs.proof(map[string]any{"jwk": hugeJWK}, nil)},
		"another's key":           {header("jwk", other.jwk)},
		"another's signature":     {parts[0] + "." + parts[1] + "." + strings.Split(other.proof(nil, nil), ".")[2]},
		"no signature":            {parts[0] + "." + parts[1] + "."},
		"a zero signature":        {parts[0] + "." + parts[1] + "." + strings.Repeat("A", 86)},
		"a changed payload":       {parts[0] + "." + strings.Split(s.proof(nil, nil), ".")[1] + "." + parts[2]},
		"no jti":                  {claims("jti", nil)},
		"an empty jti":            {claims("jti", "")},
		"a number for jti":        {claims("jti", 7)},
		"an endless jti":          {claims("jti", strings.Repeat("x", 257))},
		"no htm":                  {claims("htm", nil)},
		"another method":          {claims("htm", "POST")},
		"a method in small":       {claims("htm", "get")},
		"no htu":                  {claims("htu", nil)},
		"another path":            {claims("htu", here+"/1")},
		"another case of path":    {claims("htu", "https://app.example/portal/API/messages")},
		"an escaped slash":        {claims("htu", "https://app.example/portal/api%2Fmessages")},
		"another host":            {claims("htu", "https://evil.example/portal/api/messages")},
		"another port":            {claims("htu", "https://app.example:8443/portal/api/messages")},
		"another scheme":          {claims("htu", "http://app.example/portal/api/messages")},
		"a user name":             {claims("htu", "https://x@app.example/portal/api/messages")},
		"a path alone":            {claims("htu", "/portal/api/messages")},
		"no iat":                  {claims("iat", nil)},
		"iat is a text":           {claims("iat", fmt.Sprint(noon.Unix()))},
		"too old":                 {claims("iat", noon.Unix()-121)},
		"of the future":           {claims("iat", noon.Unix()+121)},
		"iat without end":         {claims("iat", 1e300)},
		"no ath":                  {claims("ath", nil)},
		"an empty ath":            {claims("ath", "")},
		"another token's ath":     {claims("ath", ath("another"))},
		"the token itself as ath": {claims("ath", token)},
	} {
		p, err := newChecker().Verify(headers, "GET", here, token)
		if !errors.Is(err, dpop.ErrProof) || p.Thumbprint != "" {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
		if name == "5,120 bits" && !strings.Contains(fmt.Sprint(err), "5120 bits") { // before the work of its signature
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := newChecker().Verify([]string{good}, "GET", here, token); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// TestProofCountsOnce: of any number of requests with one proof that come at once, one
// passes, and none later; the same jti of another key is another proof.
func TestProofCountsOnce(t *testing.T) {
	t.Parallel()
	var seconds atomic.Int64
	now := func() time.Time { return noon.Add(time.Duration(seconds.Load()) * time.Second) }
	c := dpop.NewChecker(now, dpop.NewMemory(100, now).Claim)
	verified := func(s *signer, claims map[string]any) dpop.Proof {
		p, err := c.Verify([]string{s.proof(nil, claims)}, "GET", here, token)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	s := curveSigner(t)
	ahead := verified(s, map[string]any{"jti": "one", "iat": noon.Unix() + 120})
	var passed atomic.Int32
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			if c.Spend(t.Context(), ahead) == nil {
				passed.Add(1)
			}
		})
	}
	group.Wait()
	if passed.Load() != 1 {
		t.Errorf("%d passed", passed.Load())
	}
	if err := c.Spend(t.Context(), verified(s, map[string]any{"jti": "one"})); !errors.Is(err, dpop.ErrProof) {
		t.Errorf("another proof with its jti: %v", err)
	}
	if err := c.Spend(t.Context(), verified(curveSigner(t), map[string]any{"jti": "one"})); err != nil {
		t.Errorf("another's proof with its jti: %v", err)
	}
	for range 24 { // until it is too old, with others coming
		seconds.Add(10)
		if err := c.Spend(t.Context(), ahead); !errors.Is(err, dpop.ErrProof) {
			t.Errorf("after %d s: %v", seconds.Load(), err)
		}
		if err := c.Spend(t.Context(), verified(s, map[string]any{"iat": now().Unix()})); err != nil {
			t.Errorf("a new one after %d s: %v", seconds.Load(), err)
		}
	}
}

// TestMemoryIsBounded: when it is full, nothing is forgotten before its time, and there
// is room again later.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	at := noon
	m := dpop.NewMemory(2, func() time.Time { return at })
	claim := func(name string, want bool, wantErr error) {
		t.Helper()
		if first, err := m.Claim(t.Context(), name, time.Time{}); first != want || !errors.Is(err, wantErr) {
			t.Errorf("%s at %v: %v, %v", name, at.Sub(noon), first, err)
		}
	}
	claim("a", true, nil)
	claim("b", true, nil)
	claim("c", false, dpop.ErrFull)
	claim("a", false, nil)
	at = at.Add(4*time.Minute - 1)
	claim("a", false, nil)
	at = at.Add(1)
	claim("a", false, nil) // of the half before
	claim("c", true, nil)
	at = at.Add(4 * time.Minute)
	claim("a", true, nil)
	claim("c", false, nil)
	at = at.Add(time.Hour)
	claim("c", true, nil)
}

// TestMemoryThatIsAway: without it no proof counts.
func TestMemoryThatIsAway(t *testing.T) {
	t.Parallel()
	away := errors.New("away")
	c := dpop.NewChecker(func() time.Time { return noon }, func(context.Context, string, time.Time) (bool, error) { return false, away })
	p, err := c.Verify([]string{curveSigner(t).proof(nil, nil)}, "GET", here, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Spend(t.Context(), p); !errors.Is(err, away) || errors.Is(err, dpop.ErrProof) {
		t.Errorf("got %v", err)
	}
}
