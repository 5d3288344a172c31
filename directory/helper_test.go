package directory_test

import (
	"maps"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/mockokta"
)

// org is an Okta org and the settings that fit it, with one clock that stands
// still unless it is moved.
type org struct {
	t   *testing.T
	org *mockokta.Org
	cfg config.Config

	mu   sync.Mutex
	time time.Time
}

func (a *org) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.time
}

func (a *org) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.time = a.time.Add(d)
}

// startOrg takes settings over those that fit the org; the issuer "org" is the
// org authorization server.
func startOrg(t *testing.T, env map[string]string) *org {
	t.Helper()
	a := &org{t: t, time: time.Now()}
	var err error
	if a.org, err = mockokta.Start(mockokta.Options{Now: a.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.org.Close() })
	all := map[string]string{
		"OKTA_OAUTH2_ISSUER":        a.org.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID":     mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"OKTA_API_TOKEN":            mockokta.DefaultAPIToken,
	}
	maps.Copy(all, env)
	if all["OKTA_OAUTH2_ISSUER"] == "org" {
		all["OKTA_OAUTH2_ISSUER"] = a.org.OrgIssuer()
	}
	if a.cfg, err = config.Load(all); err != nil {
		t.Fatal(err)
	}
	return a
}
