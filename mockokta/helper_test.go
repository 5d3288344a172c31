package mockokta_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/mockokta"
)

const (
	callback = "http://localhost:8080/authorization-code/callback"
	signOut  = "http://localhost:8080"
	verifier = "a-verifier-of-at-least-forty-three-characters-0001"
)

// clock is a settable time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1790000000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func start(t *testing.T, o mockokta.Options) *mockokta.Org {
	t.Helper()
	org, err := mockokta.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	return org
}

// browser keeps cookies and follows no redirect.
type browser struct {
	t   *testing.T
	org *mockokta.Org
	c   *http.Client
	as  string // base path of the authorization server
}

func newBrowser(t *testing.T, org *mockokta.Org) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, org, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, "/oauth2/default"}
}

// atOrg is the same browser for the org authorization server.
func (b *browser) atOrg() *browser {
	c := *b
	c.as = "/oauth2"
	return &c
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("status %d, body %q: %v", r.StatusCode, r.body, err)
	}
	return v
}

func (r reply) doc(t *testing.T) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// redirect returns the parameters of a redirect to uri.
func (r reply) redirect(t *testing.T, uri string) url.Values {
	t.Helper()
	target, query, _ := strings.Cut(r.Header.Get("Location"), "?")
	if r.StatusCode != http.StatusFound || target != uri {
		t.Fatalf("got status %d to %q, want 302 to %s\n%s", r.StatusCode, r.Header.Get("Location"), uri, r.body)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func (b *browser) do(method, target string, form url.Values, header http.Header) reply {
	b.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, target, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	maps.Copy(req.Header, header)
	resp, err := b.c.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{resp, string(read)}
}

func (b *browser) get(path string) reply {
	return b.do(http.MethodGet, b.org.URL()+path, nil, nil)
}

func (b *browser) post(path string, form url.Values) reply {
	return b.do(http.MethodPost, b.org.URL()+path, form, nil)
}

// json posts a JSON body as a script does.
func (b *browser) json(path string, body any, header http.Header) reply {
	b.t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.org.URL()+path, bytes.NewReader(encoded))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	maps.Copy(req.Header, header)
	resp, err := b.c.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{resp, string(read)}
}

// authorizeParams is a good authorize request with changes: an empty value removes the parameter.
func authorizeParams(changes map[string]string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	params := url.Values{
		"client_id": {mockokta.DefaultClientID}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid profile email"},
		"state": {"state-1"}, "nonce": {"nonce-1"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])},
	}
	for name, value := range changes {
		params.Del(name)
		if value != "" {
			params.Set(name, value)
		}
	}
	return params
}

func (b *browser) authorize(changes map[string]string) reply {
	return b.get(b.as + "/v1/authorize?" + authorizeParams(changes).Encode())
}

// submit fills in the sign-in page.
func (b *browser) submit(page reply, login, password string) reply {
	b.t.Helper()
	form := page.doc(b.t).Find("form")
	action, _ := form.Attr("action")
	transaction, found := form.Find("input[name=transaction]").Attr("value")
	if !found {
		b.t.Fatalf("no sign-in form, status %d: %s", page.StatusCode, page.body)
	}
	return b.post(action, url.Values{"transaction": {transaction}, "username": {login}, "password": {password}})
}

// signIn goes through the sign-in page as a sample person and returns the code.
func (b *browser) signIn(login string, changes map[string]string) string {
	b.t.Helper()
	short, _, _ := strings.Cut(login, "@")
	answer := b.submit(b.authorize(changes), login, "correct-horse-"+short).redirect(b.t, callback)
	if answer.Get("code") == "" {
		b.t.Fatalf("no code: %v", answer)
	}
	return answer.Get("code")
}

// tokenParams is a good code exchange with changes.
func tokenParams(code string, changes map[string]string) url.Values {
	params := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "code_verifier": {verifier},
		"client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret},
	}
	for name, value := range changes {
		params.Del(name)
		if value != "" {
			params.Set(name, value)
		}
	}
	return params
}

func (b *browser) token(params url.Values) reply { return b.post(b.as+"/v1/token", params) }

// tokens signs in and redeems the code.
func (b *browser) tokens(login, scope string) map[string]any {
	b.t.Helper()
	answer := b.token(tokenParams(b.signIn(login, map[string]string{"scope": scope}), nil))
	if answer.StatusCode != http.StatusOK {
		b.t.Fatalf("token: %d %s", answer.StatusCode, answer.body)
	}
	return answer.json(b.t)
}

func (b *browser) refresh(token any) reply {
	b.t.Helper()
	return b.token(url.Values{
		"grant_type": {"refresh_token"}, "refresh_token": {token.(string)},
		"client_id": {mockokta.DefaultClientID}, "client_secret": {mockokta.DefaultClientSecret},
	})
}

func (b *browser) bearer(path string, token any) reply {
	b.t.Helper()
	return b.do(http.MethodGet, b.org.URL()+path, nil, http.Header{"Authorization": {"Bearer " + token.(string)}})
}

// part decodes a part of a JWT without checking it.
func part(t *testing.T, jwt any, n int) map[string]any {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(jwt.(string), ".")[n])
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// basicAuth is the credentials of an Authorization header.
func basicAuth(id, secret string) string {
	return base64.StdEncoding.EncodeToString([]byte(id + ":" + secret))
}

func claimsOf(t *testing.T, jwt any) map[string]any {
	t.Helper()
	return part(t, jwt, 1)
}

// wantOAuthError checks the body and status of an OAuth refusal.
func wantOAuthError(t *testing.T, got reply, status int, code, description string) {
	t.Helper()
	body := got.json(t)
	if got.StatusCode != status || body["error"] != code || !strings.HasPrefix(body["error_description"].(string), description) {
		t.Errorf("got %d %v, want %d %s %q", got.StatusCode, body, status, code, description)
	}
	if got.Header.Get("Cache-Control") != "no-cache, no-store" {
		t.Errorf("Cache-Control %q", got.Header.Get("Cache-Control"))
	}
}
