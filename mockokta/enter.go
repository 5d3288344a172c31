package mockokta

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

const maxBody = 64 << 10

// rateLimit is the limit that the headers show. The stand-in does not enforce it: Knobs.RateLimited does.
const rateLimit = 600

// common is what every answer has: Okta's request id and rate limit headers.
func common(o *state.Org, next http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Okta-Request-Id", "a"+state.RandomID()[:27])
		h.Set("X-Rate-Limit-Limit", strconv.Itoa(rateLimit))
		h.Set("X-Rate-Limit-Remaining", strconv.Itoa(rateLimit-1))
		h.Set("X-Rate-Limit-Reset", strconv.FormatInt(o.Now().Truncate(time.Minute).Add(time.Minute).Unix(), 10))
		h.Set("Date", o.Now().UTC().Format(http.TimeFormat))
		o.Log().Info("mockokta", "method", r.Method, "path", r.URL.Path)
		next.ServeHTTP(w, r)
	}
}

// enter is what every route does first: browser scripts, counting, knobs, the method.
func enter(o *state.Org, rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if rt.cors && wire.CORS(w, r, o.TrustedOrigins(), rt.methods) {
			return
		}
		if rt.endpoint != browserEndpoint {
			o.CountRequest(rt.endpoint)
		}
		knobs := o.Knobs()
		if rt.endpoint != browserEndpoint && knobs.Intercept != nil && knobs.Intercept(rt.endpoint, w, r) {
			return
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
			w.Header().Set("X-Rate-Limit-Remaining", "0")
			w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(o.Now().Add(knobs.RateLimitReset).Unix(), 10))
			wire.WriteAPIError(w, wire.ErrRateLimit)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		rt.handler(w, r)
	}
}
