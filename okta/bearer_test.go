package okta_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/okta"
)

const callback = "http://localhost:8080/authorization-code/callback"

// api is a relying party that verifies access tokens, and the org that signs
// them, with one clock that stands still unless it is moved.
type api struct {
	t   testing.TB
	rp  *okta.RelyingParty
	org *mockokta.Org
	cfg config.Config

	mu   sync.Mutex
	time time.Time
}

func (a *api) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.time
}

func (a *api) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.time = a.time.Add(d)
}

// startAPI takes settings over those that fit the org; the issuer "org" is the
// org authorization server.
func startAPI(t testing.TB, env map[string]string) *api {
	t.Helper()
	a := &api{t: t, time: time.Now()}
	org, err := mockokta.Start(mockokta.Options{Now: a.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	a.org = org
	all := map[string]string{
		"OKTA_OAUTH2_ISSUER":        org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
	}
	maps.Copy(all, env)
	if all["OKTA_OAUTH2_ISSUER"] == "org" {
		all["OKTA_OAUTH2_ISSUER"] = org.OrgIssuer()
	}
	if a.cfg, err = config.Load(all); err != nil {
		t.Fatal(err)
	}
	if a.rp, err = okta.New(a.cfg, okta.Options{RedirectURI: callback, Now: a.now}); err != nil {
		t.Fatal(err)
	}
	return a
}

// claims are those of a good access token, with changes; nil removes a claim.
func (a *api) claims(changes map[string]any) map[string]any {
	now := a.now().Unix()
	claims := map[string]any{
		"ver": 1, "jti": "AT.1", "iss": a.org.Issuer(), "aud": "api://default", "iat": now, "exp": now + 3600,
		"cid": mockokta.MachineClientID, "scp": []string{"messages:read"}, "sub": mockokta.MachineClientID,
	}
	for name, value := range changes {
		if value == nil {
			delete(claims, name)
			continue
		}
		claims[name] = value
	}
	return claims
}

func (a *api) verify(raw string) error {
	_, err := a.rp.VerifyAccessToken(a.t.Context(), raw)
	return err
}

func TestVerifyAccessToken(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	now := a.now().Unix()
	type changes = map[string]any
	for name, tc := range map[string]struct {
		claims changes
		header changes
		ok     bool
	}{
		"good":                            {ok: true},
		"good for several audiences":      {claims: changes{"aud": []string{"other", "api://default"}}, ok: true},
		"good without scopes":             {claims: changes{"scp": []string{}}, ok: true},
		"good, just over by the clock":    {claims: changes{"exp": now - 60}, ok: true},
		"good, typ at+jwt":                {header: changes{"typ": "at+jwt"}, ok: true},
		"expired":                         {claims: changes{"exp": now - 180}},
		"exp missing":                     {claims: changes{"exp": nil}},
		"exp not a number":                {claims: changes{"exp": "tomorrow"}},
		"issued in the future":            {claims: changes{"iat": now + 180}},
		"iat missing":                     {claims: changes{"iat": nil}},
		"not valid yet":                   {claims: changes{"nbf": now + 180}},
		"another issuer":                  {claims: changes{"iss": "https://evil.example/oauth2/default"}},
		"the org server's":                {claims: changes{"iss": a.org.OrgIssuer()}},
		"iss missing":                     {claims: changes{"iss": nil}},
		"another audience":                {claims: changes{"aud": "api://other"}},
		"aud missing":                     {claims: changes{"aud": nil}},
		"cid missing, no list of clients": {claims: changes{"cid": nil}, ok: true},
		"scope beside scp":                {claims: changes{"scope": "a b"}, ok: true},
		"scope in place of scp":           {claims: changes{"scp": nil, "scope": "a b"}, ok: true},
		"scope not a string":              {claims: changes{"scope": []string{"a"}}},
		"typ at+jwt, no scopes":           {claims: changes{"scp": nil}, header: changes{"typ": "at+jwt"}, ok: true},
		"typ application/AT+JWT":          {claims: changes{"scp": nil}, header: changes{"typ": "application/AT+JWT"}, ok: true},
		"typ JWT, no scopes":              {claims: changes{"scp": nil}, header: changes{"typ": "JWT"}},
		"scp null":                        {claims: changes{"scp": json.RawMessage("null")}},
		"scp of numbers":                  {claims: changes{"scp": []int{1}}},
		"uid not a string":                {claims: changes{"uid": 7}},
		"uid empty":                       {claims: changes{"uid": ""}},
		"cid empty":                       {claims: changes{"cid": ""}},
		"a number beyond any":             {claims: changes{"x": json.Number("1e400")}, ok: true},
		"exp beyond any number":           {claims: changes{"exp": json.Number("1e400")}},
		"an ID token's at_hash":           {claims: changes{"at_hash": "h"}},
		"an ID token's c_hash":            {claims: changes{"c_hash": "h"}},
		"an ID token's nonce, at+jwt":     {claims: changes{"nonce": "n"}, header: changes{"typ": "at+jwt"}},
		"a security event's typ":          {header: changes{"typ": "secevent+jwt"}},
		"Universal Logout's typ":          {header: changes{"typ": "global-token-revocation+jwt"}},
		"a typ that is not a string":      {header: changes{"typ": 7}},
		"a kid that is not a string":      {header: changes{"kid": 7}},
		"alg in capitals beside none":     {header: changes{"alg": "none", "ALG": "RS256"}},
		"cid not a string":                {claims: changes{"cid": 7}},
		"scp missing":                     {claims: changes{"scp": nil}},
		"scp not a list":                  {claims: changes{"scp": "messages:read"}},
		"sub missing":                     {claims: changes{"sub": nil}},
		"sub not a string":                {claims: changes{"sub": 7}},
		"an ID token's nonce":             {claims: changes{"nonce": "n"}},
		"a logout token's events":         {claims: changes{"events": changes{"http://schemas.openid.net/event/backchannel-logout": changes{}}}},
		"a logout token's typ":            {header: changes{"typ": "logout+jwt"}},
		"alg none":                        {header: changes{"alg": "none"}},
		"the public key as HMAC secret":   {header: changes{"alg": "HS256"}},
		"another RSA algorithm":           {header: changes{"alg": "RS512"}},
		"a critical header":               {header: changes{"crit": []string{"b64"}}},
		"a key that nobody publishes":     {header: changes{"kid": "unknown"}},
		"a header that is not an object":  {header: changes{"alg": []string{"RS256"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := a.verify(a.org.Sign(a.claims(tc.claims), tc.header))
			if tc.ok && err != nil {
				t.Errorf("refused: %v", err)
			}
			if !tc.ok && !errors.Is(err, okta.ErrUntrusted) {
				t.Errorf("got %v, want ErrUntrusted", err)
			}
		})
	}
}

func TestVerifyAccessTokenRefusesWhatIsNoTokenOfOurs(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	good := a.org.Sign(a.claims(nil), nil)
	head, signature := good[:strings.LastIndex(good, ".")], good[strings.LastIndex(good, ".")+1:]
	for name, raw := range map[string]string{
		"empty":                       "",
		"words":                       "open sesame",
		"dots":                        "..",
		"no signature":                head,
		"empty signature":             head + ".",
		"signature cut":               head + "." + signature[:len(signature)-8],
		"signature of another":        head + "." + strings.Repeat("A", len(signature)),
		"padded":                      good + "==",
		"a newline inside":            head + "." + signature[:8] + "\n" + signature[8:],
		"a part too many":             good + ".x",
		"another key under known kid": a.org.Forge(a.claims(nil), nil),
		"a list":                      a.org.SignRaw([]byte(`["api://default"]`), nil),
		"null":                        a.org.SignRaw([]byte(`null`), nil),
		"not JSON":                    a.org.SignRaw([]byte(`iss=us`), nil),
		"two JSON values":             a.org.SignRaw([]byte(`{} {}`), nil),
		"far too long":                strings.Repeat("A", 1<<20),
		"good, but over 64 KB":        a.org.Sign(a.claims(map[string]any{"x": strings.Repeat("x", 64<<10)}), nil),
	} {
		if err := a.verify(raw); !errors.Is(err, okta.ErrUntrusted) {
			t.Errorf("%s: got %v, want ErrUntrusted", name, err)
		} else if raw != "" && strings.Contains(err.Error(), raw) {
			t.Errorf("%s: the error holds the token", name)
		}
	}
}

func TestVerifyAccessTokenKnowsItsClients(t *testing.T) {
	t.Parallel()
	a := startAPI(t, map[string]string{"OKTA_API_CLIENT_IDS": "0oaOne," + mockokta.MachineClientID})
	if err := a.verify(a.org.Sign(a.claims(nil), nil)); err != nil {
		t.Errorf("a client that is listed: %v", err)
	}
	for name, cid := range map[string]any{"a client that is not listed": "0oaTwo", "no client": nil} {
		for _, also := range []any{nil, "0oaOne"} { // which at Okta says nothing
			if err := a.verify(a.org.Sign(a.claims(map[string]any{"cid": cid, "azp": also, "client_id": also}), nil)); !errors.Is(err, okta.ErrBadToken) {
				t.Errorf("%s: got %v, want ErrBadToken", name, err)
			}
		}
	}
}

// TestVerifyAccessTokenTellsTokensApart: here the API's audience is the client
// id, so that issuer, audience, times and signature of an ID token all fit.
func TestVerifyAccessTokenTellsTokensApart(t *testing.T) {
	t.Parallel()
	a := startAPI(t, map[string]string{"OKTA_API_AUDIENCE": mockokta.DefaultClientID})
	now := a.now().Unix()
	idToken := map[string]any{
		"iss": a.org.Issuer(), "aud": mockokta.DefaultClientID, "sub": "00u9mockAdaLove1a5d7", "iat": now, "exp": now + 3600,
		"auth_time": now, "amr": []string{"pwd"}, "ver": 1,
	}
	if err := a.verify(a.org.Sign(idToken, nil)); !errors.Is(err, okta.ErrUntrusted) {
		t.Errorf("an ID token: got %v, want ErrUntrusted", err)
	}
	idToken["cid"], idToken["scp"], idToken["nonce"] = "0oaOne", []string{"openid"}, "n"
	if err := a.verify(a.org.Sign(idToken, nil)); !errors.Is(err, okta.ErrUntrusted) {
		t.Errorf("an ID token with the claims of an access token: got %v, want ErrUntrusted", err)
	}
}

// TestVerifyAccessTokenBoundToAKey: DPoP (RFC 9449) and mutual TLS (RFC 8705).
func TestVerifyAccessTokenBoundToAKey(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	for _, cnf := range []any{map[string]any{"jkt": "x"}, map[string]any{"x5t#S256": "x"}, map[string]any{}, "x", json.RawMessage("null")} {
		err := a.verify(a.org.Sign(a.claims(map[string]any{"cnf": cnf}), nil))
		if !errors.Is(err, okta.ErrBound) || !errors.Is(err, okta.ErrBadToken) {
			t.Errorf("cnf %v: got %v, want ErrBound", cnf, err)
		}
	}
}

func TestBearerAtOkta(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	type changes = map[string]any
	for name, tc := range map[string]struct {
		claims          changes
		subject, client string
		scopes          string
	}{
		"a person":             {changes{"sub": "ada@acme.test", "uid": "00u9mockAdaLove1a5d7"}, "00u9mockAdaLove1a5d7", mockokta.MachineClientID, "[messages:read]"},
		"a machine":            {nil, "", mockokta.MachineClientID, "[messages:read]"},
		"a login without id":   {changes{"sub": "ada@acme.test"}, "", mockokta.MachineClientID, "[messages:read]"},
		"no client":            {changes{"sub": "ada@acme.test", "uid": "00u", "cid": nil, "azp": "x", "client_id": "x"}, "00u", "", "[messages:read]"},
		"scopes in both forms": {changes{"scope": "a  messages:read b"}, "", mockokta.MachineClientID, "[messages:read a b]"},
	} {
		got, err := a.rp.VerifyAccessToken(t.Context(), a.org.Sign(a.claims(tc.claims), nil))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Subject != tc.subject || got.ClientID != tc.client || fmt.Sprint(got.Scopes) != tc.scopes {
			t.Errorf("%s: subject %q, client %q, scopes %v", name, got.Subject, got.ClientID, got.Scopes)
		}
	}
}

// TestVerifyAccessTokenKeepsDigits and takes the last of members with one name,
// as RFC 7519 section 4 has it.
func TestVerifyAccessTokenKeepsDigits(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	payload, err := json.Marshal(a.claims(nil))
	if err != nil {
		t.Fatal(err)
	}
	extra := `,"n":281674916028284931,"deep":{"list":[1,281674916028284931,{"x":1e400}]},"cid":"0oaFirst","cid":"0oaLast"}`
	got, err := a.rp.VerifyAccessToken(t.Context(), a.org.SignRaw([]byte(string(payload[:len(payload)-1])+extra), nil))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := json.Marshal([]any{got.Claims["n"], got.Claims["deep"], got.ClientID})
	if want := `[281674916028284931,{"list":[1,281674916028284931,{"x":1e400}]},"0oaLast"]`; err != nil || string(shown) != want {
		t.Errorf("got %s, %v, want %s", shown, err, want)
	}
}

func TestVerifyAccessTokenOfTheOrgServerIsOpaque(t *testing.T) {
	t.Parallel()
	a := startAPI(t, map[string]string{"OKTA_OAUTH2_ISSUER": "org"})
	if err := a.verify(a.org.Sign(a.claims(map[string]any{"iss": a.org.OrgIssuer(), "aud": a.org.OrgIssuer()}), nil)); !errors.Is(err, okta.ErrOpaque) {
		t.Errorf("got %v, want ErrOpaque", err)
	}
}

func TestVerifyAccessTokenWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	raw := a.org.Sign(a.claims(nil), nil)
	a.org.Stop()
	if err := a.verify(raw); !errors.Is(err, okta.ErrUnreachable) {
		t.Errorf("got %v, want ErrUnreachable", err)
	}
	if err := a.org.Restart(); err != nil {
		t.Fatal(err)
	}
	if err := a.verify(raw); err != nil {
		t.Errorf("after it came back: %v", err)
	}
}

// TestVerifyAccessTokenForgetsWithTheKeys withdraws a key: what it has signed is
// refused, seen before or not, as soon as the new keys are known.
func TestVerifyAccessTokenForgetsWithTheKeys(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	seen, unseen := a.org.Sign(a.claims(nil), nil), a.org.Sign(a.claims(map[string]any{"jti": "AT.2"}), nil)
	if err := a.verify(seen); err != nil {
		t.Fatal(err)
	}
	a.org.RotateKeys()
	if err := a.verify(seen); err != nil {
		t.Errorf("before the new keys are known: %v", err)
	}
	if err := a.verify(a.org.Sign(a.claims(nil), nil)); err != nil {
		t.Fatalf("signed with the new key: %v", err)
	}
	for name, raw := range map[string]string{"seen": seen, "unseen": unseen} {
		if err := a.verify(raw); !errors.Is(err, okta.ErrBadToken) {
			t.Errorf("%s, after: got %v, want ErrBadToken", name, err)
		}
	}
}

// TestVerifyAccessTokenAfterLongSilence: nobody asks for days, and meanwhile the
// key is withdrawn, or Okta goes away.
func TestVerifyAccessTokenAfterLongSilence(t *testing.T) {
	t.Parallel()
	sign := func(a *api) string {
		return a.org.Sign(a.claims(map[string]any{"exp": a.now().AddDate(1, 0, 0).Unix()}), nil)
	}
	t.Run("the key is withdrawn", func(t *testing.T) {
		t.Parallel()
		a := startAPI(t, nil)
		raw := sign(a)
		if err := a.verify(raw); err != nil {
			t.Fatal(err)
		}
		a.org.RotateKeys()
		a.pass(72 * time.Hour)
		if err := a.verify(raw); !errors.Is(err, okta.ErrBadToken) {
			t.Errorf("got %v, want ErrBadToken", err)
		}
	})
	t.Run("okta is away", func(t *testing.T) {
		t.Parallel()
		a := startAPI(t, nil)
		raw := sign(a)
		if err := a.verify(raw); err != nil {
			t.Fatal(err)
		}
		a.org.Stop()
		a.pass(24 * time.Hour)
		if err := a.verify(raw); err != nil {
			t.Errorf("after a day: %v", err)
		}
		a.pass(2 * time.Hour)
		if err := a.verify(raw); !errors.Is(err, okta.ErrUnreachable) {
			t.Errorf("after 26 hours: got %v, want ErrUnreachable", err)
		}
		if err := a.rp.Ready(t.Context()); !errors.Is(err, okta.ErrUnreachable) {
			t.Errorf("ready: got %v, want ErrUnreachable", err)
		}
		if err := a.org.Restart(); err != nil {
			t.Fatal(err)
		}
		a.pass(time.Minute)
		if err := a.verify(raw); err != nil {
			t.Errorf("after it came back: %v", err)
		}
	})
}

func TestVerifyAccessTokenAsksForKeysOnce(t *testing.T) {
	t.Parallel()
	a := startAPI(t, nil)
	tokens := make([]string, 4)
	for i := range tokens {
		tokens[i] = a.org.Sign(a.claims(map[string]any{"jti": i}), nil)
	}
	var callers sync.WaitGroup
	for i := range 64 {
		callers.Go(func() {
			bearer, err := a.rp.VerifyAccessToken(t.Context(), tokens[i%len(tokens)])
			if err != nil {
				t.Errorf("caller %d: %v", i, err)
				return
			}
			if got := bearer.Claims["jti"]; got != json.Number(strconv.Itoa(i%len(tokens))) {
				t.Errorf("caller %d is given the claims of token %v", i, got)
			}
		})
	}
	callers.Wait()
	if got := a.org.Count("keys"); got != 1 {
		t.Errorf("asked for keys %d times, want once", got)
	}
}

func FuzzVerifyAccessToken(f *testing.F) {
	now := time.Now()
	org, err := mockokta.Start(mockokta.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { org.Close() })
	cfg, err := config.Load(map[string]string{
		"OKTA_OAUTH2_ISSUER": org.Issuer(), "OKTA_OAUTH2_CLIENT_ID": "0oa", "OKTA_OAUTH2_CLIENT_SECRET": "s",
	})
	if err != nil {
		f.Fatal(err)
	}
	rp, err := okta.New(cfg, okta.Options{RedirectURI: callback, Now: func() time.Time { return now }})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", ".", "..", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.bnVsbA.AA", org.SignRaw([]byte("null"), nil), org.Sign(map[string]any{"iss": org.Issuer()}, nil)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if _, err := rp.VerifyAccessToken(t.Context(), raw); err == nil {
			t.Error("accepted a token that the org has not signed")
		}
	})
}
