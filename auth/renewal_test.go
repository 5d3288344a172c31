package auth_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

var renewing = map[string]string{"OKTA_SCOPES": "openid profile email offline_access", "SESSION_IDLE_TIMEOUT": "12h", "SESSION_RENEW_GRACE": "10m"}

// TestRenewalOutlivesAnOutage holds that a session goes on while Okta is away for a
// while, waits for it after that, and is renewed when it is back.
func TestRenewalOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	ends := &endings{}
	h := start(t, setup{app: page(t), env: renewing, options: func(o *auth.Options) { o.Hooks.SessionEnded = ends.ended }})
	b := h.browser()
	b.Arrive("/closed", testkit.Ada)
	h.org.Stop()
	h.clock.Add(h.tokenLife() + time.Minute)
	if r := b.Get("/closed"); r.StatusCode != http.StatusOK {
		t.Fatalf("within the grace: %d", r.StatusCode)
	}
	if err := h.org.Restart(); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(2 * time.Minute)
	if r := b.Get("/closed"); r.StatusCode != http.StatusOK {
		t.Fatalf("Okta is back: %d", r.StatusCode)
	}
	h.org.Stop()
	h.clock.Add(h.tokenLife() + 11*time.Minute)
	if r := b.Get("/closed"); r.StatusCode != http.StatusServiceUnavailable || r.Page(t).Find("main a[href='"+testkit.LogoutPath+"']").Length() != 1 {
		t.Errorf("after the grace: %d %s", r.StatusCode, r.Body)
	}
	if err := h.org.Restart(); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(2 * time.Minute)
	if r := b.Get("/closed"); r.StatusCode != http.StatusOK {
		t.Errorf("Okta is back after the grace: %d", r.StatusCode)
	}
	if got := ends.reasons(); len(got) != 0 {
		t.Errorf("ended for %v", got)
	}
}

// TestSignOutWhileOktaIsAway holds that whoever can't pass, because Okta has yet to confirm
// the session, can end it, and that the page for that says nothing of them.
func TestSignOutWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t), env: renewing})
	b := h.browser()
	b.Arrive("/closed", testkit.Ada)
	h.org.Stop()
	h.clock.Add(h.tokenLife() + 11*time.Minute)
	if r := b.Get(testkit.LogoutPath); r.StatusCode != http.StatusOK || r.Page(t).Find("#confirm-sign-out").Length() != 1 || strings.Contains(r.Body, "Lovelace") {
		t.Errorf("the question: %d %s", r.StatusCode, r.Body)
	}
	b.Post(testkit.LogoutPath, nil)
	if err := h.org.Restart(); err != nil {
		t.Fatal(err)
	}
	h.clock.Add(2 * time.Minute)
	if r := b.Get("/closed"); r.StatusCode == http.StatusOK {
		t.Error("still signed in")
	}
}

// TestRenewalIsAskedOnce holds that pages which load at once renew once.
func TestRenewalIsAskedOnce(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t), env: renewing})
	b := h.browser()
	b.Arrive("/closed", testkit.Ada)
	asked := h.org.Count("token")
	h.clock.Add(h.tokenLife())
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			if r := b.Get("/closed"); r.StatusCode != http.StatusOK {
				t.Errorf("status %d", r.StatusCode)
			}
		})
	}
	group.Wait()
	if got := h.org.Count("token") - asked; got != 1 {
		t.Errorf("renewed %d times", got)
	}
}

// TestLookingAheadRenewsNothing holds that a page which nobody asked to see changes no
// session, and shows nothing that Okta no longer vouches for.
func TestLookingAheadRenewsNothing(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t), env: renewing})
	b := h.browser()
	b.Arrive("/closed", testkit.Ada)
	asked := h.org.Count("token")
	for ahead, want := range map[time.Duration]int{h.tokenLife() - 20*time.Second: http.StatusOK, h.tokenLife(): http.StatusServiceUnavailable} {
		h.clock.Add(ahead)
		r := b.Get("/closed", "Sec-Purpose", "prefetch")
		if r.StatusCode != want || len(r.Cookies()) != 0 || h.org.Count("token") != asked {
			t.Errorf("after %v: %d, cookies %v, %d requests to Okta", ahead, r.StatusCode, r.Cookies(), h.org.Count("token")-asked)
		}
		h.clock.Add(-ahead)
	}
	h.clock.Add(h.tokenLife())
	if r := b.Get("/closed"); r.StatusCode != http.StatusOK || h.org.Count("token") != asked+1 {
		t.Errorf("when it is asked for: %d, %d requests to Okta", r.StatusCode, h.org.Count("token")-asked)
	}
}

// TestGroupsFollowRenewal holds that a rule goes by the groups of the last renewal.
func TestGroupsFollowRenewal(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t), env: map[string]string{
		"OKTA_SCOPES": renewing["OKTA_SCOPES"], "SESSION_IDLE_TIMEOUT": "12h", "REQUIRE_GROUPS": "Admins",
	}})
	b := h.browser()
	if r := b.Arrive("/closed", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Fatalf("%d", r.StatusCode)
	}
	h.org.SetGroups(testkit.Ada, "Everyone")
	h.clock.Add(h.tokenLife())
	if r := b.Get("/closed"); r.StatusCode != http.StatusForbidden {
		t.Errorf("taken out of the group: %d", r.StatusCode)
	}
}
