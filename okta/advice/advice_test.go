package advice_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/advice"
)

// TestAdvice: each combination that Okta refuses names the setting and the place in the
// Admin Console, and what says nothing of settings names none.
func TestAdvice(t *testing.T) {
	t.Parallel()
	key := config.NewSecret("{}")
	for name, tc := range map[string]struct {
		cfg         config.Config
		code, words string
		bound       bool
		want        []string // empty: nothing
	}{
		"a secret that is not taken": {code: "invalid_client", want: []string{"OKTA_OAUTH2_CLIENT_SECRET", "Client Credentials → Client authentication: Client secret"}},
		"a key that is not taken":    {cfg: config.Config{ClientKeys: key}, code: "invalid_client", want: []string{"OKTA_OAUTH2_CLIENT_KEY", "Client Credentials → Client authentication: Public key / Private key"}},
		"a grant":                    {code: "unauthorized_client", want: []string{"Authorization Code", "Grant type"}},
		"renewal":                    {cfg: config.Config{Scopes: []string{"openid", "offline_access"}}, code: "unauthorized_client", want: []string{"Refresh Token", "OKTA_SCOPES", "Grant type"}},
		"the widget":                 {cfg: config.Config{SignIn: "widget"}, code: "unauthorized_client", want: []string{"Interaction Code", "SIGN_IN=widget", "Grant type"}},
		"the response mode":          {code: "unsupported_response_mode", want: []string{"OKTA_RESPONSE_MODE"}},
		"a scope":                    {code: "invalid_scope", want: []string{"OKTA_SCOPES", "Security → API → Authorization Servers → your server → Scopes"}},
		"a service":                  {code: "invalid_target", want: []string{"OKTA_RESOURCE"}},
		"DPoP, off":                  {code: "invalid_dpop_proof", want: []string{"OKTA_DPOP is off", "Require Demonstrating Proof of Possession"}},
		"DPoP, off, and a nonce":     {code: "use_dpop_nonce", want: []string{"OKTA_DPOP is off", "Require Demonstrating Proof of Possession"}},
		"DPoP, on":                   {code: "invalid_dpop_proof", bound: true, want: []string{"OKTA_DPOP is on", "clock"}},
		"DPoP, on, and a nonce":      {code: "use_dpop_nonce", bound: true},
		"PAR":                        {code: "invalid_request", words: "The client requires pushed authorization requests.", want: []string{"OKTA_PAR=require", "Applications → your app → General"}},
		"JAR, off":                   {code: "invalid_request", words: "The client requires a signed request object.", want: []string{"OKTA_JAR is off", "OKTA_OAUTH2_CLIENT_KEY", "Applications → your app → General"}},
		"JAR, on":                    {cfg: config.Config{JAR: "on", ClientKeys: key}, code: "invalid_request_object", want: []string{"OKTA_JAR is on", "OKTA_OAUTH2_CLIENT_KEY", "Client authentication"}},
		"JAR, on, not supported":     {cfg: config.Config{JAR: "on", ClientKeys: key}, code: "request_not_supported", want: []string{"OKTA_JAR is on", "set it to off"}},
		"JAR, on, by words":          {cfg: config.Config{JAR: "on", ClientKeys: key}, code: "invalid_request", words: "The authorize request object is bad.", want: []string{"OKTA_JAR is on"}},
		"JAR that nobody sent":       {code: "invalid_request_object"},
		"the callback":               {code: "invalid_request", words: "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings", want: []string{"BASE_URL", "Sign-in redirect URIs"}},
		"another request":            {code: "invalid_request", words: "The authentication request has an invalid 'state' parameter."},
		"a used code":                {code: "invalid_grant"},
		"a policy":                   {code: "access_denied"},
		"nothing":                    {},
	} {
		got := advice.For(tc.cfg, tc.code, tc.words, tc.bound)
		if (got == "") != (len(tc.want) == 0) {
			t.Errorf("%s: %q", name, got)
		}
		for _, want := range tc.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q does not name %q", name, got, want)
			}
		}
	}
}
