package program_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestRequestsToOkta counts what 100 sign-ins, 50 at a time, and 100 page views ask
// of Okta, from the start of the app on.
func TestRequestsToOkta(t *testing.T) {
	t.Parallel()
	a := drive.NewApp(t, nil)
	a.Start()
	a.WaitFor("/healthz", http.StatusOK)

	people := make([]*drive.Visitor, 100)
	for i := range people {
		people[i] = drive.NewVisitor(t, a)
	}
	for half := range 2 {
		var crowd sync.WaitGroup
		for _, v := range people[half*50 : half*50+50] {
			crowd.Go(func() {
				if r, err := v.TrySignIn(drive.ProfilePath, drive.Ada); err != nil || r.StatusCode != http.StatusOK || !strings.Contains(r.Body, drive.Ada) {
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
	pages := []string{"/", drive.ProfilePath, "/greet", "/api/me"}
	for i := range 100 {
		if r := people[i].Get(pages[i%len(pages)]); r.StatusCode != http.StatusOK || !strings.Contains(r.Body, "Ada") {
			t.Fatalf("%s answers %d", pages[i%len(pages)], r.StatusCode)
		}
	}
	if got := a.Org.Count("") + a.Org.Count("authorize") + a.Org.Count("logout"); got != 0 {
		t.Errorf("100 page views cause %d requests to Okta, want none", got)
	}
}
