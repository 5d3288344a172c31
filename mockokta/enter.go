package mockokta

import (
	"net/http"
	"slices"
	"strings"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

const maxBody = 64 << 10

// route is one endpoint: its name for counting, its path and methods, which scripts may use it, what it does.
type route struct {
	endpoint string
	path     string
	methods  string
	sharing  wire.Sharing
	handler  http.HandlerFunc
}

// browserEndpoint marks pages that only people's browsers ask for: they are not counted.
const browserEndpoint = ""

// common is what every answer has: Okta's request id, the org's time, a line in the log.
func common(o *state.Org, next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Okta-Request-Id", state.HexID())
		h.Set("Date", o.Now().UTC().Format(http.TimeFormat))
		o.Log().Info("mockokta", "method", r.Method, "path", r.URL.Path)
		next.ServeHTTP(w, r)
	}
}

// enter is what every route does first: browser scripts, counting, knobs, the method, rate limits.
func enter(o *state.Org, limits *rateLimits, rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if wire.CORS(w, r, rt.sharing, o.TrustedOrigins(), rt.methods) {
			return
		}
		knobs := o.Knobs()
		if rt.endpoint != browserEndpoint {
			o.CountRequest(rt.endpoint)
			limits.count(w, rt.endpoint)
			if knobs.Intercept != nil && knobs.Intercept(rt.endpoint, w, r) {
				return
			}
		}
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		if !slices.Contains(strings.Fields(rt.methods), method) {
			w.Header().Set("Allow", strings.ReplaceAll(rt.methods, " ", ", "))
			wire.WriteAPIError(w, wire.ErrMethod)
			return
		}
		if rt.endpoint != browserEndpoint && knobs.RateLimited != nil && knobs.RateLimited(rt.endpoint) {
			limits.exhaust(w, knobs.RateLimitReset)
			wire.WriteAPIError(w, wire.ErrRateLimit)
			return
		}
		if refusal, refused := knobs.Refuse[rt.endpoint]; refused {
			wire.WriteOAuthError(w, &wire.OAuthError{Status: refusal.Status, Code: refusal.Code, Description: refusal.Description})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		rt.handler(w, r)
	}
}
