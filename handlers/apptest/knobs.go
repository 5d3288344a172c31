package apptest

import (
	"io"
	"net/http"

	"example.com/okta-gin/mockokta"
)

// Answer makes the org answer requests to an endpoint so.
func Answer(endpoint string, status int, contentType, body string) func(*mockokta.Knobs) {
	return Intercept(endpoint, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
}

// Impatient is the OKTA_TIMEOUT of tests in which Okta answers some requests and never
// others; AtOnce that of tests in which it never answers the request that counts.
const (
	Impatient = "500ms"
	AtOnce    = "100ms"
)

// Intercept has handler answer requests to an endpoint of the org.
func Intercept(endpoint string, handler http.HandlerFunc) func(*mockokta.Knobs) {
	return func(k *mockokta.Knobs) {
		k.Intercept = func(name string, w http.ResponseWriter, r *http.Request) bool {
			if name != endpoint {
				return false
			}
			handler(w, r)
			return true
		}
	}
}
