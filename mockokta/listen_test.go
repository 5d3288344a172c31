package mockokta_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestRefusesToListenOffLoopback(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "example.com:80", "127.0.0.1", ""} {
		org, err := mockokta.Start(mockokta.Options{Addr: addr})
		if addr == "" && err == nil && strings.HasPrefix(org.URL(), "http://127.0.0.1:") {
			org.Close() // the default
			continue
		}
		if err == nil {
			org.Close()
			t.Errorf("%q: listens at %s", addr, org.URL())
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	bad := func(change func(*mockokta.Client)) mockokta.Options {
		c := mockokta.DefaultClient()
		change(&c)
		return mockokta.Options{Clients: []mockokta.Client{c}}
	}
	for name, o := range map[string]mockokta.Options{
		"URL with a path":  {URL: "http://127.0.0.1:7777/okta"},
		"URL without host": {URL: "okta"},
		"URL of a file":    {URL: "file:///x"},
		"client twice":     {Clients: []mockokta.Client{mockokta.DefaultClient(), mockokta.DefaultClient()}},
		"no client ID":     bad(func(c *mockokta.Client) { c.ID = "" }),
		"relative URI":     bad(func(c *mockokta.Client) { c.RedirectURIs = []string{"/callback"} }),
		"unknown grant":    bad(func(c *mockokta.Client) { c.Grants = []string{"implicit"} }),
		"unknown rotation": bad(func(c *mockokta.Client) { c.RefreshRotation = "SOMETIMES" }),
		"nameless person":  {People: []mockokta.Person{{}}},
	} {
		if _, err := mockokta.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestNewIsAHandler(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(nil)
	org, err := mockokta.New(mockokta.Options{URL: "http://" + server.Listener.Addr().String()})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = org
	server.Start()
	t.Cleanup(server.Close)
	b := newBrowser(t, org)
	if tokens := b.tokens("ada@acme.test", "openid"); claimsOf(t, tokens["id_token"])["iss"] != server.URL+"/oauth2/default" {
		t.Errorf("tokens %v", tokens)
	}
	if err := org.Restart(); err == nil {
		t.Error("an org without a listener restarted")
	}
	if err := org.Close(); err != nil {
		t.Error(err)
	}
}

func TestStopAndRestart(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	b := newBrowser(t, org)
	refresh := b.tokens("ada@acme.test", renewable)["refresh_token"]
	org.Stop()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, org.URL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := b.c.Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("a stopped org answers")
	}
	if err := org.Restart(); err != nil {
		t.Fatal(err)
	}
	if got := b.refresh(refresh); got.StatusCode != http.StatusOK {
		t.Errorf("after a restart: %s", got.body)
	}
}

func TestCloseDropsHangingRequests(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	inside := make(chan struct{})
	org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
			close(inside)
			<-r.Context().Done()
			return true
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	failed := make(chan error, 1)
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, org.URL()+"/oauth2/v1/keys", nil)
		if err == nil {
			_, err = http.DefaultClient.Do(req)
		}
		failed <- err
	}()
	<-inside
	org.Close()
	if err := <-failed; err == nil || ctx.Err() != nil {
		t.Errorf("the request ended with %v", err)
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	b := newBrowser(t, org)
	b.get("/")
	b.get("/pages/style.css")
	tokens := b.tokens("ada@acme.test", "openid profile")
	b.bearer(b.as+"/v1/userinfo", tokens["access_token"])
	b.get("/oauth2/v1/keys")
	b.get("/oauth2/default/v1/keys")
	b.get("/nowhere")
	for endpoint, want := range map[string]int{"authorize": 1, "token": 1, "userinfo": 1, "keys": 2, "discovery": 0, "other": 1, "": 5} {
		if got := org.Count(endpoint); got != want {
			t.Errorf("%q counted %d times, want %d", endpoint, got, want)
		}
	}
	org.ResetCounts()
	if org.Count("") != 0 {
		t.Error("counts are not reset")
	}
}

func TestManySignInsAtOnce(t *testing.T) {
	t.Parallel()
	org := start(t, mockokta.Options{})
	var people sync.WaitGroup
	for range 20 {
		people.Go(func() {
			b := newBrowser(t, org)
			tokens := b.tokens("grace@acme.test", renewable)
			b.bearer(b.as+"/v1/userinfo", tokens["access_token"])
			b.refresh(tokens["refresh_token"])
		})
	}
	people.Go(func() {
		for range 3 {
			org.PublishNextKey()
			org.UseNextKey()
			org.SetGroups("grace@acme.test", "Everyone")
			org.Set(func(k *mockokta.Knobs) { k.FatIDToken = !k.FatIDToken })
		}
	})
	people.Wait()
	if org.Count("token") != 40 || org.Count("userinfo") != 20 {
		t.Errorf("%d token and %d userinfo requests", org.Count("token"), org.Count("userinfo"))
	}
}
