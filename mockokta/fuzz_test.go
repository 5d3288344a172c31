package mockokta_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

// Whatever is asked, the org neither breaks nor sends a browser anywhere but to the registered URIs and its own pages.
func FuzzRequests(f *testing.F) {
	org, err := mockokta.New(mockokta.Options{})
	if err != nil {
		f.Fatal(err)
	}
	hint := org.Sign(map[string]any{"iss": org.Issuer(), "aud": mockokta.DefaultClientID, "sub": "00u9mockAdaLove1a5d7"}, nil)
	f.Add(http.MethodGet, "/oauth2/default/v1/authorize", authorizeParams(nil).Encode())
	f.Add(http.MethodGet, "/oauth2/v1/authorize", authorizeParams(map[string]string{"response_mode": "form_post", "scope": "x"}).Encode())
	f.Add(http.MethodGet, "/oauth2/default/v1/logout", url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {signOut}}.Encode())
	f.Add(http.MethodPost, "/oauth2/default/v1/token", tokenParams("code", nil).Encode())
	f.Add(http.MethodPost, "/oauth2/default/v1/token", "client_assertion=a.b.c&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	f.Add(http.MethodPost, "/login/signin", "transaction=&username=ada&password=correct-horse-ada")
	f.Add(http.MethodPost, "/api/v1/authn", `{"username":"ada","password":"x"}`)
	f.Add(http.MethodGet, "/api/v1/users/%2e%2e/groups", "limit=1&after=x")
	f.Add(http.MethodGet, "/pages/..%2forg.go", "")
	f.Fuzz(func(t *testing.T, method, path, params string) {
		target, err := url.Parse(org.URL() + path)
		if err != nil || !strings.HasPrefix(path, "/") {
			return
		}
		req := &http.Request{Method: method, URL: target, Host: target.Host, Header: http.Header{}, Body: http.NoBody}
		if method == http.MethodPost {
			req = httptest.NewRequest(method, org.URL(), strings.NewReader(params))
			req.URL = target
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if strings.HasPrefix(params, "{") {
				req.Header.Set("Content-Type", "application/json")
			}
		} else {
			req.URL.RawQuery = params
		}
		answer := httptest.NewRecorder()
		org.ServeHTTP(answer, req)
		if answer.Code >= 500 {
			t.Errorf("%s %s: status %d", method, target, answer.Code)
		}
		location := answer.Header().Get("Location")
		if location == "" || strings.HasPrefix(location, "/") && !strings.HasPrefix(location, "//") {
			return
		}
		if rest, ours := strings.CutPrefix(location, callback); ours && (rest[0] == '?' || rest[0] == '#') {
			return
		}
		if location != signOut && !strings.HasPrefix(location, signOut+"?") {
			t.Errorf("%s %s leads to %q", method, target, location)
		}
	})
}

// Whatever a script posts, a sign-in neither breaks nor ends well without the password.
func FuzzIdentityEngine(f *testing.F) {
	org, err := mockokta.New(mockokta.Options{})
	if err != nil {
		f.Fatal(err)
	}
	org.Set(func(k *mockokta.Knobs) { k.LockAfter = 1 << 30 })
	post := func(path, contentType, body string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(http.MethodPost, org.URL()+path, strings.NewReader(body))
		req.Header.Set("Content-Type", contentType)
		answer := httptest.NewRecorder()
		org.ServeHTTP(answer, req)
		return answer
	}
	for _, path := range []string{"introspect", "identify", "challenge", "challenge/answer", "challenge/resend", "challenge/poll", "cancel", "recover", "enroll", "credential/enroll", "skip"} {
		f.Add(path, `"identifier":"hedy@acme.test"`, path, `"credentials":{"passcode":"x"}`)
	}
	f.Add("identify", `"identifier":"katherine","credentials":{"passcode":"wrong"}`, "challenge/answer", `"credentials":{"passcode":"000000","totp":""}`)
	f.Add("identify", `"identifier":""`, "challenge", `"authenticator":{"id":"aut1mockEmail0005d7a","methodType":"email"}`)
	f.Add("identify", `"identifier":{}`, "challenge/answer", `"credentials":null`)
	f.Fuzz(func(t *testing.T, path1, body1, path2, body2 string) {
		var begun struct {
			Handle string `json:"interaction_handle"`
		}
		if err := json.Unmarshal(post("/oauth2/default/v1/interact", "application/x-www-form-urlencoded", interactParams(nil).Encode()).Body.Bytes(), &begun); err != nil {
			t.Fatal(err)
		}
		for _, step := range [][2]string{{path1, body1}, {path2, body2}} {
			if _, err := url.ParseRequestURI("/" + step[0]); err != nil || strings.ContainsAny(step[0], " ?#") || strings.Contains(step[1], "correct-horse") {
				return
			}
			answer := post("/idp/idx/"+step[0], "application/json", `{"interactionHandle":"`+begun.Handle+`",`+step[1]+`}`)
			if answer.Code >= 500 || strings.Contains(answer.Body.String(), "successWithInteractionCode") {
				t.Errorf("%s %s: %d %s", step[0], step[1], answer.Code, answer.Body.String())
			}
		}
	})
}

// Whatever a proof or a request object says, nobody gets a token by it.
func FuzzProofs(f *testing.F) {
	client := mockokta.Client{ID: "0oafuzz", Secret: "a-secret-of-more-than-thirty-two-letters", Grants: []string{"client_credentials"}, RequireDPoP: true}
	org, err := mockokta.New(mockokta.Options{Clients: []mockokta.Client{client, mockokta.DefaultClient()}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2In0.e30.AAAA")
	f.Add("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIn19.e30.AAAA")
	f.Add(`{"payload":"e30","signatures":[{}]}`)
	f.Add("..")
	f.Fuzz(func(t *testing.T, raw string) {
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {"messages:read"}, "client_id": {client.ID}, "client_secret": {client.Secret}}
		req := httptest.NewRequest(http.MethodPost, org.URL()+"/oauth2/default/v1/token", strings.NewReader(form.Encode()))
		req.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Dpop": {raw}}
		answer := httptest.NewRecorder()
		org.ServeHTTP(answer, req)
		if answer.Code != http.StatusBadRequest {
			t.Errorf("proof %q: %d %s", raw, answer.Code, answer.Body)
		}
		query := url.Values{"client_id": {mockokta.DefaultClientID}, "request": {raw}}
		answer = httptest.NewRecorder()
		org.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, org.URL()+"/oauth2/default/v1/authorize?"+query.Encode(), nil))
		if answer.Code != http.StatusBadRequest {
			t.Errorf("request object %q: %d", raw, answer.Code)
		}
	})
}
