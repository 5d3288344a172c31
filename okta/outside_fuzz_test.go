package okta

import (
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// FuzzOutsideTokens holds that no header and no claims, signed by Okta itself though they
// are, make the verification of logout and revocation tokens panic, that none passes for
// both, and that what is accepted names whom it is about.
func FuzzOutsideTokens(f *testing.F) {
	rp, private := newFuzzed(f)
	const endpoint = "https://app.example/universal-logout"
	rp.revocations.keys = known("k", &private.PublicKey)
	times := fmt.Sprintf(`"exp":%d,"iat":%d,"jti":"j"`, fuzzNow.Unix()+60, fuzzNow.Unix())
	logout := fmt.Sprintf(`{"iss":%q,"aud":%q,"sub":"00u","sid":"102",%s,"events":{%q:{}}}`, fuzzIssuer, fuzzClient, times, logoutEvent)
	revocation := fmt.Sprintf(`{"iss":"https://acme.okta.com","aud":%q,"sub":%q,%s}`, endpoint, fuzzClient, times)
	for _, header := range []string{
		`{"alg":"RS256","kid":"k","typ":"logout+jwt"}`, `{"alg":"RS256","kid":"k","typ":"global-token-revocation+jwt"}`, `{"alg":"RS256","kid":"k"}`,
		`{"alg":"none","typ":"logout+jwt"}`, `{"alg":"RS256","typ":[]}`,
	} {
		for _, payload := range []string{
			logout, revocation, `{}`, `null`, logout[:len(logout)-1] + `,"events":[]}`, logout[:len(logout)-1] + `,"nonce":null}`,
			logout[:len(logout)-1] + `,"sub":null,"sid":null}`, revocation[:len(revocation)-1] + `,"aud":[]}`, revocation[:len(revocation)-1] + `,"exp":1e30}`,
		} {
			f.Add(header, payload)
		}
	}
	signer, err := jws.NewSigner(jwa.RS256)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, header, payload string) {
		signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(payload))
		signature, err := signer.Sign([]byte(signed), private)
		if err != nil {
			t.Fatal(err)
		}
		raw := signed + "." + base64.RawURLEncoding.EncodeToString(signature)
		out, logoutErr := rp.VerifyLogoutToken(t.Context(), raw)
		use, revocationErr := rp.VerifyRevocationToken(t.Context(), raw, endpoint)
		switch {
		case logoutErr == nil && revocationErr == nil:
			t.Errorf("both: %s %s", header, payload)
		case logoutErr == nil && (out.Subject == "" && out.SessionID == "" || out.ID == "" || out.Expires.Before(fuzzNow)):
			t.Errorf("logout: %+v of %s", out, payload)
		case revocationErr == nil && (use.ID == "" || use.Expires.Before(fuzzNow) || use.Expires.Sub(fuzzNow) > longestRevocation+leeway):
			t.Errorf("revocation: %+v of %s", use, payload)
		}
	})
}
