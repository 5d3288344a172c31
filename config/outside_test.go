package config_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

func TestUniversalLogout(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env          map[string]string
		issuer, keys string
		ok           bool
	}{
		"the org of a custom server": {
			map[string]string{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com/oauth2/default"},
			"https://acme.okta.com", "https://acme.okta.com/oauth2/v1/keys", true,
		},
		"another issuer": {
			map[string]string{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com", "OKTA_UNIVERSAL_LOGOUT_ISSUER": "https://login.acme.test/x/"},
			"https://login.acme.test/x/", "https://login.acme.test/oauth2/v1/keys", true,
		},
		"other keys": {
			map[string]string{"OKTA_OAUTH2_ISSUER": "https://acme.okta.com", "OKTA_UNIVERSAL_LOGOUT_KEYS": "https://acme.okta.com/oauth2/default/v1/keys"},
			"https://acme.okta.com", "https://acme.okta.com/oauth2/default/v1/keys", true,
		},
		"an issuer that is not Okta's": {
			map[string]string{"OKTA_OAUTH2_ISSUER": "https://id.example.com/realms/demo"}, "", "", false,
		},
		"that, with an issuer": {
			map[string]string{"OKTA_OAUTH2_ISSUER": "https://id.example.com/realms/demo", "OKTA_UNIVERSAL_LOGOUT_ISSUER": "https://acme.okta.com"},
			"https://acme.okta.com", "https://acme.okta.com/oauth2/v1/keys", true,
		},
	} {
		issuer, keys, ok := mustLoad(t, test.env).UniversalLogout()
		if issuer != test.issuer || keys != test.keys || ok != test.ok {
			t.Errorf("%s: %q, %q, %v", name, issuer, keys, ok)
		}
	}
}

func TestUniversalLogoutKeysNeedAnIssuer(t *testing.T) {
	t.Parallel()
	_, err := config.Load(required(map[string]string{
		"OKTA_OAUTH2_ISSUER": "https://id.example.com/realms/demo", "OKTA_UNIVERSAL_LOGOUT_KEYS": "https://id.example.com/keys",
	}))
	if got := complaints(err); len(got) != 1 || !strings.HasPrefix(got[0], "OKTA_UNIVERSAL_LOGOUT_KEYS needs OKTA_UNIVERSAL_LOGOUT_ISSUER") {
		t.Errorf("got %q", got)
	}
}
