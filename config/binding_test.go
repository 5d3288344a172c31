package config_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/config"
)

// TestBindingFitsTheOtherSettings: what can't work says which setting it is, and where
// Okta has its half.
func TestBindingFitsTheOtherSettings(t *testing.T) {
	t.Parallel()
	key := pkcs8(t, someKeys().rsa)
	type env = map[string]string
	for name, tc := range map[string]struct {
		env  env
		want []string // empty: accepted
	}{
		"all of it":                {withKey(env{"OKTA_OAUTH2_CLIENT_KEY": key, "OKTA_DPOP": "on", "OKTA_JAR": "on", "OKTA_PAR": "require", "OKTA_RESOURCE": "https://api.example.com"}), nil},
		"DPoP with a secret":       {required(env{"OKTA_DPOP": "on"}), nil},
		"DPoP with the widget":     {required(env{"OKTA_DPOP": "on", "SIGN_IN": "widget"}), nil},
		"another word for DPoP":    {required(env{"OKTA_DPOP": "require"}), []string{`OKTA_DPOP must be "on" or "off"`, "Require Demonstrating Proof of Possession"}},
		"another word for JAR":     {required(env{"OKTA_JAR": "yes"}), []string{`OKTA_JAR must be "on" or "off"`}},
		"JAR with a secret":        {required(env{"OKTA_JAR": "on"}), []string{`OKTA_JAR must be "off" without OKTA_OAUTH2_CLIENT_KEY`, "make key", "Client authentication: Public key / Private key"}},
		"JAR with a bad key":       {withKey(env{"OKTA_JAR": "on", "OKTA_OAUTH2_CLIENT_KEY": "x"}), []string{"OKTA_OAUTH2_CLIENT_KEY"}},
		"JAR with the widget":      {withKey(env{"OKTA_OAUTH2_CLIENT_KEY": key, "OKTA_JAR": "on", "SIGN_IN": "widget"}), []string{"SIGN_IN must be", "OKTA_JAR is on"}},
		"a service and the widget": {required(env{"OKTA_RESOURCE": "https://api.example.com", "SIGN_IN": "widget"}), []string{"SIGN_IN must be", "OKTA_RESOURCE"}},
		"several services":         {required(env{"OKTA_RESOURCE": "https://a.example.com/x?y=z, https://b.example.com"}), nil},
		"names of services":        {required(env{"OKTA_RESOURCE": "urn:example:orders,api://default"}), nil},
		"a scheme alone":           {required(env{"OKTA_RESOURCE": "https:"}), []string{"OKTA_RESOURCE must be absolute URLs"}},
		"a path":                   {required(env{"OKTA_RESOURCE": "/orders"}), []string{"OKTA_RESOURCE must be absolute URLs"}},
		"a word":                   {required(env{"OKTA_RESOURCE": "orders"}), []string{"OKTA_RESOURCE must be absolute URLs"}},
		"a fragment":               {required(env{"OKTA_RESOURCE": "https://a.example.com/#x"}), []string{"OKTA_RESOURCE must be absolute URLs"}},
		"an empty fragment":        {required(env{"OKTA_RESOURCE": "https://a.example.com/#"}), []string{"OKTA_RESOURCE must be absolute URLs"}},
		"a password":               {required(env{"OKTA_RESOURCE": "https://u:Canary123@a.example.com"}), []string{"OKTA_RESOURCE must be absolute URLs"}},
		"the same twice":           {required(env{"OKTA_RESOURCE": "https://a.example.com,https://a.example.com"}), []string{"OKTA_RESOURCE has the same entry twice"}},
	} {
		_, err := config.Load(tc.env)
		if len(tc.want) == 0 && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, want := range tc.want {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Canary123") {
				t.Errorf("%s: got %v, want %q", name, err, want)
			}
		}
		if name == "JAR with a bad key" && strings.Contains(err.Error(), "OKTA_JAR") {
			t.Errorf("%s: two complaints of one fault: %v", name, err)
		}
	}
}
