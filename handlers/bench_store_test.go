package handlers_test

import (
	"net/http"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// BenchmarkStores asks, over HTTP, who is signed in: with the cookie store, with
// the cookie store of several processes, and with the Redis store. Redis itself
// counts the round trips.
func BenchmarkStores(b *testing.B) {
	var cookies float64
	for _, store := range []struct{ name, setting string }{
		{"cookies", ""}, {"cookies+redis-url", "REDIS_URL"}, {"redis", "SESSION_STORE"},
	} {
		b.Run(store.name, func(b *testing.B) {
			server := redistest.Start(b)
			env := map[string]string{}
			if store.setting != "" {
				env[store.setting] = server.URL()
			}
			app := apptest.Start(b, apptest.Setup{Env: env})
			browser := app.Browser()
			browser.SignIn(apptest.ProfilePath, testkit.Ada)
			browser.Get("/api/me") // now all connections are there
			b.ReportAllocs()
			trips := server.RoundTrips(func() {
				for b.Loop() {
					if r := browser.Get("/api/me"); r.StatusCode != http.StatusOK {
						b.Fatalf("status %d", r.StatusCode)
					}
				}
			})
			perSecond := float64(b.N) / b.Elapsed().Seconds()
			if store.setting == "" {
				cookies = perSecond
			}
			b.ReportMetric(perSecond, "requests/s")
			b.ReportMetric(perSecond/cookies, "of-cookies")
			b.ReportMetric(float64(trips)/float64(b.N), "round-trips/request")
		})
	}
}
