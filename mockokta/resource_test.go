package mockokta_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"example.com/okta-gin/mockokta"
)

// startAPI starts an org with a sample API behind it, and a person's bound and unbound token for it.
func startAPI(t *testing.T, rules mockokta.ResourceRules) (b *browser, api *mockokta.Resource, now *clock) {
	t.Helper()
	b, now = startBound(t, func(c *mockokta.Client) { c.RequireDPoP = false })
	api, err := mockokta.StartResource(b.org, "127.0.0.1:0", rules)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { api.Close() })
	return b, api, now
}

func (b *browser) unbound(login, scope string) string {
	return b.tokens(login, scope)["access_token"].(string)
}

// call asks the API with an access token.
func (b *browser) call(method, url, authorization string, proofs ...string) reply {
	b.t.Helper()
	header := http.Header{"Authorization": {authorization}, "Cookie": {"a=b"}, "Dpop": proofs}
	return b.do(method, url, nil, header)
}

func TestSampleAPI(t *testing.T) {
	t.Parallel()
	b, api, _ := startAPI(t, mockokta.ResourceRules{Scope: "messages:read"})
	access := b.unbound("ada@acme.test", "openid messages:read")

	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, api.URL()+"/orders/7%2F8?x=1", strings.NewReader("a body"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{"Authorization": {"Bearer " + access}, "X-Test": {"one", "two"}}
	resp, err := b.c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := reply{resp, string(text)}.json(t)
	who, headers := got["who"].(map[string]any), got["headers"].(map[string]any)
	if who["sub"] != "ada@acme.test" || who["uid"] == "" || who["cid"] != mockokta.DefaultClientID || who["scheme"] != "Bearer" {
		t.Errorf("who: %v", who)
	}
	if got["method"] != "PUT" || got["path"] != "/orders/7%2F8" || got["query"] != "x=1" || got["body"] != "a body" || len(headers["X-Test"].([]any)) != 2 {
		t.Errorf("got %v", got)
	}
	if strings.Contains(string(text), access) {
		t.Error("the answer carries the token")
	}

	for path, want := range map[string]int{
		"/status/204": 204, "/status/503": 503, "/status/302?location=/x": 302, "/status/9": 400, "/slow?for=1ms": 200, "/slow?for=x": 400, "/download?bytes=x": 400, "/events?every=-1s": 400,
	} {
		if got := b.call("GET", api.URL()+path, "Bearer "+access); got.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, got.StatusCode, want)
		}
	}
	if got := b.call("GET", api.URL()+"/download?bytes=100000", "Bearer "+access); len(got.body) != 100000 {
		t.Errorf("downloaded %d", len(got.body))
	}
	if got := b.do("POST", api.URL()+"/upload", map[string][]string{"a": {"b"}}, http.Header{"Authorization": {"Bearer " + access}}).json(t); got["bytes"] != 3.0 || got["sha256"] == "" {
		t.Errorf("uploaded: %v", got)
	}
	if api.Asked() == 0 || api.Let() != api.Asked() {
		t.Errorf("asked %d, let %d", api.Asked(), api.Let())
	}
}

func TestSampleAPIStreams(t *testing.T) {
	t.Parallel()
	b, api, _ := startAPI(t, mockokta.ResourceRules{})
	access := b.unbound("ada@acme.test", "openid")
	got := b.call("GET", api.URL()+"/events?n=3&every=1ms", "Bearer "+access)
	if got.Header.Get("Content-Type") != "text/event-stream" || strings.Count(got.body, "event: tick\n") != 3 {
		t.Errorf("events: %s %q", got.Header.Get("Content-Type"), got.body)
	}

	// events come as they happen, and the server stops when the client leaves
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, api.URL()+"/events?every=1h", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+access)
	resp, err := b.c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); line != "id: 1\n" {
		t.Errorf("first line %q, %v", line, err)
	}
	leave()
	resp.Body.Close()

	conn, _, err := websocket.Dial(t.Context(), api.URL()+"/socket", &websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + access}}})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	for _, want := range []string{"hello ada@acme.test", "one", "two"} {
		if !strings.HasPrefix(want, "hello") {
			if err := conn.Write(t.Context(), websocket.MessageText, []byte(want)); err != nil {
				t.Fatal(err)
			}
		}
		if _, message, err := conn.Read(t.Context()); string(message) != want {
			t.Fatalf("read %q, %v; want %q", message, err, want)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	_, refused, err := websocket.Dial(t.Context(), api.URL()+"/socket", nil)
	if err == nil || refused.StatusCode != http.StatusUnauthorized {
		t.Errorf("socket without a token: %v", err)
	}

	if err := errors.Join(api.Close(), api.Close()); err != nil {
		t.Error(err)
	}
}

func TestSampleAPIRefuses(t *testing.T) {
	t.Parallel()
	b, api, now := startAPI(t, mockokta.ResourceRules{})
	tokens := b.tokens("ada@acme.test", "openid")
	access := tokens["access_token"].(string)
	claims := claimsOf(t, access)
	changed := func(name string, value any) string {
		other := map[string]any{}
		for k, v := range claims {
			other[k] = v
		}
		other[name] = value
		return b.org.Sign(other, nil)
	}
	foreign := newBrowser(t, b.org).atOrg().tokens("ada@acme.test", "openid")["access_token"].(string)
	signature := access[strings.LastIndex(access, ".")+1:]
	for name, tc := range map[string]struct {
		authorization string
		rules         mockokta.ResourceRules
		status        int
		challenge     string
	}{
		"none":            {"", mockokta.ResourceRules{}, 401, "Bearer"},
		"another scheme":  {"Basic " + access, mockokta.ResourceRules{}, 401, "Bearer"},
		"no JWT":          {"Bearer hello", mockokta.ResourceRules{}, 401, `error="invalid_token"`},
		"ID token":        {"Bearer " + tokens["id_token"].(string), mockokta.ResourceRules{Audience: mockokta.DefaultClientID}, 401, "is no access token"},
		"ID token as is":  {"Bearer " + tokens["id_token"].(string), mockokta.ResourceRules{}, 401, "for another audience"},
		"of the org":      {"Bearer " + foreign, mockokta.ResourceRules{}, 401, "no JWT of the authorization server"},
		"forged":          {"Bearer " + b.org.Forge(claims, nil), mockokta.ResourceRules{}, 401, "no JWT of the authorization server"},
		"alg none":        {"Bearer " + b.org.Sign(claims, map[string]any{"alg": "none"}), mockokta.ResourceRules{}, 401, "no JWT of the authorization server"},
		"alg HS256":       {"Bearer " + b.org.Sign(claims, map[string]any{"alg": "HS256"}), mockokta.ResourceRules{}, 401, "no JWT of the authorization server"},
		"other signature": {"Bearer " + changed("sub", "eve")[:40] + "." + signature, mockokta.ResourceRules{}, 401, "no JWT of the authorization server"},
		"other issuer":    {"Bearer " + changed("iss", "https://evil.example"), mockokta.ResourceRules{}, 401, "of another issuer"},
		"other audience":  {"Bearer " + changed("aud", "api://other"), mockokta.ResourceRules{}, 401, "for another audience"},
		"expired":         {"Bearer " + changed("exp", now.Now().Unix()), mockokta.ResourceRules{}, 401, "has expired"},
		"no exp":          {"Bearer " + changed("exp", nil), mockokta.ResourceRules{}, 401, "has expired"},
		"scope":           {"Bearer " + access, mockokta.ResourceRules{Scope: "messages:read"}, 403, `scope="messages:read"`},
		"acr":             {"Bearer " + access, mockokta.ResourceRules{ACR: "phr"}, 401, `error="insufficient_user_authentication", error_description="The sign-in is not good enough for this.", acr_values="phr"`},
		"bound ones only": {"Bearer " + access, mockokta.ResourceRules{BoundOnly: true}, 401, "must be bound to a key"},
		"not bound":       {"DPoP " + access, mockokta.ResourceRules{}, 401, "bound to no key"},
		"nobody":          {"Bearer " + access, mockokta.ResourceRules{RefuseAll: true}, 401, "not welcome"},
	} {
		api.Set(func(r *mockokta.ResourceRules) { *r = tc.rules })
		got := b.call("GET", api.URL()+"/", tc.authorization)
		challenges := strings.Join(got.Header.Values("WWW-Authenticate"), "; ")
		if got.StatusCode != tc.status || !strings.Contains(challenges, tc.challenge) || !strings.Contains(challenges, `algs="RS256 RS384 RS512 ES256 ES384 ES512"`) {
			t.Errorf("%s: %d %s", name, got.StatusCode, challenges)
		}
		if tc.rules.BoundOnly && strings.Contains(challenges, "Bearer") {
			t.Errorf("%s: invites bearers: %s", name, challenges)
		}
	}
	api.Set(func(r *mockokta.ResourceRules) { *r = mockokta.ResourceRules{MaxAge: time.Minute} })
	now.add(2 * time.Minute)
	if got := b.call("GET", api.URL()+"/", "Bearer "+access); !strings.Contains(strings.Join(got.Header.Values("WWW-Authenticate"), ";"), "max_age=60") {
		t.Errorf("max_age: %d %v", got.StatusCode, got.Header)
	}
	api.Set(func(r *mockokta.ResourceRules) { *r = mockokta.ResourceRules{} })
	if got := b.call("GET", api.URL()+"/", "Bearer "+access); got.StatusCode != http.StatusOK {
		t.Errorf("good: %d", got.StatusCode)
	}
	b.org.RevokeAccessTokens("ada@acme.test")
	if got := b.call("GET", api.URL()+"/", "Bearer "+access); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("revoked: %d", got.StatusCode)
	}
	if api.Let() != 1 {
		t.Errorf("let %d through", api.Let())
	}
	api2 := mockokta.NewResource(b.org, mockokta.ResourceRules{})
	if api2.URL() != "" || api2.Close() != nil {
		t.Error("one that listens nowhere")
	}
	if _, err := mockokta.StartResource(b.org, "0.0.0.0:0", mockokta.ResourceRules{}); err == nil {
		t.Error("listens for other machines")
	}
}

func TestSampleAPIWithProofs(t *testing.T) {
	t.Parallel()
	b, api, now := startAPI(t, mockokta.ResourceRules{BoundOnly: true})
	key, other := newKey(t, ""), newKey(t, "")
	access := b.proven(tokenParams(b.signIn("ada@acme.test", nil), nil), key, "1").json(t)["access_token"].(string)
	again := map[string]string{"prompt": "login"}
	second := b.proven(tokenParams(b.signIn("ada@acme.test", again), nil), key, "2").json(t)["access_token"].(string)
	const path = "/orders?page=2"
	call := func(change func(*proof)) reply {
		p := b.newProof(key, "GET", "", rand.Text())
		p.claims["htu"], p.claims["ath"] = api.URL()+"/orders", hashOf(access)
		change(p)
		return b.call("GET", api.URL()+path, "DPoP "+access, p.sign(t))
	}
	if got := call(func(*proof) {}); got.StatusCode != http.StatusOK || got.json(t)["who"].(map[string]any)["scheme"] != "DPoP" || strings.Contains(got.body, "eyJ") {
		t.Errorf("good: %d %s", got.StatusCode, got.body)
	}
	if got := b.call("GET", api.URL()+path, "Bearer "+access); got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.Header.Get("WWW-Authenticate"), "bound to a key and must") {
		t.Errorf("as bearer: %d %v", got.StatusCode, got.Header)
	}
	if got := b.call("GET", api.URL()+path, "DPoP "+access); got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.Header.Get("WWW-Authenticate"), `error="invalid_dpop_proof"`) {
		t.Errorf("without a proof: %d %v", got.StatusCode, got.Header)
	}
	for name, tc := range map[string]struct {
		change func(*proof)
		says   string
	}{
		"replayed":     {func(p *proof) { p.claims["jti"] = "once" }, "was here before"},
		"no id":        {func(p *proof) { delete(p.claims, "jti") }, "has no id"},
		"other method": {func(p *proof) { p.claims["htm"] = "POST" }, "'htm' claim"},
		"other path":   {func(p *proof) { p.claims["htu"] = api.URL() + "/bills" }, "'htu' claim"},
		"other host":   {func(p *proof) { p.claims["htu"] = b.org.URL() + "/orders" }, "'htu' claim"},
		"old":          {func(p *proof) { p.claims["iat"] = now.Now().Add(-6 * time.Minute).Unix() }, "more than five minutes"},
		"other token":  {func(p *proof) { p.claims["ath"] = hashOf(second) }, "for another access token"},
		"no ath":       {func(p *proof) { delete(p.claims, "ath") }, "for another access token"},
		"other key":    {func(p *proof) { p.key, p.header["jwk"] = other, publicHalf(t, other) }, "bound to another key"},
	} {
		if name == "replayed" {
			call(tc.change)
		}
		if got := call(tc.change); got.StatusCode != http.StatusUnauthorized || !strings.Contains(got.Header.Get("WWW-Authenticate"), tc.says) {
			t.Errorf("%s: %d %v", name, got.StatusCode, got.Header)
		}
	}

	api.Set(func(r *mockokta.ResourceRules) { r.Nonces = true })
	nonce := ""
	asks := func(name string, want int) {
		t.Helper()
		got := call(func(p *proof) { p.claims["nonce"] = nonce })
		if got.StatusCode != want || want == 401 && !strings.Contains(got.Header.Get("WWW-Authenticate"), `error="use_dpop_nonce"`) {
			t.Errorf("%s: %d %v", name, got.StatusCode, got.Header)
		}
		nonce = got.Header.Get("DPoP-Nonce")
	}
	asks("without nonce", 401)
	asks("with nonce", 200)
	asks("again", 200)
	api.Set(func(r *mockokta.ResourceRules) { r.FreshNonces = true })
	old := nonce
	asks("fresh", 200)
	nonce, old = old, nonce
	asks("used", 401)
	if nonce == old || nonce == "" {
		t.Errorf("nonce %q after %q", nonce, old)
	}
}
