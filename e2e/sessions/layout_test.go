package sessions_test

import (
	"path/filepath"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

// TestSessionPages looks at the lists of sessions as TestPages does at other pages.
func TestSessionPages(t *testing.T) {
	t.Parallel()
	listing := drive.StartApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state"), "ADMIN_GROUPS": "Admins", "OKTA_API_TOKEN": mockokta.DefaultAPIToken})
	drive.NewVisitor(t, listing).SignIn("/", drive.Many)
	for _, page := range []struct {
		name string
		goTo func(*drive.Tab)
		h1   string
	}{
		{"sessions", func(b *drive.Tab) {
			for range 2 {
				drive.NewVisitor(t, listing).SignIn("/", drive.Many)
			}
			drive.SignedInAt(listing, drive.SessionsPath, drive.Many)(b)
		}, "Where you are signed in"},
		{"admin-sessions", drive.SignedInAt(listing, "/admin/sessions?q="+drive.Many, drive.Ada), "Sessions"},
		{"admin-people", drive.SignedInAt(listing, "/admin/sessions?q=a", drive.Ada), "Sessions"},
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
