package handlers_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// Numbers are shown, kept and sent with the digits that were signed.
func TestNumbersKeepTheirDigits(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	number := json.Number("281674916028284931")
	app.Org.Set(func(k *mockokta.Knobs) {
		k.TamperIDToken = func(_, claims map[string]any) {
			claims["staff_number"], claims["numbers"] = number, []any{number, json.Number("1e400")}
			claims["nested"] = map[string]any{"n": number}
		}
		k.TamperUserinfo = func(claims map[string]any) { claims["badge"] = number }
	})
	b := app.Browser()
	page := b.SignIn(apptest.ProfilePath, testkit.Ada)
	if page.StatusCode != http.StatusOK {
		t.Fatalf("status %d", page.StatusCode)
	}
	for claim, want := range map[string]string{
		"staff_number": number.String(), "badge": number.String(), "numbers": "1e400", "nested": number.String(),
	} {
		if got := page.Page(t).Find("#claim-" + claim).Text(); !strings.Contains(got, want) {
			t.Errorf("%s is shown as %q", claim, got)
		}
	}
	if me := b.Get("/api/me").Body; strings.Count(me, number.String()) != 4 || !strings.Contains(me, "1e400") {
		t.Errorf("/api/me sends %s", me)
	}
	token := app.Sign(map[string]any{"staff_number": number})
	if r := app.Ask("/api/me", "Bearer "+token); !strings.Contains(r.Body, number.String()) {
		t.Errorf("a bearer's claims are sent as %s", r.Body)
	}
}
