package testkit

import (
	"errors"
	"maps"
	"syscall"
	"testing"

	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

// StartOrg starts an org whose clients are one for an app at baseURL, changed by client
// where that is not nil, and one for a program. It ends with the test.
func StartOrg(t testing.TB, baseURL string, clock *Clock, client func(*mockokta.Client), change func(*mockokta.Options)) *mockokta.Org {
	t.Helper()
	web := mockokta.WebClient(baseURL)
	if client != nil {
		client(&web)
	}
	for {
		options := mockokta.Options{
			Addr: "127.0.0.1:" + redistest.FreePort(t), Clients: []mockokta.Client{web, mockokta.MachineClient()}, Now: clock.Now,
		}
		if change != nil {
			change(&options)
		}
		org, err := mockokta.Start(options)
		if errors.Is(err, syscall.EADDRINUSE) { // another process was faster
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { org.Close() })
		return org
	}
}

// Settings are those of an app at baseURL that fit org, with more over them. An issuer of
// the one word "org" stands for the org's own authorization server.
func Settings(org *mockokta.Org, baseURL string, more map[string]string) map[string]string {
	env := map[string]string{
		"BASE_URL":                  baseURL,
		"OKTA_OAUTH2_ISSUER":        org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"SESSION_SECRET":            SessionSecret,
	}
	maps.Copy(env, more)
	if env["OKTA_OAUTH2_ISSUER"] == "org" {
		env["OKTA_OAUTH2_ISSUER"] = org.OrgIssuer()
	}
	return env
}

// Load reads settings, which must be good.
func Load(t testing.TB, env map[string]string) config.Config {
	t.Helper()
	cfg, err := config.Load(env)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
