package apptest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/testkit"
)

// Where Okta tells the app that somebody is to be signed out, who Ada is to it, and what
// its event hook brings as Authorization.
const (
	UniversalPath = "/authorization-code/universal-logout"
	FrontPath     = "/authorization-code/front-channel-logout"
	BackPath      = "/authorization-code/back-channel-logout"
	HookPath      = "/authorization-code/event-hook"

	AdaID      = "00u9mockAdaLove1a5d7"
	HookSecret = "Bearer of-the-event-hook"
)

// Outsider is Okta, or whoever poses as it: no browser, and no cookies.
type Outsider struct {
	T   testing.TB
	App *App
}

// Send sends a request. Headers come as name, value; an empty value removes one.
func (o Outsider) Send(method, path, body string, headers ...string) testkit.Reply {
	o.T.Helper()
	req, err := http.NewRequest(method, o.App.URL+path, strings.NewReader(body))
	if err != nil {
		o.T.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Del(headers[i])
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.T.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		o.T.Fatal(err)
	}
	return testkit.Reply{Response: resp, Body: string(read)}
}

// Tampering changes a logout token before it is signed.
type Tampering = func(header, claims map[string]any)

// Universal asks for a Universal Logout, with a token that change has changed.
func (o Outsider) Universal(body string, change Tampering, headers ...string) testkit.Reply {
	o.T.Helper()
	token := o.App.Org.LogoutToken(o.App.URL+UniversalPath, change)
	return o.Send(http.MethodPost, UniversalPath, body, append([]string{"Authorization", "Bearer " + token, "Content-Type", "application/json"}, headers...)...)
}

// Back sends a logout token to the back channel.
func (o Outsider) Back(token string) testkit.Reply {
	o.T.Helper()
	return o.Send(http.MethodPost, BackPath, url.Values{"logout_token": {token}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// Front loads the front channel as the frame of a page of Okta's does, or posts to it.
func (o Outsider) Front(method, iss, sid string) testkit.Reply {
	o.T.Helper()
	params := url.Values{"iss": {iss}, "sid": {sid}}.Encode()
	if method == http.MethodPost {
		return o.Send(method, FrontPath, params, "Content-Type", "application/x-www-form-urlencoded", "Origin", o.App.Org.URL(), "Sec-Fetch-Site", "cross-site")
	}
	return o.Send(method, FrontPath+"?"+params, "", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate")
}

// Hook delivers events.
func (o Outsider) Hook(events ...map[string]any) testkit.Reply {
	o.T.Helper()
	return o.Send(http.MethodPost, HookPath, Delivery(o.T, events...), "Authorization", HookSecret, "Content-Type", "application/json")
}

// Delivery is the body of a request with these events.
func Delivery(t testing.TB, events ...map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"eventType": "com.okta.event_hook", "data": map[string]any{"events": events}})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
