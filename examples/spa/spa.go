// Package spa is a small browser front end on an origin of its own. It signs
// people in through a pop-up window of the app and uses the app's API with the
// session cookie. The files are what a browser gets: there is no build.
package spa

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed index.html *.js style.css favicon.svg
var files embed.FS

// ServicePath is the path of the app that leads to the service which the front end asks
// (PROXY_ROUTES).
const ServicePath = "/api/service"

// Handler serves the front end of the app at appOrigin, such as
// "http://localhost:8080". The app must name this front end's own origin in
// CORS_ALLOWED_ORIGINS. OktaOrigin is where the app's people sign in; the
// sign-out form ends there by way of the app.
func Handler(appOrigin, oktaOrigin string) (http.Handler, error) {
	page, err := template.ParseFS(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("read the front end's page: %w", err)
	}
	var index bytes.Buffer
	if err := page.Execute(&index, appOrigin); err != nil {
		return nil, fmt.Errorf("fill in the front end's page: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(index.Bytes()))
	})
	return secure(mux, policy(appOrigin, oktaOrigin)), nil
}

// policy is the Content-Security-Policy: the front end's own files, nothing
// inline, and requests to the app alone. Browsers apply form-action to the
// redirects that follow a form too.
func policy(appOrigin, oktaOrigin string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self'",
		"connect-src " + appOrigin,
		"form-action " + appOrigin + " " + oktaOrigin,
		"frame-ancestors 'none'",
		"base-uri 'none'",
	}, "; ")
}

// secure sets the headers of every response. The Referrer-Policy keeps the
// Origin header on the sign-out form, by which the app knows the front end: with
// "same-origin" or "no-referrer" browsers send "null" instead.
func secure(next http.Handler, policy string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "strict-origin")
		h.Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}
