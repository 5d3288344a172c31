package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"example.com/okta-gin/mockokta"
)

const sessionSecret = "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d"

// samplePort is written into Okta's sample.
const samplePort = 8080

// org is the stand-in, with a client for each of the ports.
type org struct {
	*mockokta.Org
	ports []int
}

// newOrg starts an org for a handful of apps.
func newOrg() (*org, error) {
	o := &org{}
	client := mockokta.Client{}
	for i := range 16 {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		if i == 0 {
			port = samplePort
		} else {
			o.ports = append(o.ports, port)
		}
		app := mockokta.WebClient("http://localhost:" + strconv.Itoa(port))
		redirects, logouts := append(client.RedirectURIs, app.RedirectURIs...), append(client.LogoutURIs, app.LogoutURIs...)
		client = app
		client.RedirectURIs, client.LogoutURIs = redirects, logouts
	}
	var err error
	if o.Org, err = mockokta.Start(mockokta.Options{Addr: "127.0.0.1:0", Clients: []mockokta.Client{client}}); err != nil {
		return nil, err
	}
	return o, o.drawKeys()
}

// drawKeys has the org draw its keys, which takes it longer than an app takes to start.
func (o *org) drawKeys() error {
	resp, err := http.Get(o.Issuer() + "/v1/keys")
	if err != nil {
		return fmt.Errorf("ask the org for its keys: %w", err)
	}
	return resp.Body.Close()
}

func (o *org) close() { o.Close() }

// app starts program as an app of the org, with further settings.
func (b *bench) app(ctx context.Context, o *org, program, ready string, settings map[string]string) (*server, error) {
	if len(o.ports) == 0 {
		return nil, fmt.Errorf("the org knows no further app")
	}
	port := o.ports[0]
	o.ports = o.ports[1:]
	env := map[string]string{
		"PORT":                      strconv.Itoa(port),
		"BASE_URL":                  "http://localhost:" + strconv.Itoa(port),
		"OKTA_OAUTH2_ISSUER":        o.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"SESSION_SECRET":            sessionSecret,
	}
	maps.Copy(env, settings)
	var environ []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		environ = append(environ, name+"="+env[name])
	}
	return start(ctx, b.dir, program, ready, port, environ)
}

// person signs in at a server on the way to a page, and returns what a browser of theirs
// sends, and the page.
func person(s *server, page string) (headers []string, answer answer, err error) {
	v, err := newVisitor()
	if err != nil {
		return nil, answer, err
	}
	resp, body, err := v.signIn(s.url+page, login, password)
	if err != nil {
		return nil, answer, err
	}
	headers, err = v.headers(s.url + page)
	answer.header, answer.body = resp.Header, body
	return headers, answer, err
}
