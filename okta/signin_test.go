package okta_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

// TestAnyProvider signs in, renews and signs out at an issuer that has none of
// Okta's habits.
func TestAnyProvider(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"", "/", "/realms/demo", "/a/b/"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, path)
			rp := p.relyingParty(nil)
			if err := rp.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			address, err := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{})
			if err != nil || !strings.HasPrefix(address, p.server.URL+"/authorize?tenant=1&") {
				t.Errorf("authorize at %s, %v", address, err)
			}
			p.answer(nil)
			id, err := rp.SignIn(t.Context(), "code", attempt())
			if err != nil || id.UserinfoError != nil || id.Subject() != "ada" || id.RefreshToken != "refresh" {
				t.Fatalf("sign in: %+v, %v", id, err)
			}
			p.answer(map[string]any{"id_token": p.idToken(map[string]any{"nonce": nil, "iat": p.time.Unix() + 1})})
			id, err = rp.Renew(t.Context(), okta.Previous{Claims: id.Claims, IDToken: id.IDToken, RefreshToken: id.RefreshToken})
			if err != nil || id.Subject() != "ada" {
				t.Errorf("renew: %+v, %v", id, err)
			}
			if _, err := rp.SignOut(t.Context(), id.IDToken, "https://app.example/", "s"); !errors.Is(err, okta.ErrNoSignOut) {
				t.Errorf("sign out: got %v, want ErrNoSignOut", err)
			}
			if err := rp.Revoke(t.Context(), id.RefreshToken); !errors.Is(err, okta.ErrNoRevocation) {
				t.Errorf("revoke: got %v, want ErrNoRevocation", err)
			}
		})
	}
}

func TestAccessTokenOfAnyProvider(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	type changes = map[string]any
	rfc9068 := changes{"typ": "at+jwt"}
	for name, tc := range map[string]struct {
		header, claims  changes
		clients         []string
		subject, client string // both empty: refused
	}{
		"RFC 9068":                               {header: rfc9068, claims: changes{"client_id": "app", "scope": "a b"}, subject: "ada", client: "app"},
		"RFC 9068 without scope":                 {header: rfc9068, claims: changes{"client_id": "app"}, subject: "ada", client: "app"},
		"RFC 9068, a machine":                    {header: rfc9068, claims: changes{"client_id": "app", "sub": "app"}, client: "app"},
		"RFC 9068, a listed client":              {header: rfc9068, claims: changes{"client_id": "app"}, clients: []string{"app"}, subject: "ada", client: "app"},
		"RFC 9068, another client":               {header: rfc9068, claims: changes{"client_id": "other"}, clients: []string{"app"}},
		"untyped, scope and azp":                 {claims: changes{"azp": "app", "scope": "a"}, subject: "ada", client: "app"},
		"untyped, scope alone":                   {claims: changes{"scope": ""}, subject: "ada"},
		"untyped, client alone":                  {claims: changes{"client_id": "app", "azp": "app"}},
		"uid means nothing here":                 {claims: changes{"uid": "00u", "scope": "a"}, subject: "ada"},
		"client_id goes before azp":              {claims: changes{"client_id": "app", "azp": "other", "scope": "a"}, subject: "ada", client: "app"},
		"no kid, and two keys of which one fits": {header: changes{"kid": nil, "typ": "at+jwt"}, subject: "ada"},
		"an ID token":                            {claims: changes{"azp": "app", "at_hash": "h"}},
		"the elliptic key's kid":                 {header: changes{"kid": "ec", "typ": "at+jwt"}},
	} {
		rp := p.relyingParty(func(cfg *config.Config) { cfg.APIClientIDs = tc.clients })
		raw := p.sign(tc.header, p.overlay(changes{"iss": p.issuer, "aud": []string{"https://api.example"}, "sub": "ada", "iat": p.time.Unix(), "exp": p.time.Unix() + 300}, tc.claims))
		got, err := rp.VerifyAccessToken(t.Context(), raw)
		if refused := tc.subject == "" && tc.client == ""; refused {
			if !errors.Is(err, okta.ErrBadToken) {
				t.Errorf("%s: got %v, want ErrBadToken", name, err)
			}
			continue
		}
		if err != nil || got.Subject != tc.subject || got.ClientID != tc.client {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestMetadataOfAnotherIssuer: the error names the setting and what was seen.
func TestMetadataOfAnotherIssuer(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		setting, metadata string // appended to the server's address
		is                error
		says              string
	}{
		"a slash too few":  {"/a", "/a/", okta.ErrUntrusted, `/a/"`},
		"a slash too many": {"/a/", "/a", okta.ErrUntrusted, `/a"`},
		"another case":     {"/a", "/A", okta.ErrUntrusted, `/A"`},
		"nothing there":    {"/b", "/a", nil, "404"},
	} {
		p := startProvider(t, "/a")
		p.metadata["issuer"] = p.server.URL + tc.metadata
		rp := p.relyingParty(func(cfg *config.Config) { cfg.Issuer = p.server.URL + tc.setting })
		err := rp.Ready(t.Context())
		if tc.is != nil && !errors.Is(err, tc.is) || tc.is == nil && !errors.As(err, new(*okta.StatusError)) || errors.Is(err, okta.ErrBadToken) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, word := range []string{"OKTA_OAUTH2_ISSUER", fmt.Sprintf("%q", p.server.URL+tc.setting), tc.says} {
			if !strings.Contains(err.Error(), word) {
				t.Errorf("%s: %q does not say %q", name, err, word)
			}
		}
	}
}

func TestSignInErrorsAreToldApart(t *testing.T) {
	t.Parallel()
	type changes = map[string]any
	for name, tc := range map[string]struct {
		tokens                         func(p *provider) changes
		unreachable, untrusted, badTok bool
	}{
		"ID token: signature":     {tokens: func(p *provider) changes { return changes{"id_token": p.idToken(nil) + "AA"} }, untrusted: true, badTok: true},
		"ID token: iss":           {tokens: func(p *provider) changes { return changes{"id_token": p.idToken(changes{"iss": "x"})} }, untrusted: true, badTok: true},
		"ID token: aud":           {tokens: func(p *provider) changes { return changes{"id_token": p.idToken(changes{"aud": "x"})} }, untrusted: true, badTok: true},
		"ID token: exp":           {tokens: func(p *provider) changes { return changes{"id_token": p.idToken(changes{"exp": 1})} }, untrusted: true, badTok: true},
		"ID token: nonce":         {tokens: func(p *provider) changes { return changes{"id_token": p.idToken(changes{"nonce": "x"})} }, untrusted: true, badTok: true},
		"ID token: nonce missing": {tokens: func(p *provider) changes { return changes{"id_token": p.idToken(changes{"nonce": nil})} }, untrusted: true, badTok: true},
		"ID token: not there":     {tokens: func(*provider) changes { return changes{"id_token": nil} }, untrusted: true},
		"token_type missing":      {tokens: func(*provider) changes { return changes{"token_type": nil} }, untrusted: true},
		"token_type empty":        {tokens: func(*provider) changes { return changes{"token_type": ""} }, untrusted: true},
		"token_type DPoP":         {tokens: func(*provider) changes { return changes{"token_type": "DPoP"} }, untrusted: true},
		"token_type MAC":          {tokens: func(*provider) changes { return changes{"token_type": "mac"} }, untrusted: true},
		"token_type BEARER":       {tokens: func(*provider) changes { return changes{"token_type": "BEARER"} }},
		"keys away": {tokens: func(p *provider) changes {
			p.answers["/keys"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
			return nil
		}, unreachable: true},
		"keys broken": {tokens: func(p *provider) changes {
			p.answers["/keys"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }
			return nil
		}, untrusted: true},
		"token answer breaks off": {tokens: func(p *provider) changes {
			p.answers["/token"] = func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "100")
				fmt.Fprint(w, `{"access_token":`)
			}
			return nil
		}, unreachable: true},
		"token answer endless": {tokens: func(p *provider) changes {
			p.answers["/token"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 2<<20)) }
			return nil
		}, untrusted: true},
		"token answer with endless headers": {tokens: func(p *provider) changes {
			p.answers["/token"] = func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 100<<10)) }
			return nil
		}, unreachable: true},
		"token answer redirects": {tokens: func(p *provider) changes {
			p.answers["/token"] = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, "/realms/demo")
			p.answer(tc.tokens(p))
			_, err := p.relyingParty(nil).SignIn(t.Context(), "code", attempt())
			if errors.Is(err, okta.ErrUnreachable) != tc.unreachable || errors.Is(err, okta.ErrUntrusted) != tc.untrusted || errors.Is(err, okta.ErrBadToken) != tc.badTok {
				t.Errorf("got %v", err)
			}
			if ok := name == "token_type BEARER"; ok != (err == nil) {
				t.Errorf("got %v", err)
			}
			if p.forms["/elsewhere"] != nil {
				t.Error("a redirect was followed")
			}
		})
	}
}

func TestSignInKeepsDigits(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	p.metadata["userinfo_endpoint"] = p.server.URL + "/userinfo"
	p.answers["/userinfo"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"sub":"ada","b":{"list":[281674916028284931,1e400]},"a":1}`)
	}
	p.answer(map[string]any{"id_token": p.idToken(map[string]any{"a": json.Number("281674916028284931"), "c": json.Number("1e400")})})
	id, err := p.relyingParty(nil).SignIn(t.Context(), "code", attempt())
	if err != nil || id.UserinfoError != nil {
		t.Fatal(err, id.UserinfoError)
	}
	shown, err := json.Marshal([]any{id.Claims["a"], id.Claims["b"], id.Claims["c"]})
	if want := `[281674916028284931,{"list":[281674916028284931,1e400]},1e400]`; err != nil || string(shown) != want {
		t.Errorf("got %s, %v, want %s", shown, err, want)
	}
}

// TestClientAuthentication: whatever is in client id and secret, a server that
// decodes as RFC 6749 section 2.3.1 has it sees them as they are.
func TestClientAuthentication(t *testing.T) {
	t.Parallel()
	both := []string{"private_key_jwt", "client_secret_post", "client_secret_basic"}
	for name, tc := range map[string]struct {
		token, revocation             any
		tokenByForm, revocationByForm bool
	}{
		"nothing said":           {nil, nil, false, false},
		"both":                   {both, both, false, false},
		"post":                   {[]string{"client_secret_post"}, []string{"client_secret_post"}, true, true},
		"post, for tokens alone": {[]string{"client_secret_post"}, both, true, false},
		"revocation by post":     {both, []string{"client_secret_post"}, false, true},
		"revocation unsaid":      {[]string{"client_secret_post"}, nil, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, "/realms/demo")
			p.metadata["revocation_endpoint"] = p.server.URL + "/revoke"
			p.metadata["token_endpoint_auth_methods_supported"] = tc.token
			p.metadata["revocation_endpoint_auth_methods_supported"] = tc.revocation
			p.answers["/revoke"] = func(http.ResponseWriter, *http.Request) {}
			p.answer(nil)
			rp := p.relyingParty(nil)
			id, err := rp.SignIn(t.Context(), "code", attempt())
			if err != nil {
				t.Fatal(err)
			}
			if err := rp.Revoke(t.Context(), "re+fresh"); err != nil {
				t.Fatal(err)
			}
			if got := p.forms["/revoke"].Get("token"); got != "re+fresh" {
				t.Errorf("revoked %q", got)
			}
			check := func(path string, byForm bool) {
				t.Helper()
				inForm := [2]string{p.forms[path].Get("client_id"), p.forms[path].Get("client_secret")}
				want, none := [2]string{clientID, secret}, [2]string{}
				if byForm && (inForm != want || p.basic[path] != none) || !byForm && (p.basic[path] != want || inForm[1] != "") {
					t.Errorf("%s: in the form %q, in the header %q", path, inForm, p.basic[path])
				}
			}
			check("/token", tc.tokenByForm)
			check("/revoke", tc.revocationByForm)
			if _, err := rp.Renew(t.Context(), okta.Previous{Claims: id.Claims, RefreshToken: "refresh"}); err != nil {
				t.Fatal(err)
			}
			check("/token", tc.tokenByForm)
		})
	}
}

// TestTokenEndpointRefuses: whatever body comes with it, the status is told, and
// the OAuth error where there is one.
func TestTokenEndpointRefuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 4<<10)
	for name, tc := range map[string]struct {
		status            int
		contentType, body string
		code, description string // of the *Refusal; empty: a *StatusError
	}{
		"as Okta does":              {400, "", `{"error":"invalid_grant","error_description":"The code is spent."}`, "invalid_grant", "The code is spent."},
		"no description":            {401, "", `{"error":"invalid_client"}`, "invalid_client", ""},
		"4 KB":                      {400, "", `{"error":"invalid_grant","error_description":"` + long + `"}`, "invalid_grant", long[:499] + "…"},
		"line breaks and HTML":      {400, "", `{"error":"invalid_grant","error_description":"<b>one</b>\r\n\ttwo\u0000\u202e three"}`, "invalid_grant", "<b>one</b> two three"},
		"a description of no text":  {400, "", `{"error":"invalid_grant","error_description":["x"]}`, "invalid_grant", ""},
		"expires_in of no number":   {400, "", `{"error":"invalid_grant","expires_in":{}}`, "invalid_grant", ""},
		"another content type":      {400, "text/plain", `{"error":"invalid_grant"}`, "invalid_grant", ""},
		"with status 200":           {200, "", `{"error":"invalid_grant"}`, "invalid_grant", ""},
		"HTML":                      {403, "text/html", `<html>` + long, "", ""},
		"nothing":                   {400, "", ``, "", ""},
		"an error that is no text":  {400, "", `{"error":{"code":"invalid_grant"}}`, "", ""},
		"an error of no characters": {400, "", `{"error":"\u0000\""}`, "", ""},
		"Okta's other form":         {400, "", `{"errorCode":"E0000021","errorSummary":"Bad"}`, "", ""},
		"a list":                    {400, "", `["invalid_grant"]`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, "/realms/demo")
			p.metadata["revocation_endpoint"] = p.server.URL + "/revoke"
			respond := func(w http.ResponseWriter, _ *http.Request) {
				if tc.contentType != "" {
					w.Header().Set("Content-Type", tc.contentType)
				}
				w.WriteHeader(tc.status)
				fmt.Fprint(w, tc.body)
			}
			p.answers["/token"], p.answers["/revoke"] = respond, respond
			rp := p.relyingParty(nil)
			_, signIn := rp.SignIn(t.Context(), "code", attempt())
			_, renew := rp.Renew(t.Context(), okta.Previous{RefreshToken: "refresh"})
			errs := map[string]error{"sign in": signIn, "renew": renew}
			if tc.status != 200 {
				errs["revoke"] = rp.Revoke(t.Context(), "refresh")
			}
			for doing, err := range errs {
				var refusal *okta.Refusal
				var status *okta.StatusError
				switch {
				case errors.Is(err, okta.ErrUnreachable) || errors.Is(err, okta.ErrUntrusted):
					t.Errorf("%s: %v", doing, err)
				case tc.code == "":
					if !errors.As(err, &status) || status.Status != tc.status {
						t.Errorf("%s: got %v, want the status", doing, err)
					}
				case !errors.As(err, &refusal) || refusal.Code != tc.code || refusal.Description != tc.description || refusal.Status != tc.status:
					t.Errorf("%s: got %v", doing, err)
				}
			}
		})
	}
}

func TestTokenEndpointAway(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500, 503} {
		p := startProvider(t, "/realms/demo")
		p.answers["/token"] = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, `{"error":"invalid_grant","error_description":"Too many requests."}`)
		}
		_, err := p.relyingParty(nil).SignIn(t.Context(), "code", attempt())
		var got *okta.StatusError
		if !errors.Is(err, okta.ErrUnreachable) || errors.As(err, new(*okta.Refusal)) || !errors.As(err, &got) || got.Status != status {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

func TestCheckResponseIssuer(t *testing.T) {
	t.Parallel()
	for _, supported := range []any{nil, false, true} {
		p := startProvider(t, "/realms/demo")
		p.metadata["authorization_response_iss_parameter_supported"] = supported
		rp := p.relyingParty(nil)
		for _, tc := range []struct {
			iss     string
			present bool
			ok      bool
		}{
			{p.issuer, true, true},
			{p.issuer + "/", true, false},
			{"", true, false},
			{"https://evil.example", true, false},
			{"", false, supported != true},
		} {
			err := rp.CheckResponseIssuer(t.Context(), tc.iss, tc.present)
			if ok := err == nil; ok != tc.ok || !ok && (!errors.Is(err, okta.ErrResponseIssuer) || !errors.Is(err, okta.ErrUntrusted)) {
				t.Errorf("supported %v, %+v: %v", supported, tc, err)
			}
		}
	}
	p := startProvider(t, "")
	rp := p.relyingParty(nil)
	p.server.Close()
	if err := rp.CheckResponseIssuer(t.Context(), "", false); !errors.Is(err, okta.ErrUnreachable) {
		t.Errorf("no metadata: got %v, want ErrUnreachable", err)
	}
}

func TestAuthorizeURLExtra(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	rp := p.relyingParty(nil)
	address, err := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{LoginHint: "ada", Extra: url.Values{"idp": {"0oa 1&2"}, "ui_locales": {"de"}}})
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"idp": "0oa 1&2", "ui_locales": "de", "login_hint": "ada", "client_id": clientID, "redirect_uri": callback, "response_type": "code",
		"nonce": nonce, "code_challenge_method": "S256", "tenant": "1", "scope": "openid offline_access", "response_mode": "query",
	} {
		if got := u.Query()[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{
		"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "prompt",
		"max_age", "acr_values", "request", "request_uri", "login_hint", "sessionToken", "id_token_hint", "client_secret", "Client_ID", "sessiontoken", "",
	} {
		_, err := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{Extra: url.Values{name: {"x"}}})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%q is let through, or not named: %v", name, err)
		}
	}
	for _, values := range [][]string{nil, {}, {"a", "b"}} {
		if err := okta.CheckExtra(url.Values{"idp": values}); err == nil {
			t.Errorf("%d values are let through", len(values))
		}
	}
	if err := okta.CheckExtra(nil); err != nil {
		t.Error(err)
	}
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	for endpoint, prefix := range map[string]string{"/logout": "/logout?", "/logout?p=b2c": "/logout?p=b2c&", "/logout#x": "/logout?"} {
		p := startProvider(t, "/realms/demo")
		p.metadata["end_session_endpoint"] = p.server.URL + endpoint
		rp := p.relyingParty(nil)
		token := strings.Repeat("t", 35<<10)
		out, err := rp.SignOut(t.Context(), token, "https://app.example/out?a=b", "the state")
		if err != nil {
			t.Fatal(err)
		}
		query, sent := strings.CutPrefix(out.URL(), p.server.URL+prefix)
		fields, err := url.ParseQuery(query)
		if !sent || err != nil || fields.Encode() != out.Fields.Encode() {
			t.Errorf("%s: URL %.100s, %v", endpoint, out.URL(), err)
		}
		want := url.Values{"id_token_hint": {token}, "post_logout_redirect_uri": {"https://app.example/out?a=b"}, "state": {"the state"}}
		if out.Fields.Encode() != want.Encode() || strings.Contains(out.Endpoint, "#") {
			t.Errorf("%s: %.200v", endpoint, out)
		}
		if out, err := rp.SignOut(t.Context(), "t", "", ""); err != nil || out.Fields.Encode() != "id_token_hint=t" {
			t.Errorf("%s: %v, %v", endpoint, out, err)
		}
	}
}

func TestNewWantsARedirectURI(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"", "/callback", "app.example/cb", "https:///cb", "https://app.example/cb#", "https://app.example/cb#x", "http://[::1"} {
		if _, err := okta.New(config.Config{}, okta.Options{RedirectURI: uri}); err == nil {
			t.Errorf("%q is taken", uri)
		}
	}
}
