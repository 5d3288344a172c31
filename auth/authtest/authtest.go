// Package authtest signs people in to an app under test, without Okta and without a
// request to the app's sign-in. What it makes is what a sign-in makes, in either
// store of sessions: the app's SignedIn hook is asked, Options.KeepClaim and
// GroupsClaim count, and every rule judges the caller as it would any other.
//
// It belongs in tests. Its functions take a testing.TB and panic in a program that is
// no test; `go list -deps .` tells whether a program contains it.
package authtest

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/gorilla/sessions"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/auth/internal/seam"
	"example.com/okta-gin/notes"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

// Person is whom a test signs in. The zero Person is somebody in no group.
type Person struct {
	Subject     string // the claim sub. Empty: "00u0authtest"
	Name, Email string
	Groups      []string  // where Options.GroupsClaim has them
	ACR         string    // how strongly they authenticated, such as "urn:okta:loa:2fa:any"
	AuthTime    time.Time // when they did. Zero: now, by the clock of the Auth
	// Claims are any others, and go before those made from the fields above.
	Claims map[string]any
}

const (
	someone = "00u0authtest"
	client  = "0oa0authtest"
	// someToken is what is in the Authorization header: it says nothing by itself.
	someToken = "authtest"
	timeout   = 30 * time.Second
)

// Request returns r as the browser of p sends it: with a session of okta's. The test
// fails where the app's SignedIn hook refuses p, and for an r that was served before:
// what was read of it then is remembered in its context.
func Request(t testing.TB, okta *auth.Auth, r *http.Request, p Person) *http.Request {
	t.Helper()
	s := open(okta)
	if r = r.Clone(r.Context()); wasServed(r) {
		t.Fatal("authtest: this request was served before and remembers that nobody is signed in: make a new one")
	}
	for _, cookie := range signIn(t, s, p) {
		r.AddCookie(cookie)
	}
	return r
}

// Bearer returns r as a program sends it that has an access token for scopes, issued
// to it for p; without p.Subject the program acts for nobody. RequireScope alone
// reads such tokens. It works for as long as r stays in this process: hand it to a
// handler's ServeHTTP.
//
// The client is "0oa0authtest", or what the claim cid in p.Claims says.
func Bearer(t testing.TB, okta *auth.Auth, r *http.Request, p Person, scopes ...string) *http.Request {
	t.Helper()
	s := open(okta)
	b := bearerOf(t, s, p, scopes)
	r = r.Clone(seam.WithToken(r.Context(), s.Owner, someToken, b))
	r.Header.Set("Authorization", "Bearer "+someToken)
	return r
}

// Browser returns a client that p is signed in with at server, which serves an app
// with okta. It keeps cookies and follows the app's redirects, but none to elsewhere:
// that answer is returned as it is. Where BASE_URL is https, server must be one of
// httptest.NewTLSServer.
func Browser(t testing.TB, okta *auth.Auth, server *httptest.Server, p Person) *http.Client {
	t.Helper()
	s := open(okta)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatalf("authtest: the server's URL: %v", err)
	}
	if s.Secure && at.Scheme != "https" {
		t.Fatal("authtest: BASE_URL is https, and its cookies go to no other server: use httptest.NewTLSServer")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("authtest: %v", err)
	}
	jar.SetCookies(at, signIn(t, s, p))
	return &http.Client{
		Transport: server.Client().Transport, Jar: jar, Timeout: timeout,
		CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			if r.URL.Scheme != at.Scheme || r.URL.Host != at.Host {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// wasServed reports whether sessions have been read from r: by this module, which notes
// it, or by the library of others, which gives a request a new context to remember them in,
// once.
func wasServed(r *http.Request) bool {
	if notes.In(r.Context()) != nil {
		return true
	}
	probe := r.WithContext(r.Context())
	sessions.GetRegistry(probe)
	return probe.Context() == r.Context()
}

// open returns what okta lets tests do, and nothing outside of one.
func open(okta *auth.Auth) seam.Seam {
	if !testing.Testing() {
		panic("authtest: this program is no test; package authtest must not be part of it")
	}
	return okta.ForTests(seam.NewKey())
}

// signIn returns the cookies of a browser in which p has just signed in.
func signIn(t testing.TB, s seam.Seam, p Person) []*http.Cookie {
	t.Helper()
	if p.Subject == "" {
		p.Subject = someone
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	if err := s.SignIn(w, r, p.claims(t, s, map[string]any{"sub": p.Subject})); err != nil {
		var refusal *auth.Problem
		if errors.As(err, &refusal) {
			t.Fatalf("authtest: %s is not let in: %v: %s", p.Subject, err, refusal.Detail)
		}
		t.Fatalf("authtest: sign in %s: %v", p.Subject, err)
	}
	return w.Result().Cookies()
}

func bearerOf(t testing.TB, s seam.Seam, p Person, scopes []string) *okta.Bearer {
	t.Helper()
	base := map[string]any{"cid": client, "scp": scopes}
	if p.Subject != "" {
		base["uid"], base["sub"] = p.Subject, p.Subject
	}
	values := p.claims(t, s, base)
	b := &okta.Bearer{Claims: values, Scopes: scopes}
	b.Subject, _ = values["uid"].(string)
	b.ClientID, _ = values["cid"].(string)
	return b
}

// claims are base and what p says, as JSON brings them: with numbers as json.Number.
func (p Person) claims(t testing.TB, s seam.Seam, base map[string]any) map[string]any {
	t.Helper()
	now := s.Now()
	if p.AuthTime.IsZero() {
		p.AuthTime = now
	}
	values := map[string]any{"iss": s.Issuer, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "auth_time": p.AuthTime.Unix()}
	maps.Copy(values, base)
	for name, value := range map[string]string{"name": p.Name, "email": p.Email, "preferred_username": p.Email, "acr": p.ACR} {
		if value != "" {
			values[name] = value
		}
	}
	maps.Copy(values, p.Claims)
	if p.Groups != nil {
		place(values, s.GroupsClaim, p.Groups)
	}
	object, err := json.Marshal(values)
	if err != nil {
		t.Fatalf("authtest: the claims are no JSON: %v", err)
	}
	decoded, err := (&session.Session{Claims: object}).Values()
	if err != nil {
		t.Fatalf("authtest: %v", err)
	}
	return decoded
}

// place puts groups at path in values, and changes no map within.
func place(values map[string]any, path []string, groups []string) {
	for _, name := range path[:len(path)-1] {
		inner, _ := values[name].(map[string]any)
		inner = maps.Clone(inner)
		if inner == nil {
			inner = make(map[string]any)
		}
		values[name] = inner
		values = inner
	}
	values[path[len(path)-1]] = groups
}
