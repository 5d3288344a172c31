package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

// startPushing is a host whose org offers pushed authorization requests.
func startPushing(t *testing.T, env map[string]string) *host {
	t.Helper()
	h := start(t, setup{env: env, app: page(t)})
	h.org.Set(func(k *mockokta.Knobs) { k.PAR = true })
	return h
}

// TestPushedSignIn: the browser carries client_id and request_uri to Okta and nothing
// else, and Okta is asked three times: the push, the token, the profile.
func TestPushedSignIn(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"auto", "require"} {
		h := startPushing(t, map[string]string{"OKTA_PAR": setting})
		h.browser().signIn("/closed", grace) // metadata and keys
		h.org.ResetCounts()
		r, way := h.browser().visit("/closed?page=2", ada)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", setting, r.StatusCode, r.body)
		}
		if h.org.Count("") != 3 || h.org.Count("par") != 1 || h.org.Count("token") != 1 || h.org.Count("userinfo") != 1 {
			t.Errorf("%s: %d requests to Okta", setting, h.org.Count(""))
		}
		sent := false
		for _, address := range way {
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(u.Path, "/v1/authorize") {
				continue
			}
			sent = true
			if q := u.Query(); len(q) != 2 || q.Get("client_id") != mockokta.DefaultClientID || !strings.HasPrefix(q.Get("request_uri"), "urn:okta:") {
				t.Errorf("%s: the browser carried %s", setting, u.RawQuery)
			}
		}
		if !sent {
			t.Errorf("%s: the browser never came to Okta: %v", setting, way)
		}
	}
}

func TestPushIsOff(t *testing.T) {
	t.Parallel()
	h := startPushing(t, map[string]string{"OKTA_PAR": "off"})
	h.browser().signIn("/closed", grace)
	h.org.ResetCounts()
	if r := h.browser().signIn("/closed", ada); r.StatusCode != http.StatusOK || h.org.Count("") != 2 {
		t.Errorf("%d, with %d requests to Okta", r.StatusCode, h.org.Count(""))
	}
}

// TestPushDemanded: where Okta offers none, nobody is sent there with the parameters
// in the address.
func TestPushDemanded(t *testing.T) {
	t.Parallel()
	h := start(t, setup{env: map[string]string{"OKTA_PAR": "require"}, app: page(t)})
	r := h.browser().get(loginPath)
	if r.location() != "" || r.StatusCode != http.StatusBadGateway || h.org.Count("authorize") != 0 {
		t.Errorf("%d to %q", r.StatusCode, r.location())
	}
	if !strings.Contains(h.logs.String(), "OKTA_PAR is require") {
		t.Errorf("the log does not say why: %s", h.logs)
	}
}

// TestDeadRequestURI: a person who dallied on the way to Okta is sent there once more,
// with a new request_uri, and the second time is told.
func TestDeadRequestURI(t *testing.T) {
	t.Parallel()
	h := startPushing(t, nil)
	dead := func(b *browser, r reply) reply { // goes to Okta too late, and back
		h.clock.add(2 * time.Minute)
		back := b.get(r.onward(t))
		if !strings.Contains(back.location(), "error=invalid_request_uri") {
			t.Fatalf("Okta took it: %d %s", back.StatusCode, back.location())
		}
		return b.get(back.location())
	}
	h.org.Set(func(k *mockokta.Knobs) { k.PushedLifetime = time.Minute })
	b := h.browser()
	r := dead(b, b.get(loginPath+"?return_to=/closed"))
	if !strings.Contains(r.location(), "request_uri=") {
		t.Fatalf("not sent on: %d %s", r.StatusCode, r.body)
	}
	if r := b.signIn(r.location(), ada); r.StatusCode != http.StatusOK || r.Request.URL.Path != "/closed" {
		t.Errorf("the second time: %d at %s", r.StatusCode, r.Request.URL)
	}

	b = h.browser()
	r = dead(b, dead(b, b.get(loginPath)))
	if r.StatusCode != http.StatusBadRequest || r.location() != "" {
		t.Errorf("twice too late: %d to %q", r.StatusCode, r.location())
	}
	if action := r.page(t).Find(`a[href="` + loginPath + `"]`); action.Length() == 0 {
		t.Errorf("no way to begin again: %s", r.body)
	}
}

// TestPushRefused: people see what they see when the authorize endpoint refuses.
func TestPushRefused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		set    func(*mockokta.Knobs)
		status int
		says   string
	}{
		"access denied": {func(k *mockokta.Knobs) { k.DenyPush = true }, http.StatusForbidden, "Okta did not let you in"},
		"too many":      {func(k *mockokta.Knobs) { k.RateLimited = func(e string) bool { return e == "par" } }, http.StatusServiceUnavailable, ""},
		"no answer fit to use": {func(k *mockokta.Knobs) {
			k.TamperPush = func(resp map[string]any) { delete(resp, "request_uri") }
		}, http.StatusBadGateway, ""},
	} {
		h := startPushing(t, nil)
		h.org.Set(tc.set)
		r := h.browser().get(loginPath)
		if r.StatusCode != tc.status || !strings.Contains(r.body, tc.says) || r.location() != "" {
			t.Errorf("%s: %d to %q: %s", name, r.StatusCode, r.location(), r.body)
		}
	}
}
