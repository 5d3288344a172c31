package okta

import (
	"errors"
	"strings"
	"testing"

	"example.com/okta-gin/okta/oktahttp"
)

// FuzzMetadata holds that no metadata make reading them panic, and that what is
// believed is the issuer's own and sends nothing over http.
func FuzzMetadata(f *testing.F) {
	good := `{"issuer":"` + fuzzIssuer + `","authorization_endpoint":"https://a/","token_endpoint":"https://t/","jwks_uri":"https://k/"`
	for _, seed := range []string{
		good + `}`, good + `,"userinfo_endpoint":"http://u/"}`, good + `,"end_session_endpoint":7}`, good + `,"token_endpoint_auth_methods_supported":["client_secret_post"]}`,
		good + `,"issuer":"https://evil.example"}`, good + `,"ISSUER":"https://evil.example"}`, good + `,"jwks_uri":"https:///"}`, `{}`, `[]`, `null`, ``, `{"issuer":{}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		var m metadata
		if oktahttp.DecodeJSON(document, &m) != nil {
			return
		}
		err := m.check(fuzzIssuer)
		if err != nil {
			if !errors.Is(err, ErrUntrusted) {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if m.Issuer != fuzzIssuer {
			t.Errorf("believed: issuer %q", m.Issuer)
		}
		for _, endpoint := range []string{m.AuthorizationEndpoint, m.TokenEndpoint, m.JWKSURI, m.UserinfoEndpoint, m.RevocationEndpoint, m.EndSessionEndpoint, m.PushEndpoint} {
			if endpoint != "" && !strings.HasPrefix(strings.ToLower(endpoint), "https://") {
				t.Errorf("believed: endpoint %q", endpoint)
			}
		}
		if m.RevocationEndpoint != m.revocationEndpoint().Address {
			t.Error("another endpoint")
		}
	})
}

// FuzzKeySet holds that no key set makes reading it panic, and that every key taken
// from one can be found and is an RSA key of a size that RS256 allows.
func FuzzKeySet(f *testing.F) {
	n := strings.Repeat("x", 342) + "w" // 2,058 bits
	for _, seed := range []string{
		`{"keys":[{"kty":"RSA","kid":"k","n":"` + n + `","e":"AQAB"}]}`, `{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"},{"kty":"EC","crv":"P-256","x":"x","y":"y"}]}`,
		`{"keys":[{"kty":"RSA","kid":"k","n":"` + n + `","e":""}]}`, `{"keys":[{"kty":"RSA","kid":"k","n":"` + n + `","e":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}`,
		`{"keys":[{"kty":"RSA","kid":"k","n":"` + n + `","e":"AQAB","d":"AQAB","alg":"RS256","use":"sig"}]}`, `{"keys":[{"kty":"oct","k":"AAAA"}]}`,
		`{"keys":[null,1,"x",[],{}]}`, `{"keys":{}}`, `{"keys":[]}`, `{}`, `[]`, `null`, ``,
	} {
		f.Add([]byte(seed))
	}
	_, private := newFuzzed(f)
	signature := make([]byte, private.Size())
	f.Fuzz(func(t *testing.T, document []byte) {
		set, err := parseKeySet(document)
		if err != nil {
			if !errors.Is(err, ErrUntrusted) || set != nil {
				t.Errorf("refused with %v, %v", err, set)
			}
			return
		}
		if len(set) == 0 || len(set) > maxKeys {
			t.Errorf("taken: %d keys", len(set))
		}
		for _, key := range set {
			if bits := key.public.N.BitLen(); bits < minModulusBits || bits > maxModulusBits {
				t.Errorf("taken: a key of %d bits", bits)
			}
			if _, ok := set.find(key.id); !ok && key.id != "" {
				t.Errorf("key %q is not found", key.id)
			}
			token := &signedToken{raw: "a.e30." + strings.Repeat("A", len(signature)), key: key.public}
			if _, err := token.Decode("", ""); err == nil {
				t.Error("a key that anything is signed with")
			}
		}
	})
}
