package mockokta

import (
	"net/http"
	"strings"

	"example.com/okta-gin/mockokta/hosted"
	"example.com/okta-gin/mockokta/management"
	"example.com/okta-gin/mockokta/oauth"
	"example.com/okta-gin/mockokta/signin"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// route is one endpoint: its name for counting, its methods and what it does.
type route struct {
	endpoint string
	path     string
	methods  string
	handler  http.HandlerFunc
	cors     bool // trusted origins may call it from a browser
}

// browserEndpoint marks pages that only people's browsers ask for: they are not counted.
const browserEndpoint = ""

// routes is the table of contents.
func routes(org *state.Org, pages *hosted.Pages) http.Handler {
	var table []route
	for _, as := range []*state.AuthServer{org.Custom, org.OwnServer} {
		v1 := as.Base + "/v1/"
		issuer := strings.TrimPrefix(as.Issuer, org.URL())
		table = append(table,
			route{"discovery", issuer + "/.well-known/openid-configuration", "GET", oauth.Discovery(org, as, true), false},
			route{"discovery", issuer + "/.well-known/oauth-authorization-server", "GET", oauth.Discovery(org, as, false), false},
			route{"keys", v1 + "keys", "GET", oauth.Keys(org, as), false},
			route{"authorize", v1 + "authorize", "GET POST", pages.Authorize(as), false},
			route{"token", v1 + "token", "POST", oauth.Token(org, as), true},
			route{"userinfo", v1 + "userinfo", "GET POST", oauth.Userinfo(org, as), true},
			route{"introspect", v1 + "introspect", "POST", oauth.Introspect(org, as), true},
			route{"revoke", v1 + "revoke", "POST", oauth.Revoke(org, as), true},
			route{"logout", v1 + "logout", "GET POST", pages.Logout(as), false},
		)
	}
	table = append(table,
		route{"discovery", "/.well-known/oauth-authorization-server/oauth2/{as}", "GET", oauth.DiscoveryByID(org), false},
		route{"other", "/oauth2/{as}/", "GET POST", unknownServer(org), false},
		route{"users", "/api/v1/users/{id}", "GET", management.User(org), true},
		route{"groups", "/api/v1/users/{id}/groups", "GET", management.UserGroups(org), true},
		route{"authn", "/api/v1/authn", "POST", signin.Authn(org), true},
		route{browserEndpoint, "/{$}", "GET", pages.Dashboard, false},
		route{browserEndpoint, "/login/login.htm", "GET", pages.SignInPage, false},
		route{browserEndpoint, "/login/signin", "POST", pages.TakeSignIn, false},
		route{browserEndpoint, "/login/consent", "POST", pages.TakeConsent, false},
		route{browserEndpoint, "/login/signout", "POST", pages.TakeSignOut, false},
		route{browserEndpoint, "/pages/{file}", "GET", hosted.Asset, false},
		route{browserEndpoint, "/favicon.ico", "GET", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, false},
		route{"other", "/", "GET POST", notFound, false},
	)
	mux := http.NewServeMux()
	for _, rt := range table {
		mux.HandleFunc(rt.path, enter(org, rt))
	}
	return common(org, mux)
}

// unknownServer answers for authorization servers and endpoints that do not exist.
func unknownServer(org *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if id := r.PathValue("as"); id != org.Custom.ID && id != "v1" {
			wire.WriteAPIError(w, wire.NotFound(id+" (AuthorizationServer)"))
			return
		}
		notFound(w, r)
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	wire.WriteAPIError(w, wire.NotFound(r.URL.Path))
}
