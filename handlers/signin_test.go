package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestSignInShowsTheClaimsAndSignOutEndsBothSessions(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()

	greeting := b.signIn("/greet", ada)
	if greeting.StatusCode != http.StatusOK || greeting.Request.URL.Path != "/greet" {
		t.Fatalf("got %d at %s, want the page that was asked for", greeting.StatusCode, greeting.Request.URL)
	}
	profile := b.get(profilePath).page(t)
	if got := strings.TrimSpace(profile.Find("#claim-email").Text()); got != ada {
		t.Errorf("#claim-email: got %q, want %q", got, ada)
	}
	signedOut := b.follow(b.post(logoutPath, nil))
	if signedOut.StatusCode != http.StatusOK || signedOut.page(t).Find("#login-button").Length() == 0 || b.signedIn() {
		t.Errorf("after sign-out: got %d at %s, signed in %v", signedOut.StatusCode, signedOut.Request.URL, b.signedIn())
	}
	again := b.follow(b.get("/login"))
	if again.page(t).Find(`[data-type="save"]`).Length() == 0 {
		t.Errorf("the provider's session is still open: got %s", again.Request.URL)
	}
}
