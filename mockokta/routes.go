package mockokta

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const maxBody = 64 << 10

// route is one endpoint: its name for counting, its methods and what it does.
type route struct {
	endpoint string
	path     string
	methods  string
	handler  http.HandlerFunc
	cors     bool // trusted origins may call it from a browser
}

// routes is the table of contents.
func (o *Org) routes() *http.ServeMux {
	mux := http.NewServeMux()
	var table []route
	for _, as := range []*authServer{o.custom, o.orgAS} {
		v1 := as.base + "/v1/"
		issuerPath := strings.TrimPrefix(as.issuer, o.url)
		table = append(table,
			route{"discovery", issuerPath + "/.well-known/openid-configuration", "GET", o.serveDiscovery(as, true), false},
			route{"discovery", issuerPath + "/.well-known/oauth-authorization-server", "GET", o.serveDiscovery(as, false), false},
			route{"keys", v1 + "keys", "GET", o.serveKeys(as), false},
			route{"authorize", v1 + "authorize", "GET POST", o.serveAuthorize(as), false},
			route{"token", v1 + "token", "POST", o.serveToken(as), true},
			route{"userinfo", v1 + "userinfo", "GET POST", o.serveUserinfo(as), true},
			route{"introspect", v1 + "introspect", "POST", o.serveIntrospect(as), true},
			route{"revoke", v1 + "revoke", "POST", o.serveRevoke(as), true},
			route{"logout", v1 + "logout", "GET POST", o.serveLogout(as), false},
		)
	}
	table = append(table,
		route{"discovery", "/.well-known/oauth-authorization-server/oauth2/{as}", "GET", o.serveDiscoveryByID, false},
		route{"other", "/oauth2/{as}/", "GET POST", o.serveUnknownServer, false},
		route{"users", "/api/v1/users/{id}", "GET", o.serveUser, true},
		route{"groups", "/api/v1/users/{id}/groups", "GET", o.serveUserGroups, true},
		route{"authn", "/api/v1/authn", "POST", o.serveAuthn, true},
		route{browserEndpoint, "/{$}", "GET", o.serveDashboard, false},
		route{browserEndpoint, "/login/login.htm", "GET", o.serveSignInPage, false},
		route{browserEndpoint, "/login/signin", "POST", o.serveSignIn, false},
		route{browserEndpoint, "/login/consent", "POST", o.serveConsent, false},
		route{browserEndpoint, "/login/signout", "POST", o.serveSignOut, false},
		route{browserEndpoint, "/pages/{file}", "GET", serveAsset, false},
		route{browserEndpoint, "/favicon.ico", "GET", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, false},
		route{"other", "/", "GET POST", func(w http.ResponseWriter, r *http.Request) { writeAPIError(w, errNotFound(r.URL.Path)) }, false},
	)
	for _, rt := range table {
		mux.HandleFunc(rt.path, o.enter(rt))
	}
	return mux
}

// enter is what every route has in common.
func (o *Org) enter(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if rt.cors && o.answerCORS(w, r, rt.methods) {
			return
		}
		o.counts.add(rt.endpoint)
		knobs := o.knobs.Load()
		if rt.endpoint != browserEndpoint && knobs.Intercept != nil && knobs.Intercept(rt.endpoint, w, r) {
			return
		}
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		if !slices.Contains(strings.Fields(rt.methods), method) {
			w.Header().Set("Allow", strings.ReplaceAll(rt.methods, " ", ", "))
			writeAPIError(w, errMethod)
			return
		}
		if rt.endpoint != browserEndpoint && knobs.RateLimited != nil && knobs.RateLimited(rt.endpoint) {
			w.Header().Set("X-Rate-Limit-Remaining", "0")
			w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(o.now().Add(knobs.RateLimitReset).Unix(), 10))
			writeAPIError(w, errRateLimit)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		rt.handler(w, r)
	}
}

// rateLimit is the limit that the headers show. The stand-in does not enforce it: Knobs.RateLimited does.
const rateLimit = 600

// ServeHTTP answers one request. Every answer carries Okta's request id and rate limit headers.
func (o *Org) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Okta-Request-Id", "a"+randomID()[:27])
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(rateLimit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(rateLimit-1))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(o.now().Truncate(time.Minute).Add(time.Minute).Unix(), 10))
	h.Set("Date", o.now().UTC().Format(http.TimeFormat))
	o.log.Info("mockokta", "method", r.Method, "path", r.URL.Path)
	o.mux.ServeHTTP(w, r)
}

// serveUnknownServer answers for authorization servers and endpoints that do not exist.
func (o *Org) serveUnknownServer(w http.ResponseWriter, r *http.Request) {
	if id := r.PathValue("as"); id != o.custom.id && id != "v1" {
		writeAPIError(w, errNotFound(id+" (AuthorizationServer)"))
		return
	}
	writeAPIError(w, errNotFound(r.URL.Path))
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	if !strings.HasSuffix(file, ".css") && !strings.HasSuffix(file, ".js") {
		writeAPIError(w, errNotFound(r.URL.Path))
		return
	}
	http.ServeFileFS(w, r, pageFiles, "pages/"+file)
}
