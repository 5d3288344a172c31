package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"

	"example.com/okta-gin/config"
	"example.com/okta-gin/examples/spa"
	"example.com/okta-gin/mockokta"
)

// settings are the app's, fitted to the stand-in, the front end and the service, and
// where these are.
type settings struct {
	app     config.Config
	orgAddr string
	apiAddr string
	spaPort string
}

func (s settings) appPort() string { return strconv.Itoa(s.app.Port) }

func (s settings) spaOrigin() string { return "http://localhost:" + s.spaPort }

// readSettings takes the app's settings from environ, but for where Okta, the
// app, the front end and the service are, and DEMO_SPA_PORT, DEMO_OKTA_PORT and
// DEMO_API_PORT, default 3000, 7777 and 7778. It reads no .env: that is for an org of one's own.
func readSettings(environ []string) (settings, error) {
	env := make(map[string]string)
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	s := settings{
		orgAddr: net.JoinHostPort("127.0.0.1", cmp.Or(env["DEMO_OKTA_PORT"], "7777")),
		apiAddr: net.JoinHostPort("127.0.0.1", cmp.Or(env["DEMO_API_PORT"], "7778")),
		spaPort: cmp.Or(env["DEMO_SPA_PORT"], "3000"),
	}
	env["BASE_URL"] = ""
	env["LISTEN"] = ""
	env["CORS_ALLOWED_ORIGINS"] = s.spaOrigin()
	env["OKTA_OAUTH2_ISSUER"] = "http://" + s.orgAddr + "/oauth2/default"
	env["OKTA_OAUTH2_CLIENT_ID"] = mockokta.DefaultClientID
	env["OKTA_OAUTH2_CLIENT_SECRET"] = mockokta.DefaultClientSecret
	env["OKTA_API_TOKEN"] = mockokta.DefaultAPIToken
	env["OKTA_EVENT_HOOK_SECRET_FILE"] = ""
	env["OKTA_EVENT_HOOK_SECRET"] = eventHookSecret
	env["OKTA_SCOPES"] = cmp.Or(env["OKTA_SCOPES"], "openid profile email offline_access")
	env["PROXY_ROUTES"] = ""
	if strings.Contains(env["OKTA_SCOPES"], "offline_access") {
		env["PROXY_ROUTES"] = spa.ServicePath + "=http://" + s.apiAddr + "/v1"
	}
	env["ADMIN_GROUPS"] = cmp.Or(env["ADMIN_GROUPS"], "Admins")
	env["LOG_LEVEL"] = cmp.Or(env["LOG_LEVEL"], "warn")
	var err error
	s.app, err = config.Load(env)
	return s, err
}

// eventHookSecret is public: the stand-in's events come from this machine alone.
const eventHookSecret = "not-a-secret_mockokta-event-hook-00000001"

// client is the app at the stand-in, which tells it of every sign-out.
func (s settings) client() mockokta.Client {
	client := mockokta.WebClient(s.app.BaseURL)
	client.FrontChannelLogoutURI = s.app.BaseURL + "/authorization-code/front-channel-logout"
	client.UniversalLogoutURI = s.app.BaseURL + "/authorization-code/universal-logout"
	return client
}

// listen takes a port of this machine alone. The variable is what changes it.
func listen(ctx context.Context, port, variable string) (net.Listener, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("localhost", port))
	if err != nil {
		return nil, fmt.Errorf("%w; with %s=… before `make run` it takes another port", err, variable)
	}
	return listener, nil
}
