package doctor_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"example.com/okta-gin/doctor"
	"example.com/okta-gin/mockokta"
)

// visitor signs in at the address that the doctor invites to, with a session at Okta of
// login's. It returns what the last page says.
func visitor(t *testing.T, login string) func(address string) {
	return func(address string) {
		go func() {
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			first, err := client.Get(address)
			if err != nil {
				t.Error(err)
				return
			}
			first.Body.Close()
			authorize, err := first.Location()
			if err != nil {
				t.Error(err)
				return
			}
			foreign, err := client.Get(strings.Replace(address, "login-redirect", "callback?state=forged&code=1", 1))
			if err != nil || foreign.StatusCode != http.StatusBadRequest {
				t.Errorf("the answer to another sign-in: %v, %v", foreign, err)
				return
			}
			foreign.Body.Close()
			name, _, _ := strings.Cut(login, "@")
			body, _ := json.Marshal(map[string]string{"username": login, "password": "correct-horse-" + name})
			authn, err := client.Post(authorize.Scheme+"://"+authorize.Host+"/api/v1/authn", "application/json", bytes.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			defer authn.Body.Close()
			var session struct{ SessionToken string }
			if err := json.NewDecoder(authn.Body).Decode(&session); err != nil {
				t.Error(err)
				return
			}
			query := authorize.Query()
			query.Set("sessionToken", session.SessionToken)
			authorize.RawQuery = query.Encode()
			back, err := client.Get(authorize.String())
			if err != nil {
				t.Error(err)
				return
			}
			defer back.Body.Close()
			page, err := finishAt(client, back)
			if err != nil || !strings.Contains(page, "Thank you") {
				t.Errorf("the last page says %q, %v", page, err)
			}
		}()
	}
}

// finishAt brings Okta's answer to the doctor, as a browser does.
func finishAt(client *http.Client, back *http.Response) (string, error) {
	target, err := back.Location()
	if err != nil {
		return "", err
	}
	page, err := client.Get(target.String())
	if err != nil {
		return "", err
	}
	defer page.Body.Close()
	said, err := io.ReadAll(page.Body)
	return string(said), err
}

// TestWatchedSignIn has somebody sign in, for what Okta says of a person alone.
func TestWatchedSignIn(t *testing.T) {
	t.Parallel()
	here := func(more ...string) map[string]string {
		env := map[string]string{"LISTEN": "{AT}", "OKTA_SCOPES": "openid email offline_access", "REQUIRE_GROUPS": "Engineers"}
		for i := 0; i < len(more); i += 2 {
			env[more[i]] = more[i+1]
		}
		return env
	}
	for name, test := range map[string]struct {
		login string
		env   map[string]string
		knobs func(*mockokta.Knobs)
		check string
		mark  doctor.Mark
		words string
	}{
		"all is well":          {"ada@acme.test", here(), nil, "groups claim", doctor.OK, "one of them in REQUIRE_GROUPS"},
		"let in by the policy": {"ada@acme.test", here(), nil, "access policy", doctor.OK, "could sign in"},
		"forgotten again":      {"ada@acme.test", here(), nil, "refresh token", doctor.OK, "forgotten"},
		"claims by name":       {"ada@acme.test", here(), nil, "sign-in", doctor.OK, "email"},
		"in other groups":      {"ada@acme.test", here("REQUIRE_GROUPS", "Pilots"), nil, "groups claim", doctor.Warn, "none of them in REQUIRE_GROUPS"},
		"no groups":            {"ada@acme.test", here(), func(k *mockokta.Knobs) { k.OmitGroups = true }, "groups claim", doctor.Fail, "Add a claim groups"},
		"no policy":            {"ada@acme.test", here(), func(k *mockokta.Knobs) { k.NoPolicy = true }, "sign-in", doctor.Fail, "access policy"},
		"not assigned":         {"eve@acme.test", here(), nil, "sign-in", doctor.Fail, "Assign the person"},
		"no refresh token":     {"ada@acme.test", here(), func(k *mockokta.Knobs) { k.TamperToken = func(resp map[string]any) { delete(resp, "refresh_token") } }, "refresh token", doctor.Fail, "never renewed"},
		"another issuer": {"ada@acme.test", here(), func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { claims["iss"] = "https://evil.example" }
		}, "sign-in", doctor.Fail, "iss"},
		"bound tokens": {"ada@acme.test", here("OKTA_DPOP", "on"), nil, "sign-in", doctor.OK, "could sign in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := patient{env: test.env, knobs: test.knobs, options: doctor.Options{Invite: visitor(t, test.login)}}
			report := p.examine(t)
			expect(t, report, test.check, test.mark, test.words)
			var out bytes.Buffer
			if err := report.WriteJSON(&out); err != nil || strings.Contains(out.String(), test.login) || strings.Contains(out.String(), "eyJ") {
				t.Errorf("%v: a person or a token is told:\n%s", err, out.String())
			}
		})
	}
}

// TestSignInThatCannotBeWatched says why not, and invites nobody.
func TestSignInThatCannotBeWatched(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, test := range map[string]struct {
		env   map[string]string
		words string
	}{
		"the app runs":             {map[string]string{"LISTEN": taken.Addr().String()}, "Stop it and ask again"},
		"a socket":                 {map[string]string{"LISTEN": "unix:/nowhere/app.sock"}, "does not come here"},
		"another machine's":        {map[string]string{"BASE_URL": "https://app.example"}, "does not come here"},
		"TLS at a proxy before it": {map[string]string{"BASE_URL": "https://localhost"}, "does not come here"},
	} {
		p := patient{env: test.env, options: doctor.Options{Invite: func(string) { t.Errorf("%s: somebody is invited", name) }}}
		expect(t, p.examine(t), "sign-in", doctor.Unknown, test.words)
	}
	expect(t, (&patient{}).examine(t), "sign-in", doctor.Skipped, "--sign-in")
}
