package auth_test

import (
	"net/http"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// TestRefusalsSayWhatToSet: where this app's settings and Okta's do not fit together, the log
// names the setting and the place in the Admin Console, and the page names neither.
func TestRefusalsSayWhatToSet(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		env    map[string]string
		client func(*mockokta.Client)
		knob   func(*mockokta.Knobs)
		want   []string
	}{
		"another secret":            {nil, func(c *mockokta.Client) { c.Secret = "another secret of thirty-two characters" }, nil, []string{"OKTA_OAUTH2_CLIENT_SECRET", "Client authentication: Client secret"}},
		"a key that Okta has not":   {byKeys(keyFile(t, "key")), nil, nil, []string{"OKTA_OAUTH2_CLIENT_KEY", "Client authentication: Public key / Private key"}},
		"a key, at the push":        {byKeys(keyFile(t, "key")), nil, func(k *mockokta.Knobs) { k.PAR = true }, []string{"push", "OKTA_OAUTH2_CLIENT_KEY", "Client authentication: Public key / Private key"}},
		"signed requests demanded":  {nil, func(c *mockokta.Client) { c.RequireRequestObject = true }, func(k *mockokta.Knobs) { k.PAR = true }, []string{"OKTA_JAR is off", "Applications → your app → General"}},
		"a scope that is not there": {map[string]string{"OKTA_SCOPES": "openid nowhere"}, nil, nil, []string{"OKTA_SCOPES", "Authorization Servers → your server → Scopes"}},
		"a grant that is not allowed": {nil, nil, func(k *mockokta.Knobs) {
			k.Refuse = map[string]mockokta.Refusal{"token": {Status: 400, Code: "unauthorized_client"}}
		}, []string{"tick Authorization Code", "Grant type"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, setup{env: tc.env, client: tc.client, app: page(t)})
			if tc.knob != nil {
				h.org.Set(tc.knob)
			}
			r := h.browser().Arrive("/closed", testkit.Ada)
			if r.StatusCode != http.StatusBadGateway || strings.Contains(r.Body, "OKTA_") || strings.Contains(r.Body, "your app →") {
				t.Errorf("%d %s", r.StatusCode, r.Body)
			}
			for _, want := range tc.want {
				if !strings.Contains(h.logs.String(), want) {
					t.Errorf("the log does not say %q: %s", want, h.logs)
				}
			}
		})
	}
}
