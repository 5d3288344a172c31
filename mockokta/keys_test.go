package mockokta_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"example.com/okta-gin/mockokta"
)

// keySet fetches the keys and checks their shape.
func (b *browser) keySet() (jwk.Set, []string) {
	b.t.Helper()
	got := b.get(b.as + "/v1/keys")
	if got.Header.Get("Cache-Control") != "max-age=86400, must-revalidate" {
		b.t.Errorf("Cache-Control %q", got.Header.Get("Cache-Control"))
	}
	set, err := jwk.ParseString(got.body)
	if err != nil {
		b.t.Fatal(err)
	}
	var ids []string
	for i := range set.Len() {
		key, _ := set.Key(i)
		if key.Algorithm() != jwa.RS256 || key.KeyUsage() != "sig" || key.KeyType() != jwa.RSA || !regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(key.KeyID()) {
			b.t.Errorf("key %v", key)
		}
		ids = append(ids, key.KeyID())
	}
	if len(ids) < 2 {
		b.t.Errorf("only %d keys", len(ids))
	}
	return set, ids
}

func signs(set jwk.Set, raw string) bool {
	_, err := jws.Verify([]byte(raw), jws.WithKeySet(set))
	return err == nil
}

func TestKeys(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	custom, customIDs := b.keySet()
	own, orgIDs := b.atOrg().keySet()
	if slices.Equal(customIDs, orgIDs) {
		t.Error("both servers have the same keys")
	}
	customToken := b.org.Sign(map[string]any{"iss": b.org.Issuer()}, nil)
	orgToken := b.org.Sign(map[string]any{"iss": b.org.OrgIssuer()}, nil)
	if !signs(custom, customToken) || !signs(own, orgToken) || signs(custom, orgToken) || signs(own, customToken) {
		t.Error("Sign picked the wrong key")
	}
	forged := b.org.Forge(map[string]any{"iss": b.org.Issuer()}, nil)
	if signs(custom, forged) || part(t, forged, 0)["kid"] != part(t, customToken, 0)["kid"] {
		t.Error("a forged token verifies, or has another kid")
	}
}

func TestSurpriseRotation(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	before := b.org.Sign(map[string]any{"a": 1}, nil)
	_, oldIDs := b.keySet()
	id := b.org.RotateKeys()
	set, ids := b.keySet()
	if !slices.Contains(ids, id) || slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(oldIDs, id) }) {
		t.Errorf("keys went from %v to %v, new %s", oldIDs, ids, id)
	}
	after := b.org.Sign(map[string]any{"a": 1}, nil)
	if signs(set, before) || !signs(set, after) || part(t, after, 0)["kid"] != id {
		t.Error("the new key does not sign, or the old one still counts")
	}
}

func TestPlannedRotation(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	before := b.org.Sign(map[string]any{"a": 1}, nil)
	kid := func() any { return part(t, b.org.Sign(map[string]any{}, nil), 0)["kid"] }
	for range 3 {
		current := kid()
		_, had := b.keySet()
		b.org.PublishNextKey()
		set, ids := b.keySet()
		if kid() != current || slices.Contains(had, ids[len(ids)-1]) || len(ids) > 3 {
			t.Errorf("publishing changed the signing key, or published nothing: %v to %v", had, ids)
		}
		b.org.UseNextKey()
		if kid() != ids[len(ids)-1] || !signs(set, b.org.Sign(map[string]any{}, nil)) {
			t.Error("the published key does not sign")
		}
	}
	set, _ := b.keySet()
	if signs(set, before) {
		t.Error("the first key was never withdrawn")
	}
}

func TestSignOddHeaders(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	for name, tt := range map[string]struct {
		header map[string]any
		want   map[string]any
	}{
		"none given":   {nil, map[string]any{"alg": "RS256", "kid": "-"}},
		"unsigned":     {map[string]any{"alg": "none"}, map[string]any{"alg": "none", "kid": "-"}},
		"without kid":  {map[string]any{"kid": nil}, map[string]any{"alg": "RS256"}},
		"number kid":   {map[string]any{"kid": 7}, map[string]any{"alg": "RS256", "kid": 7.0}},
		"confused":     {map[string]any{"alg": "HS256"}, map[string]any{"alg": "HS256", "kid": "-"}},
		"unknown alg":  {map[string]any{"alg": "XX1"}, map[string]any{"alg": "XX1", "kid": "-"}},
		"another type": {map[string]any{"typ": "logout+jwt"}, map[string]any{"alg": "RS256", "typ": "logout+jwt", "kid": "-"}},
	} {
		raw := org.SignRaw([]byte(`{"a":1}`), tt.header)
		header := part(t, raw, 0)
		if kid, ok := header["kid"].(string); ok && len(kid) == 43 {
			header["kid"] = "-"
		}
		if len(header) != len(tt.want) {
			t.Errorf("%s: header %v", name, header)
		}
		for key, value := range tt.want {
			if header[key] != value {
				t.Errorf("%s: %s is %v, want %v", name, key, header[key], value)
			}
		}
		if unsigned := raw[len(raw)-1] == '.'; unsigned != (tt.header["alg"] == "none") {
			t.Errorf("%s: %s", name, raw)
		}
	}
}
