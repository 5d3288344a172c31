package e2e_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
)

// TestRequestsToOkta counts what 100 sign-ins, 50 at a time, and 100 page views ask
// of Okta, from the start of the app on.
func TestRequestsToOkta(t *testing.T) {
	t.Parallel()
	a := newApp(t, nil)
	a.start()
	a.waitFor("/healthz", http.StatusOK)

	people := make([]*visitor, 100)
	for i := range people {
		people[i] = newVisitor(t, a)
	}
	for half := range 2 {
		var crowd sync.WaitGroup
		for _, v := range people[half*50 : half*50+50] {
			crowd.Go(func() {
				if r, err := v.trySignIn(profilePath, ada); err != nil || r.StatusCode != http.StatusOK || !strings.Contains(r.body, ada) {
					t.Errorf("a sign-in ends with %v %v", r.Response, err)
				}
			})
		}
		crowd.Wait()
	}
	for endpoint, want := range map[string]int{"token": 100, "userinfo": 100, "keys": 1} {
		if got := a.Org.Count(endpoint); got != want {
			t.Errorf("%d requests to %s, want %d", got, endpoint, want)
		}
	}
	if got := a.Org.Count("discovery"); got < 1 || got > 2 {
		t.Errorf("%d requests for discovery, want 1 or 2", got)
	}

	a.Org.ResetCounts()
	pages := []string{"/", profilePath, "/greet", "/api/me"}
	for i := range 100 {
		if r := people[i].get(pages[i%len(pages)]); r.StatusCode != http.StatusOK || !strings.Contains(r.body, "Ada") {
			t.Fatalf("%s answers %d", pages[i%len(pages)], r.StatusCode)
		}
	}
	if got := a.Org.Count("") + a.Org.Count("authorize") + a.Org.Count("logout"); got != 0 {
		t.Errorf("100 page views cause %d requests to Okta, want none", got)
	}
}
