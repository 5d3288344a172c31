package okta

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"testing"
	"time"
)

// startBearerCache goes by the clock at now.
func startBearerCache(t *testing.T, now *time.Time) *bearerCache {
	t.Helper()
	cache, err := newBearerCache(func() time.Time { return *now })
	if err != nil {
		t.Fatal(err)
	}
	return cache
}

func TestBearerCacheIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Now()
	cache := startBearerCache(t, &now)
	keys := &keySet{}
	for i := range bearerCount + 500 {
		cache.add(strconv.Itoa(i), &Bearer{}, keys, now.Add(time.Hour))
	}
	if got := cache.entries.Len(); got != bearerCount {
		t.Errorf("it holds %d tokens, want %d", got, bearerCount)
	}
	if got := cache.forgotten.Load(); got != 500 {
		t.Errorf("it counts %d forgotten, want 500", got)
	}
	if _, ok := cache.get("0", keys); ok {
		t.Error("the oldest is still there")
	}
	if _, ok := cache.get(strconv.Itoa(bearerCount), keys); !ok {
		t.Error("a newer one is gone")
	}
	now = now.Add(2 * bearerMemory)
	for i := range 10 {
		cache.add(strconv.Itoa(-1-i), &Bearer{}, keys, now.Add(time.Hour))
	}
	if got := cache.forgotten.Load(); got != 500 {
		t.Errorf("it counts %d forgotten, want 500: those whose time is over don't count", got)
	}
}

func TestTokensWithOneHashAreToldApart(t *testing.T) {
	t.Parallel()
	now := time.Now()
	cache := startBearerCache(t, &now)
	keys := &keySet{}
	cache.add("one", &Bearer{}, keys, now.Add(time.Hour))
	one, _ := cache.entries.Get(maphash.String(cache.seed, "one"))
	cache.entries.Add(maphash.String(cache.seed, "other"), one)
	if _, ok := cache.get("other", keys); ok {
		t.Error("a token is taken for another with its hash")
	}
}

func TestLongTokensAreNotRemembered(t *testing.T) {
	t.Parallel()
	rp, private := newFuzzed(t)
	for _, padding := range []int{10, bearerLength} {
		before := rp.bearers.entries.Len()
		claims := fmt.Sprintf(`{"iss":%q,"aud":"api://default","sub":"x","scp":[],"exp":%d,"iat":%d,"x":%q}`, fuzzIssuer, fuzzNow.Unix()+60, fuzzNow.Unix(), strings.Repeat("x", padding))
		signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"k"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		digest := sha256.Sum256([]byte(signed))
		signature, err := rsa.SignPKCS1v15(nil, private, crypto.SHA256, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := rp.VerifyAccessToken(t.Context(), signed+"."+base64.RawURLEncoding.EncodeToString(signature)); err != nil {
			t.Fatal(err)
		}
		if got, want := rp.bearers.entries.Len() > before, padding < bearerLength; got != want {
			t.Errorf("padded by %d: remembered %v", padding, got)
		}
	}
}

func TestShapeOf(t *testing.T) {
	t.Parallel()
	for issuer, want := range map[string]issuerShape{
		"https://acme.okta.com": oktaOrg, "https://id.example.com:8443": oktaOrg, "https://acme.okta.com/oauth2/default": oktaCustom,
		"https://id.example.com/oauth2/aus1": oktaCustom, "https://acme.okta.com/": otherIssuer, "https://acme.okta.com/oauth2": otherIssuer,
		"https://acme.okta.com/oauth2/": otherIssuer, "https://acme.okta.com/oauth2/a/": otherIssuer, "https://acme.okta.com/oauth2/a/b": otherIssuer,
		"https://host/realms/demo": otherIssuer, "https://host/x/oauth2/default": otherIssuer, "https://[": otherIssuer,
	} {
		if got := shapeOf(issuer); got != want {
			t.Errorf("%s: %d, want %d", issuer, got, want)
		}
	}
}

func TestBearerCacheForgets(t *testing.T) {
	t.Parallel()
	now := time.Now()
	cache := startBearerCache(t, &now)
	keys, newer := &keySet{{id: "a"}}, &keySet{{id: "a"}}
	cache.add("1", &Bearer{}, keys, now.Add(time.Hour))
	cache.add("2", &Bearer{}, keys, now.Add(30*time.Second))
	for _, step := range []struct {
		after      time.Duration
		keys       *keySet
		hour, half bool
	}{
		{0, keys, true, true},
		{0, newer, false, false}, // another set than the one that verified them
		{0, nil, false, false},   // no set is believed any more
		{29 * time.Second, keys, true, true},
		{2 * time.Second, keys, true, false},
		{29 * time.Second, keys, false, false},
	} {
		now = now.Add(step.after)
		_, hour := cache.get("1", step.keys)
		_, half := cache.get("2", step.keys)
		if hour != step.hour || half != step.half {
			t.Errorf("%+v: %v, %v", step, hour, half)
		}
	}
}
