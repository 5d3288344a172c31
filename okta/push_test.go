package okta_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

// pushed answers a pushed request as RFC 9126 has it.
func pushed(uri string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"request_uri":%q,"expires_in":60}`, uri)
	}
}

func par(setting string) func(*config.Config) {
	return func(cfg *config.Config) { cfg.PAR = setting }
}

// TestPushedRequest: what the browser carries is client_id and request_uri alone, and
// what Okta is handed is the very request that the browser would carry otherwise.
func TestPushedRequest(t *testing.T) {
	t.Parallel()
	a, maxAge := attempt(), 5*time.Minute
	a.MaxAge, a.ACR = &maxAge, "phr"
	hints := okta.Hints{LoginHint: "ada@acme.test", Prompt: "login", Extra: url.Values{"idp": {"0oa"}}}

	plain := startProvider(t, "/realms/demo")
	address, err := plain.relyingParty(par("off")).AuthorizeURL(t.Context(), a, hints)
	if err != nil {
		t.Fatal(err)
	}
	want := queryOf(t, address)
	want.Del("tenant") // of the endpoint's own address
	for _, setting := range []string{"", "auto", "require"} {
		p := startProvider(t, "/realms/demo")
		p.metadata["pushed_authorization_request_endpoint"] = p.server.URL + "/par"
		p.answers["/par"] = pushed("urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c")
		address, err := p.relyingParty(par(setting)).AuthorizeURL(t.Context(), a, hints)
		if err != nil {
			t.Fatal(err)
		}
		got := queryOf(t, address)
		if !strings.HasPrefix(address, p.server.URL+"/authorize?tenant=1&") || len(got) != 3 || got.Get("client_id") != clientID ||
			got.Get("request_uri") != "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c" {
			t.Errorf("%q: the browser is sent to %s", setting, address)
		}
		form := p.forms["/par"]
		if form.Get("client_secret") != secret {
			t.Errorf("%q: not authenticated: %v", setting, form)
		}
		form.Del("client_secret")
		if form.Encode() != want.Encode() {
			t.Errorf("%q: pushed %v\nwant %v", setting, form, want)
		}
	}
}

func queryOf(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// TestWhetherToPush: off pushes nothing, and what can't be had is said before anybody
// signs in, with the setting's name.
func TestWhetherToPush(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		setting           string
		offered, required bool
		pushes            bool
		says              string
	}{
		"auto, offered":          {setting: "auto", offered: true, pushes: true},
		"auto, not offered":      {setting: "auto"},
		"off, offered":           {setting: "off", offered: true},
		"off, required":          {setting: "off", offered: true, required: true, says: "OKTA_PAR is off"},
		"require, not offered":   {setting: "require", says: "OKTA_PAR is require"},
		"require, offered":       {setting: "require", offered: true, pushes: true},
		"auto, required of them": {setting: "auto", offered: true, required: true, pushes: true},
	} {
		p := startProvider(t, "/realms/demo")
		p.answers["/par"] = pushed("urn:example:1")
		if tc.offered {
			p.metadata["pushed_authorization_request_endpoint"] = p.server.URL + "/par"
		}
		p.metadata["require_pushed_authorization_requests"] = tc.required
		rp := p.relyingParty(par(tc.setting))
		address, err := rp.AuthorizeURL(t.Context(), attempt(), okta.Hints{})
		if tc.says != "" {
			if ready := rp.Ready(t.Context()); !errors.Is(err, okta.ErrUntrusted) || !strings.Contains(err.Error(), tc.says) || address != "" || ready == nil {
				t.Errorf("%s: got %q, %v; ready %v", name, address, err, ready)
			}
			continue
		}
		if err != nil || strings.Contains(address, "request_uri=") != tc.pushes || strings.Contains(address, "state=") == tc.pushes {
			t.Errorf("%s: got %q, %v", name, address, err)
		}
	}
}

// TestPushRefused: no answer but a good one sends a browser anywhere, least of all
// with the parameters in the address.
func TestPushRefused(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	for name, tc := range map[string]struct {
		answer http.HandlerFunc
		code   string // of a refusal
		is     error
	}{
		"access denied":       {answer: answer(403, `{"error":"access_denied","error_description":"Policy."}`), code: "access_denied"},
		"invalid client":      {answer: answer(401, `{"error":"invalid_client"}`), code: "invalid_client"},
		"invalid scope":       {answer: answer(400, `{"error":"invalid_scope"}`), code: "invalid_scope"},
		"too many":            {answer: answer(429, `{"errorCode":"E0000047"}`), is: okta.ErrUnreachable},
		"away":                {answer: answer(503, ``), is: okta.ErrUnreachable},
		"no request_uri":      {answer: answer(201, `{"expires_in":60}`), is: okta.ErrUntrusted},
		"an empty one":        {answer: answer(201, `{"request_uri":""}`), is: okta.ErrUntrusted},
		"a relative one":      {answer: answer(201, `{"request_uri":"/x"}`), is: okta.ErrUntrusted},
		"one of another type": {answer: answer(201, `{"request_uri":["urn:x:1"]}`), is: okta.ErrUntrusted},
		"an endless one":      {answer: answer(201, `{"request_uri":"urn:x:`+strings.Repeat("x", 3000)+`"}`), is: okta.ErrUntrusted},
		"HTML":                {answer: answer(200, `<html>`), is: okta.ErrUntrusted},
		"a redirect":          {answer: answer(302, ``), is: nil},
	} {
		p := startProvider(t, "/realms/demo")
		p.metadata["pushed_authorization_request_endpoint"] = p.server.URL + "/par"
		p.answers["/par"] = tc.answer
		address, err := p.relyingParty(nil).AuthorizeURL(t.Context(), attempt(), okta.Hints{})
		if address != "" || err == nil {
			t.Errorf("%s: went on to %q, %v", name, address, err)
		}
		var refusal *okta.Refusal
		if got := errors.As(err, &refusal); got != (tc.code != "") || got && refusal.Code != tc.code {
			t.Errorf("%s: got %v", name, err)
		}
		if tc.is != nil && !errors.Is(err, tc.is) {
			t.Errorf("%s: got %v, want %v", name, err, tc.is)
		}
	}
}
