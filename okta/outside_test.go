package okta_test

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

const endpoint = "https://app.example/authorization-code/universal-logout"

// changes of a token: nil removes a member.
type spoilt struct{ header, claims map[string]any }

func (p *provider) revocation(s spoilt) string {
	header := p.overlay(map[string]any{"typ": "global-token-revocation+jwt"}, maps.Clone(s.header))
	return p.sign(header, p.overlay(map[string]any{
		"jti": "one", "iss": p.server.URL, "sub": clientID, "aud": endpoint,
		"iat": p.time.Unix(), "nbf": p.time.Unix() - 300, "exp": p.time.Unix() + 300,
	}, s.claims))
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func universal(p *provider) func(*config.Config) {
	return func(cfg *config.Config) {
		cfg.UniversalLogoutIssuer, cfg.UniversalLogoutKeys = p.server.URL, p.server.URL+"/keys"
	}
}

func TestVerifyRevocationToken(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	rp := p.relyingParty(universal(p))
	for name, s := range map[string]spoilt{
		"as Okta sends it":       {},
		"one audience in a list": {claims: map[string]any{"aud": []string{endpoint}}},
		"no nbf":                 {claims: map[string]any{"nbf": nil}},
		"the media type's name":  {header: map[string]any{"typ": "application/Global-Token-Revocation+jwt"}},
		"a minute late":          {claims: map[string]any{"exp": p.time.Unix() - 60}},
	} {
		use, err := rp.VerifyRevocationToken(t.Context(), p.revocation(s), endpoint)
		if err != nil || use.ID != "one" || use.Expires.Before(p.time) {
			t.Errorf("%s: %+v, %v", name, use, err)
		}
	}
	now := p.time.Unix()
	for name, s := range map[string]spoilt{
		"another algorithm":      {header: map[string]any{"alg": "RS512"}},
		"unsigned":               {header: map[string]any{"alg": "none"}},
		"HMAC":                   {header: map[string]any{"alg": "HS256"}},
		"another key":            {header: map[string]any{"kid": "unknown"}},
		"no key, of two":         {header: map[string]any{"kid": "ec"}},
		"critical":               {header: map[string]any{"crit": []string{"x"}}},
		"no type":                {header: map[string]any{"typ": nil}},
		"type JWT":               {header: map[string]any{"typ": "JWT"}},
		"a logout token":         {header: map[string]any{"typ": "logout+jwt"}},
		"the app's issuer":       {claims: map[string]any{"iss": p.issuer}},
		"no issuer":              {claims: map[string]any{"iss": nil}},
		"another endpoint":       {claims: map[string]any{"aud": "https://app.example/authorization-code/back-channel-logout"}},
		"a slash more":           {claims: map[string]any{"aud": endpoint + "/"}},
		"the client as audience": {claims: map[string]any{"aud": clientID}},
		"another endpoint too":   {claims: map[string]any{"aud": []string{endpoint, "https://other.example"}}},
		"no audience":            {claims: map[string]any{"aud": nil}},
		"expired":                {claims: map[string]any{"exp": now - 121}},
		"no end":                 {claims: map[string]any{"exp": nil}},
		"an end that is text":    {claims: map[string]any{"exp": "tomorrow"}},
		"good for two hours":     {claims: map[string]any{"exp": now + 7200}},
		"issued in the future":   {claims: map[string]any{"iat": now + 180}},
		"not issued":             {claims: map[string]any{"iat": nil}},
		"not valid yet":          {claims: map[string]any{"nbf": now + 180}},
		"no jti":                 {claims: map[string]any{"jti": nil}},
		"an empty jti":           {claims: map[string]any{"jti": ""}},
		"a number as jti":        {claims: map[string]any{"jti": 7}},
	} {
		if _, err := rp.VerifyRevocationToken(t.Context(), p.revocation(s), endpoint); !errors.Is(err, okta.ErrBadToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, sub := range map[string]any{"another client": "0oaother", "none": nil, "a list": []string{clientID}} {
		_, err := rp.VerifyRevocationToken(t.Context(), p.revocation(spoilt{claims: map[string]any{"sub": sub}}), endpoint)
		if !errors.Is(err, okta.ErrOtherClient) || errors.Is(err, okta.ErrBadToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := p.revocation(spoilt{})
	for name, raw := range map[string]string{
		"nothing": "", "no JWT": "a.b", "cut off": good[:len(good)-9], "a letter more": good + "A",
		"another's claims": strings.Replace(good, ".", ".e30", 1),
		"very long":        strings.Repeat("a", 70<<10),
	} {
		if _, err := rp.VerifyRevocationToken(t.Context(), raw, endpoint); !errors.Is(err, okta.ErrBadToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUniversalLogoutNotSetUp(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	if _, err := p.relyingParty(nil).VerifyRevocationToken(t.Context(), p.revocation(spoilt{}), endpoint); !errors.Is(err, okta.ErrNotSetUp) {
		t.Errorf("got %v", err)
	}
}

// TestJunkAsksForNoKeys: unknown keys have the key set fetched again at most once in a few
// seconds, and what is no such token not at all.
func TestJunkAsksForNoKeys(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	rp := p.relyingParty(universal(p))
	keys := 0
	p.set(func() {
		p.answers["/keys"] = func(w http.ResponseWriter, _ *http.Request) {
			keys++
			body := `{"keys":[` + jsonOf(t, p.jwk("rsa", p.key.Public())) + `]}`
			w.Write([]byte(body))
		}
	})
	for range 20 {
		rp.VerifyRevocationToken(t.Context(), p.revocation(spoilt{header: map[string]any{"typ": "JWT", "kid": "a"}}), endpoint)
	}
	if keys != 0 {
		t.Errorf("%d fetches for tokens of another type", keys)
	}
	for range 20 {
		rp.VerifyRevocationToken(t.Context(), p.revocation(spoilt{header: map[string]any{"kid": "a"}}), endpoint)
	}
	if keys != 2 {
		t.Errorf("%d fetches for one unknown key, want the first and one more", keys)
	}
	if _, err := rp.VerifyRevocationToken(t.Context(), p.revocation(spoilt{}), endpoint); err != nil {
		t.Errorf("a good one after junk: %v", err)
	}
	p.time = p.time.Add(6 * time.Second)
	for range 20 {
		rp.VerifyRevocationToken(t.Context(), p.revocation(spoilt{header: map[string]any{"kid": "b"}}), endpoint)
	}
	if keys != 3 {
		t.Errorf("%d fetches after six seconds, want 3", keys)
	}
}

func (p *provider) logout(s spoilt) string {
	return p.sign(s.header, p.overlay(map[string]any{
		"jti": "one", "iss": p.issuer, "aud": clientID, "sub": "ada", "sid": "102sid", "iat": p.time.Unix(), "exp": p.time.Unix() + 120,
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}, s.claims))
}

func TestVerifyLogoutToken(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	rp := p.relyingParty(nil)
	const event = "http://schemas.openid.net/event/backchannel-logout"
	for name, test := range map[string]struct {
		spoilt
		sub, sid string
	}{
		"both":               {spoilt{}, "ada", "102sid"},
		"a session":          {spoilt{claims: map[string]any{"sub": nil}}, "", "102sid"},
		"a person":           {spoilt{claims: map[string]any{"sid": nil}}, "ada", ""},
		"typed":              {spoilt{header: map[string]any{"typ": "logout+jwt"}}, "ada", "102sid"},
		"typed JWT":          {spoilt{header: map[string]any{"typ": "JWT"}}, "ada", "102sid"},
		"a list of audience": {spoilt{claims: map[string]any{"aud": []string{clientID}}}, "ada", "102sid"},
		"other events too":   {spoilt{claims: map[string]any{"events": map[string]any{event: map[string]any{}, "x": 1}}}, "ada", "102sid"},
	} {
		out, err := rp.VerifyLogoutToken(t.Context(), p.logout(test.spoilt))
		if err != nil || out.Subject != test.sub || out.SessionID != test.sid || out.ID != "one" || out.Expires.Before(p.time.Add(2*time.Minute)) {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	now := p.time.Unix()
	for name, s := range map[string]spoilt{
		"unsigned":                {header: map[string]any{"alg": "none"}},
		"another algorithm":       {header: map[string]any{"alg": "RS384"}},
		"another key":             {header: map[string]any{"kid": "unknown"}},
		"an access token's type":  {header: map[string]any{"typ": "at+jwt"}},
		"a revocation":            {header: map[string]any{"typ": "global-token-revocation+jwt"}},
		"another issuer":          {claims: map[string]any{"iss": p.server.URL}},
		"another audience":        {claims: map[string]any{"aud": "another"}},
		"others without azp":      {claims: map[string]any{"aud": []string{clientID, "another"}}},
		"another party":           {claims: map[string]any{"azp": "another"}},
		"no audience":             {claims: map[string]any{"aud": nil}},
		"expired":                 {claims: map[string]any{"exp": now - 121}},
		"no end":                  {claims: map[string]any{"exp": nil}},
		"issued in the future":    {claims: map[string]any{"iat": now + 180}},
		"not issued":              {claims: map[string]any{"iat": nil}},
		"no jti":                  {claims: map[string]any{"jti": nil}},
		"nobody":                  {claims: map[string]any{"sub": nil, "sid": nil}},
		"an empty sub":            {claims: map[string]any{"sub": ""}},
		"an empty sid":            {claims: map[string]any{"sid": ""}},
		"a sub that is no text":   {claims: map[string]any{"sub": 7}},
		"a nonce":                 {claims: map[string]any{"nonce": nonce}},
		"an empty nonce":          {claims: map[string]any{"nonce": ""}},
		"a nonce that is no text": {claims: map[string]any{"nonce": 0}},
		"no events":               {claims: map[string]any{"events": nil}},
		"another event":           {claims: map[string]any{"events": map[string]any{"http://schemas.openid.net/event/other": map[string]any{}}}},
		"events as a list":        {claims: map[string]any{"events": []string{event}}},
		"an event that is text":   {claims: map[string]any{"events": map[string]any{event: ""}}},
	} {
		if _, err := rp.VerifyLogoutToken(t.Context(), p.logout(s)); !errors.Is(err, okta.ErrBadToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := rp.VerifyLogoutToken(t.Context(), p.idToken(nil)); !errors.Is(err, okta.ErrBadToken) {
		t.Errorf("an ID token: %v", err)
	}
	p.answer(map[string]any{"id_token": p.logout(spoilt{claims: map[string]any{"auth_time": now}})})
	if _, err := rp.SignIn(t.Context(), "code", attempt()); !errors.Is(err, okta.ErrBadToken) {
		t.Errorf("a logout token as ID token: %v", err)
	}
}

func TestLogoutTokensWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	rp := p.relyingParty(universal(p))
	logout, revocation := p.logout(spoilt{}), p.revocation(spoilt{})
	p.server.Close()
	if _, err := rp.VerifyLogoutToken(t.Context(), logout); !errors.Is(err, okta.ErrUnreachable) {
		t.Errorf("logout token: %v", err)
	}
	if _, err := rp.VerifyRevocationToken(t.Context(), revocation, endpoint); !errors.Is(err, okta.ErrUnreachable) {
		t.Errorf("revocation token: %v", err)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "/realms/demo")
	rp := p.relyingParty(nil)
	path := "/realms/demo/.well-known/openid-configuration"
	for status, want := range map[int]bool{200: true, 404: true, 429: true, 500: false, 503: false} {
		p.set(func() {
			p.answers[path] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
		})
		if err := rp.Answers(t.Context()); (err == nil) != want || err != nil && !errors.Is(err, okta.ErrUnreachable) {
			t.Errorf("%d: %v", status, err)
		}
	}
	p.server.Close()
	if err := rp.Answers(t.Context()); !errors.Is(err, okta.ErrUnreachable) {
		t.Errorf("closed: %v", err)
	}
}
