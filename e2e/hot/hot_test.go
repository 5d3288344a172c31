// Package hot_test counts and measures what the app does of the requests that come most.
package hot_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// nobody reads what is written to it.
type nobody struct{ header http.Header }

func (n nobody) Header() http.Header         { return n.header }
func (n nobody) Write(p []byte) (int, error) { return len(p), nil }
func (n nobody) WriteHeader(int)             {}

// hotPaths are the requests that come most, each ready to be sent again.
func hotPaths(t testing.TB) map[string]func() {
	app := apptest.Start(t, apptest.Setup{})
	browser := app.Browser()
	browser.SignIn(apptest.ProfilePath, testkit.Ada)
	request := func(path string, headers ...string) func() {
		r := httptest.NewRequest(http.MethodGet, app.URL+path, nil)
		r.Header.Set("Accept", "text/html")
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		if len(headers) == 0 {
			for _, c := range browser.Cookies() {
				r.AddCookie(c)
			}
		}
		w := httptest.NewRecorder()
		app.App.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: status %d: %s", path, w.Code, w.Body)
		}
		return func() {
			again := *r // what comes to know it puts itself into its context
			app.App.ServeHTTP(nobody{http.Header{}}, &again)
		}
	}
	return map[string]func(){
		"page":   request("/greet"),
		"claims": request("/api/me"),
		"bearer": request("/api/messages", "Authorization", "Bearer "+app.Sign(nil)),
	}
}

// BenchmarkHot is what the app does of a request, without a network.
func BenchmarkHot(b *testing.B) {
	for name, ask := range hotPaths(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
		})
	}
}
