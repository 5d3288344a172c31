package signout_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestUniversalLogoutAnswers(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	claim := func(name string, value any) apptest.Tampering {
		return func(_, claims map[string]any) { claims[name] = value }
	}
	now := app.Clock.Now().Unix()
	iss := app.Org.OrgIssuer()
	for i, test := range []struct {
		name, body string
		change     apptest.Tampering
		headers    []string
		status     int
		reason     string
	}{
		{"no token", byEmail, nil, []string{"Authorization", ""}, 401, "no_token"},
		{"another scheme", byEmail, nil, []string{"Authorization", "Basic YTpi"}, 401, "no_token"},
		{"no JWT", byEmail, nil, []string{"Authorization", "Bearer x"}, 401, "bad_token"},
		{"another type", byEmail, func(header, _ map[string]any) { header["typ"] = "JWT" }, nil, 401, "bad_token"},
		{"unsigned", byEmail, func(header, _ map[string]any) { header["alg"] = "none" }, nil, 401, "bad_token"},
		{"HMAC with the public key", byEmail, func(header, _ map[string]any) { header["alg"] = "HS256" }, nil, 401, "bad_token"},
		{"PSS", byEmail, func(header, _ map[string]any) { header["alg"] = "PS256" }, nil, 401, "bad_token"},
		{"another issuer", byEmail, claim("iss", "https://evil.example"), nil, 401, "bad_token"},
		{"the custom server as issuer", byEmail, claim("iss", app.Org.Issuer()), nil, 401, "bad_token"},
		{"another endpoint", byEmail, claim("aud", app.URL+apptest.BackPath), nil, 401, "bad_token"},
		{"with a query", byEmail, claim("aud", app.URL+apptest.UniversalPath+"?x"), nil, 401, "bad_token"},
		{"expired", byEmail, claim("exp", now-121), nil, 401, "bad_token"},
		{"not valid yet", byEmail, claim("nbf", now+180), nil, 401, "bad_token"},
		{"from the future", byEmail, claim("iat", now+180), nil, 401, "bad_token"},
		{"without jti", byEmail, claim("jti", nil), nil, 401, "bad_token"},
		{"another client", byEmail, claim("sub", mockokta.MachineClientID), nil, 403, "other_client"},
		{"no body", "", nil, nil, 400, "bad_request"},
		{"no JSON", "sub_id=x", nil, nil, 400, "bad_request"},
		{"a list", "[]", nil, nil, 400, "bad_request"},
		{"nobody", "{}", nil, nil, 400, "bad_request"},
		{"an unknown format", `{"sub_id":{"format":"opaque","id":"x"}}`, nil, nil, 400, "bad_request"},
		{"no email address", `{"sub_id":{"format":"email","email":"ada"}}`, nil, nil, 400, "bad_request"},
		{"an email that is no text", `{"sub_id":{"format":"email","email":["a@b"]}}`, nil, nil, 400, "bad_request"},
		{"no sub", `{"sub_id":{"format":"iss_sub","iss":"` + iss + `"}}`, nil, nil, 400, "bad_request"},
		{"no iss", `{"sub_id":{"format":"iss_sub","sub":"` + apptest.AdaID + `"}}`, nil, nil, 400, "bad_request"},
		{"two documents", byEmail + byEmail, nil, nil, 400, "bad_request"},
		{"a form", byEmail, nil, []string{"Content-Type", "application/x-www-form-urlencoded"}, 400, "bad_request"},
		{"a large body", `{"x":"` + strings.Repeat("a", 17<<10) + `"}`, nil, nil, 400, "bad_request"},
		{"a person of another issuer", `{"sub_id":{"format":"iss_sub","iss":"https://evil.example","sub":"` + apptest.AdaID + `"}}`, nil, nil, 404, "other_issuer"},
		{"somebody who was never here", `{"sub_id":{"format":"iss_sub","iss":"` + iss + `","sub":"00unobody"}}`, nil, nil, 204, ""},
	} {
		headers := append(test.headers, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		r := o.Universal(test.body, test.change, headers...)
		if r.StatusCode != test.status || reason(r) != test.reason || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, reason %q", test.name, r.StatusCode, reason(r))
		}
		if (r.StatusCode == 401) != (r.Header.Get("WWW-Authenticate") != "") || r.StatusCode != 204 && !strings.Contains(r.Header.Get("Content-Type"), "json") {
			t.Errorf("%s: headers %v", test.name, r.Header)
		}
	}
	if !b.SignedIn() {
		t.Error("signed out by a request that was refused")
	}
	if r := o.Send(http.MethodGet, apptest.UniversalPath, ""); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", r.StatusCode)
	}
}

// TestTokensCountOnce, also when several replicas get them at once.
func TestTokensCountOnce(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: withSID})
		o, b := apptest.Outsider{T: t, App: app.App}, app.Browser()
		revocation := app.Org.LogoutToken(app.URL+apptest.UniversalPath, nil)
		if r := o.Universal(byIssSub(app.App), nil, "Authorization", "Bearer "+revocation); r.StatusCode != http.StatusNoContent {
			t.Fatalf("status %d", r.StatusCode)
		}
		logout := app.Org.BackChannelToken(apptest.AdaID, "102sid", nil)
		if r := o.Back(logout); r.StatusCode != http.StatusOK {
			t.Fatalf("status %d", r.StatusCode)
		}
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		for range app.Engines {
			if r := o.Universal(byIssSub(app.App), nil, "Authorization", "Bearer "+revocation); r.StatusCode != http.StatusUnauthorized || reason(r) != "token_used" {
				t.Errorf("again: status %d, %s", r.StatusCode, r.Body)
			}
			if r := o.Back(logout); r.StatusCode != http.StatusBadRequest || reason(r) != "token_used" {
				t.Errorf("again: status %d, %s", r.StatusCode, r.Body)
			}
		}
		if !b.SignedIn() {
			t.Error("a token that was sent again has signed out")
		}
	}, onHooks)
}

func TestUniversalLogoutWithoutEmails(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_SCOPES": "openid profile"}})
	if r := (apptest.Outsider{T: t, App: app}).Universal(byEmail, nil); r.StatusCode != http.StatusUnprocessableEntity || reason(r) != "no_emails" {
		t.Errorf("status %d: %s", r.StatusCode, r.Body)
	}
}

func TestUniversalLogoutOfAnOrgThatWasNeverSetUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env    map[string]string
		status int
		reason string
	}{
		"not an issuer of Okta's": {nil, 403, "not_set_up"},
		"with an issuer":          {map[string]string{"OKTA_UNIVERSAL_LOGOUT_ISSUER": "org"}, 204, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var org string
			s := apptest.Setup{Org: func(o *mockokta.Options) { o.IssuerPath = "/realms/demo"; org = "http://" + o.Addr }, Env: map[string]string{}}
			s.Late = func(env map[string]string) {
				if test.env != nil {
					env["OKTA_UNIVERSAL_LOGOUT_ISSUER"] = org
				}
			}
			app := apptest.Start(t, s)
			r := (apptest.Outsider{T: t, App: app}).Universal(byEmail, nil)
			if r.StatusCode != test.status || reason(r) != test.reason || test.status == 403 && !strings.Contains(r.Body, "OKTA_UNIVERSAL_LOGOUT_ISSUER") {
				t.Errorf("status %d: %s", r.StatusCode, r.Body)
			}
		})
	}
}
