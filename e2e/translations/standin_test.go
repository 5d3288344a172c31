package translations_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestStandInPages looks at the stand-in's pages as TestPages does at the app's.
func TestStandInPages(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	formPost := drive.StartApp(t, map[string]string{"OKTA_RESPONSE_MODE": "form_post"})
	for _, page := range []struct {
		name string
		goTo func(*drive.Tab)
		h1   string
	}{
		{"stand-in-sign-in", func(b *drive.Tab) {
			b.Open(a.URL + "/login")
			b.Click("summary")
		}, "Sign in"},
		{"stand-in-wrong-password", func(b *drive.Tab) {
			b.Open(a.URL + "/login?login_hint=" + drive.Ada)
			b.SignInWith(drive.Ada, "wrong")
		}, "Sign in"},
		{"stand-in-dashboard", func(b *drive.Tab) {
			b.Open(a.Org.URL() + "/login/login.htm")
			b.SignIn(drive.Ada)
		}, "Acme's dashboard"},
		{"stand-in-consent", func(b *drive.Tab) {
			b.Open(a.URL + "/login?prompt=consent")
			b.SignIn(drive.Ada)
		}, "Allow access?"},
		{"stand-in-error", func(b *drive.Tab) { b.Open(a.Org.Issuer() + "/v1/authorize?client_id=unknown") }, "400"},
		{"stand-in-form-post", func(b *drive.Tab) {
			b.WithoutScripts()
			b.Open(formPost.URL + "/login")
			b.SignIn(drive.Ada)
		}, "Signing in…"},
	} {
		t.Run(page.name, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			page.goTo(b)
			if h1 := b.Text("h1"); !strings.HasPrefix(h1, page.h1) {
				t.Fatalf("the page is %q, want %q", h1, page.h1)
			}
			b.CheckLooks(page.name)
		})
	}
}
