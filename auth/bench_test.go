package auth_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// BenchmarkSignIn is a whole sign-in of somebody who is signed in at Okta, three requests
// of a browser and what the stand-in takes for its part, with what FAPI 2.0 asks for,
// in units of one without (x-plain). The stand-in checks as Okta does, so that half of
// what is more is its own.
func BenchmarkSignIn(b *testing.B) {
	key := byKeys(keyFile(b, "key"))
	everything := map[string]string{"OKTA_PAR": "require", "OKTA_JAR": "on", "OKTA_DPOP": "on"}
	maps.Copy(everything, key)
	plain := startSignIns(b, setup{env: map[string]string{"OKTA_PAR": "off"}})
	for _, tc := range []struct {
		name   string
		env    map[string]string
		client func(*mockokta.Client)
	}{
		{"PAR", map[string]string{"OKTA_PAR": "require"}, nil},
		{"DPoP", map[string]string{"OKTA_PAR": "off", "OKTA_DPOP": "on"}, boundOnly},
		{"key", key, fetchesKeys},
		{"everything", everything, func(c *mockokta.Client) {
			fetchesKeys(c)
			c.RequireDPoP, c.RequirePAR, c.RequireRequestObject = true, true, true
		}},
	} {
		b.Run(tc.name, func(b *testing.B) {
			signIn := startSignIns(b, setup{env: tc.env, client: tc.client})
			var without, with []time.Duration
			for b.Loop() { // by turns, under the same load
				began := time.Now()
				plain(b)
				between := time.Now()
				signIn(b)
				without, with = append(without, between.Sub(began)), append(with, time.Since(between))
			}
			slices.Sort(without)
			slices.Sort(with)
			half := len(with) / 2
			b.ReportMetric(float64(with[half].Nanoseconds()), "ns/op")
			b.ReportMetric(float64(with[half])/float64(without[half]), "x-plain")
		})
	}
}

// startSignIns returns a sign-in at a host of its own.
func startSignIns(b *testing.B, s setup) func(testing.TB) {
	s.app = page(b)
	h := start(b, s)
	h.org.Set(func(k *mockokta.Knobs) { k.PAR = s.env["OKTA_PAR"] == "require" })
	known := h.browser()
	if r := known.Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK {
		b.Fatalf("%d %s\n%s", r.StatusCode, r.Body, h.logs)
	}
	atOkta, err := url.Parse(h.org.URL())
	if err != nil {
		b.Fatal(err)
	}
	return func(t testing.TB) {
		next := h.browser() // is signed in at Okta, and not here
		next.Client.Jar.SetCookies(atOkta, known.Client.Jar.Cookies(atOkta))
		to := next.Get(testkit.LoginPath).Location()
		if r := next.Get(next.Get(to).Location()); r.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", r.StatusCode, r.Body)
		}
	}
}
