package answers_test

import (
	"bytes"
	"encoding/base64"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// watched is a browser's transport that keeps what passes: what must not be
// logged, and every body that the app sends.
type watched struct {
	mu      sync.Mutex
	app     string
	secrets map[string]string // value to what it is
	bodies  []string
}

func (w *watched) add(what string, values ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, value := range values {
		if len(value) > 8 {
			w.secrets[value] = what
		}
	}
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	w.query(r.URL)
	ours := strings.HasPrefix(r.URL.String(), w.app)
	for _, c := range resp.Cookies() {
		w.add("the cookie "+c.Name, c.Value)
	}
	target, err := resp.Location()
	if err == nil {
		w.query(target)
	}
	if err == nil || !ours { // a redirect's body repeats its header
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bodies = append(w.bodies, r.Method+" "+r.URL.Path+"\n"+string(body))
	return resp, err
}

// query knows the secrets of the protocol, which travel in redirects.
func (w *watched) query(u *url.URL) {
	for _, name := range []string{"code", "state", "code_challenge", "id_token_hint"} {
		w.add(name, u.Query()[name]...)
	}
}

// A whole journey, with all that can go wrong on the way, leaves no secret in
// the logs or on a page.
func TestNoSecretIsToldAnywhere(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{
		Env: map[string]string{"LOG_LEVEL": "debug", "OKTA_SCOPES": "openid profile email offline_access", "OKTA_API_TOKEN": mockokta.DefaultAPIToken},
	})
	w := &watched{app: app.URL, secrets: map[string]string{}}
	w.add("the client secret", mockokta.DefaultClientSecret)
	w.add("the API token", mockokta.DefaultAPIToken)
	w.add("the session secret", "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d", string(app.Cfg.SessionKeys()[0]), base64.StdEncoding.EncodeToString(app.Cfg.SessionKeys()[0]))
	w.add("a password", testkit.PasswordOf(testkit.Ada), testkit.PasswordOf(testkit.Eve))
	app.Org.Set(func(k *mockokta.Knobs) {
		k.AccessTokenLifetime = 5 * time.Minute
		k.TamperToken = func(o apptest.Object) {
			for _, name := range []string{"access_token", "id_token", "refresh_token"} {
				token, _ := o[name].(string)
				w.add("the "+name, token, token[strings.LastIndex(token, ".")+1:])
			}
		}
	})
	newBrowser := func() *apptest.Browser {
		b := app.Browser()
		b.Client.Transport = w
		return b
	}
	b := newBrowser()
	callback := b.ToCallback("/greet", testkit.Ada)
	stranger := newBrowser()
	stranger.Get(callback)
	b.Follow(b.Get(callback))
	b.Get(callback)
	for _, path := range []string{"/", apptest.ProfilePath, "/api/me", "/api/messages", testkit.LogoutPath, "/nowhere", "/readyz", "/metrics", "/?a=%00"} {
		b.Get(path)
		b.Get(path, "Accept", "application/json")
	}
	app.Clock.Add(6 * time.Minute)
	b.Get(apptest.ProfilePath) // renewed
	newBrowser().SignIn("/greet", testkit.Eve)
	newBrowser().Get(testkit.CallbackPath + "?error=access_denied&error_description=secretive&state=forgedforged")
	token := apptest.Part(app.Org.Sign(apptest.Object{"a": 1}, nil), 0)
	newBrowser().Get("/api/me", "Authorization", "Bearer "+app.Org.Sign(apptest.Object{"sub": "x"}, token))

	for _, knob := range []func(*mockokta.Knobs){
		apptest.Answer("token", 200, htmlType, "no tokens"), apptest.Answer("token", 401, jsonType, `{"error":"invalid_client","error_description":"The client secret is wrong."}`),
		apptest.Answer("userinfo", 500, jsonType, "{}"), apptest.Answer("userinfo", 401, "", ""), apptest.Answer("keys", 500, jsonType, "{}"),
		func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims apptest.Object) { claims["aud"] = "another" }
		},
		func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims apptest.Object) { claims["at_hash"] = "another" }
		},
		func(k *mockokta.Knobs) {
			k.TamperIDToken = func(header, _ apptest.Object) { header["kid"] = "unknown" }
		},
	} {
		c := newBrowser()
		app.Org.Set(func(k *mockokta.Knobs) { wellAgain(k); k.TamperIDToken = nil; knob(k) })
		c.Follow(c.Get(c.ToCallback("/greet", testkit.Ada)))
	}
	app.Org.Set(func(k *mockokta.Knobs) { wellAgain(k); k.TamperIDToken = nil })
	away := newBrowser()
	answerLost := away.ToCallback("/greet", testkit.Ada)
	app.Org.Stop()
	away.Get(answerLost)
	app.Clock.Add(6 * time.Minute)
	b.Get(apptest.ProfilePath) // not renewed
	b.Post(testkit.LogoutPath, nil)
	away.Get(testkit.LoginPath)

	w.mu.Lock()
	defer w.mu.Unlock()
	kinds := map[string]bool{}
	logged := app.Logs.String()
	for value, what := range w.secrets {
		name, _, _ := strings.Cut(what, "okta_session_attempt_")
		kinds[name] = true
		for _, form := range []string{value, url.QueryEscape(value), html.EscapeString(value)} {
			if strings.Contains(logged, form) {
				t.Errorf("%s is logged", what)
			}
			for _, body := range w.bodies {
				if strings.Contains(body, form) {
					page, _, _ := strings.Cut(body, "\n")
					t.Errorf("%s is on the page %s", what, page)
				}
			}
		}
	}
	if len(kinds) < 13 || len(w.bodies) < 30 || strings.Count(logged, "\n") < 60 {
		t.Errorf("the journey was too short: %d pages, %d log lines, secrets of the kinds %v", len(w.bodies), strings.Count(logged, "\n"), kinds)
	}
}
