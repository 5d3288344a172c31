package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session"
)

// memory watches the size of the app while people come by: each has a session of their
// own and looks at their profile once. The first signs in at the org, the others by
// sessions that are sealed here with the app's secret.
func (b *bench) memory(ctx context.Context, o *org) error {
	const cookieName = "okta_bench"
	app, err := b.app(ctx, o, b.program, "/readyz", map[string]string{"COOKIE_NAME": cookieName})
	if err != nil {
		return err
	}
	defer app.stop()
	headers, _, err := person(app, "/profile")
	if err != nil {
		return err
	}
	me, err := ask(app.url+"/api/me", headers)
	if err != nil {
		return err
	}
	var claims map[string]any
	if err := json.Unmarshal(me.body, &claims); err != nil {
		return err
	}
	secret, err := hex.DecodeString(sessionSecret)
	if err != nil {
		return err
	}
	sessions, err := session.NewCookies(session.Options{
		Realm: o.Issuer() + "\n" + mockokta.DefaultClientID, CookieName: cookieName, Secrets: [][]byte{secret},
		IdleTimeout: time.Hour, MaxAge: 12 * time.Hour,
	})
	if err != nil {
		return err
	}
	for n := range b.people {
		name := "Person " + strconv.Itoa(n)
		claims["sub"], claims["name"] = "00u"+strconv.Itoa(n), name
		cookies, err := signedIn(sessions, claims)
		if err != nil {
			return err
		}
		page, err := ask(app.url+"/profile", []string{"Accept: text/html", "Cookie: " + cookies})
		if err != nil {
			return err
		}
		if !bytes.Contains(page.body, []byte(name)) {
			return fmt.Errorf("the profile of %s is somebody else's", name)
		}
		if came := n + 1; came == b.people || came == 500 || came == 2000 || came == 10000 || came%25000 == 0 {
			size, err := app.memory()
			if err != nil {
				return err
			}
			fmt.Fprintf(b.out, "after %d people: %v (goal: 40 MB of its own)\n", came, size)
		}
	}
	return nil
}

// signedIn returns the cookies of somebody who has these claims.
func signedIn(sessions *session.Sessions, claims map[string]any) (string, error) {
	object, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signature := make([]byte, 256)
	rand.Read(signature) // never fails, see crypto/rand
	token := `eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ.` + base64.RawURLEncoding.EncodeToString(object) + "." + base64.RawURLEncoding.EncodeToString(signature)
	w := httptest.NewRecorder()
	_, err = sessions.Start(w, httptest.NewRequest(http.MethodGet, "/", nil), session.Session{
		Subject: claims["sub"].(string), Claims: object, IDToken: token, Browser: "Firefox on Linux",
	})
	if err != nil {
		return "", err
	}
	r := http.Request{Header: http.Header{}}
	for _, cookie := range w.Result().Cookies() {
		r.AddCookie(cookie)
	}
	return r.Header.Get("Cookie"), nil
}
