package config_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/config/proxyroute"
)

const renewing = "openid offline_access orders.read email"

func TestProxyRoutes(t *testing.T) {
	t.Parallel()
	cfg := mustLoad(t, map[string]string{
		"OKTA_SCOPES": renewing,
		"PROXY_ROUTES": "/api/orders=https://api.example.com/v1/orders/ scope:orders.read scope:email  cookie:lb body:100MB wait:1m idle:10m, " +
			"/stock=http://127.0.0.1:9000",
	})
	want := []proxyroute.Route{
		{Path: "/api/orders", To: proxyroute.Upstream{
			URL: "https://api.example.com/v1/orders/", Scopes: []string{"orders.read", "email"}, Cookies: []string{"lb"},
			MaxBody: 100 << 20, Wait: time.Minute, Idle: 10 * time.Minute,
		}},
		{Path: "/stock", To: proxyroute.Upstream{URL: "http://127.0.0.1:9000"}},
	}
	if !reflect.DeepEqual(cfg.ProxyRoutes, want) {
		t.Errorf("got  %+v\nwant %+v", cfg.ProxyRoutes, want)
	}
	if got := want[1].To.Settled(); got.MaxBody != 10<<20 || got.Wait != 30*time.Second || got.Idle != 2*time.Minute {
		t.Errorf("defaults %+v", got)
	}
}

func TestProxyRoutesRefused(t *testing.T) {
	t.Parallel()
	const good = "/a=https://api.example.com"
	for routes, want := range map[string]string{
		"/a":                               "entry 1 must be PATH=URL",
		"=https://api.example.com":         "entry 1 must begin with a path of this app",
		"a=https://api.example.com":        "entry 1 must begin with a path of this app",
		"/=https://api.example.com":        "entry 1 must begin with a path of this app",
		"/a/=https://api.example.com":      "entry 1 must begin with a path of this app",
		"/a/../b=https://api.example.com":  "entry 1 must begin with a path of this app",
		"/a/:id=https://api.example.com":   "entry 1 must begin with a path of this app",
		good + ",/b=api.example.com":       "entry 2 leads to a URL that must be a full URL",
		"/a=http://api.example.com":        "entry 1 leads to a URL that must begin with https://",
		"/a=ftp://api.example.com":         "entry 1 leads to a URL that must be a full URL",
		"/a=https://user:s3cr3t@host.test": "entry 1 leads to a URL that must not hold a user name",
		"/a=https://api.example.com?x=y":   "entry 1 leads to a URL that must not hold",
		"/a=https://api.example.com/a/../": "entry 1 leads to a URL whose path must be plain",
		"/a=https://api.example.com/%2e":   "entry 1 leads to a URL whose path must be plain",
		"/a=https://api.example.com//b":    "entry 1 leads to a URL whose path must be plain",
		good + " scope:":                   "entry 1 has a word after its URL that is none of",
		good + " scopes:x":                 "entry 1 has a word after its URL that is none of",
		good + " body:1MB body:2MB":        "entry 1 has a word after its URL that is none of scope:NAME, cookie:NAME, body:100MB, wait:30s and idle:2m, or is there twice",
		good + " body:100":                 "entry 1 has a body that must be a size",
		good + " body:0MB":                 "entry 1 has a body that must be a size",
		good + " wait:30":                  "entry 1 has a length of wait that must be a length of time",
		good + " wait:1h":                  "entry 1 has a length of wait that must be from 1s to 10m",
		good + " idle:10ms":                "entry 1 has a length of idle that must be from 1s to 24h",
		good + " cookie:a;b":               "entry 1 has a cookie name",
		good + " scope:admin":              "entry 1 asks for a scope that OKTA_SCOPES does not ask Okta for",
		good + ",/a=https://other.test":    "entry 2 has a path that another entry has too",
		good + ",/a/b=https://other.test":  "entry 2 has a path that another entry has too",
		"/a=http://localhost:8080/b":       "entry 1 leads to this app itself",
	} {
		_, err := config.Load(required(map[string]string{"OKTA_SCOPES": renewing, "PROXY_ROUTES": routes}))
		if err == nil || !strings.Contains(err.Error(), "PROXY_ROUTES "+want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: %v", routes, err)
		}
	}
	for name, test := range map[string]struct {
		env  map[string]string
		want string
	}{
		"no tokens": {map[string]string{"PROXY_ROUTES": good}, "PROXY_ROUTES needs offline_access in OKTA_SCOPES"},
		"the org server": {map[string]string{
			"PROXY_ROUTES": good + " scope:email", "OKTA_SCOPES": renewing, "OKTA_OAUTH2_ISSUER": "https://acme.okta.com",
		}, "PROXY_ROUTES entry 1 asks for a scope, which access tokens of the org authorization server do not show"},
	} {
		if _, err := config.Load(required(test.env)); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "Grant type: Refresh Token") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
