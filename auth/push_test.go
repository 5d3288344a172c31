package auth_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
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
		h.browser().Arrive("/closed", testkit.Grace) // metadata and keys
		h.org.ResetCounts()
		r, way := h.browser().Visit("/closed?page=2", testkit.Ada)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", setting, r.StatusCode, r.Body)
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
	h.browser().Arrive("/closed", testkit.Grace)
	h.org.ResetCounts()
	if r := h.browser().Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK || h.org.Count("") != 2 {
		t.Errorf("%d, with %d requests to Okta", r.StatusCode, h.org.Count(""))
	}
}

// TestPushDemanded: where Okta offers none, nobody is sent there with the parameters
// in the address.
func TestPushDemanded(t *testing.T) {
	t.Parallel()
	h := start(t, setup{env: map[string]string{"OKTA_PAR": "require"}, app: page(t)})
	r := h.browser().Get(testkit.LoginPath)
	if r.Location() != "" || r.StatusCode != http.StatusBadGateway || h.org.Count("authorize") != 0 {
		t.Errorf("%d to %q", r.StatusCode, r.Location())
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
	dead := func(b *testkit.Browser, r testkit.Reply) testkit.Reply { // goes to Okta too late, and back
		h.clock.Add(2 * time.Minute)
		back := b.Get(r.Onward(t))
		if !strings.Contains(back.Location(), "error=invalid_request_uri") {
			t.Fatalf("Okta took it: %d %s", back.StatusCode, back.Location())
		}
		return b.Get(back.Location())
	}
	h.org.Set(func(k *mockokta.Knobs) { k.PushedLifetime = time.Minute })
	b := h.browser()
	r := dead(b, b.Get(testkit.LoginPath+"?return_to=/closed"))
	if !strings.Contains(r.Location(), "request_uri=") {
		t.Fatalf("not sent on: %d %s", r.StatusCode, r.Body)
	}
	if r := b.Arrive(r.Location(), testkit.Ada); r.StatusCode != http.StatusOK || r.Request.URL.Path != "/closed" {
		t.Errorf("the second time: %d at %s", r.StatusCode, r.Request.URL)
	}

	b = h.browser()
	r = dead(b, dead(b, b.Get(testkit.LoginPath)))
	if r.StatusCode != http.StatusBadRequest || r.Location() != "" {
		t.Errorf("twice too late: %d to %q", r.StatusCode, r.Location())
	}
	if action := r.Page(t).Find(`a[href="` + testkit.LoginPath + `"]`); action.Length() == 0 {
		t.Errorf("no way to begin again: %s", r.Body)
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
		r := h.browser().Get(testkit.LoginPath)
		if r.StatusCode != tc.status || !strings.Contains(r.Body, tc.says) || r.Location() != "" {
			t.Errorf("%s: %d to %q: %s", name, r.StatusCode, r.Location(), r.Body)
		}
	}
}
