package doctor_test

import (
	"maps"
	"testing"

	"example.com/okta-gin/doctor"
	"example.com/okta-gin/mockokta"
)

// TestProbesGoAsTheApp holds that an org which demands pushed or signed requests is asked by
// such, and that the doctor says so where the settings send none.
func TestProbesGoAsTheApp(t *testing.T) {
	t.Parallel()
	private, public := clientKey(t)
	key := map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": "", "OKTA_OAUTH2_CLIENT_KEY": private}
	with := func(base map[string]string, name, value string) map[string]string {
		env := maps.Clone(base)
		env[name] = value
		return env
	}
	for name, tc := range map[string]struct {
		env    map[string]string
		client func(*mockokta.Client)
		mark   doctor.Mark // of the redirect URI
		words  string
	}{
		"pushed":                    {map[string]string{}, func(c *mockokta.Client) { c.RequirePAR = true }, doctor.OK, "registered"},
		"pushed, a wrong address":   {map[string]string{}, func(c *mockokta.Client) { c.RequirePAR = true; c.RedirectURIs = []string{"https://other.example.com/"} }, doctor.Fail, "letter by letter"},
		"not pushed":                {map[string]string{"OKTA_PAR": "off"}, func(c *mockokta.Client) { c.RequirePAR = true }, doctor.Fail, "OKTA_PAR=require"},
		"a wrong secret":            {map[string]string{"OKTA_OAUTH2_CLIENT_SECRET": "s3cr3t-of-another"}, func(*mockokta.Client) {}, doctor.OK, "registered"},
		"signed":                    {with(with(key, "OKTA_PAR", "off"), "OKTA_JAR", "on"), func(c *mockokta.Client) { c.RequireRequestObject = true }, doctor.OK, "registered"},
		"signed and pushed":         {with(key, "OKTA_JAR", "on"), func(c *mockokta.Client) { c.RequirePAR, c.RequireRequestObject = true, true }, doctor.OK, "registered"},
		"not signed":                {with(key, "OKTA_PAR", "off"), func(c *mockokta.Client) { c.RequireRequestObject = true }, doctor.Fail, "OKTA_JAR=on"},
		"not signed, pushed":        {key, func(c *mockokta.Client) { c.RequireRequestObject = true }, doctor.Fail, "OKTA_JAR=on"},
		"signed with another's key": {with(key, "OKTA_JAR", "on"), func(c *mockokta.Client) { _, c.JWKS = clientKey(t) }, doctor.Fail, "OKTA_JAR=on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patient{env: tc.env, knobs: offering(nil), client: named(func(c *mockokta.Client) {
				c.RequirePKCE = true
				c.JWKS = public
				tc.client(c)
			})}
			report := p.examine(t)
			expect(t, report, "redirect uri", tc.mark, tc.words)
			if tc.mark == doctor.OK {
				for _, check := range []string{"pkce", "response mode", "scopes"} {
					expect(t, report, check, doctor.OK, "")
				}
			}
		})
	}
}
