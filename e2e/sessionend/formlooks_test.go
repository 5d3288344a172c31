package sessionend_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

// TestKeptFormPages looks at what becomes of a form as TestPages does at other pages.
func TestKeptFormPages(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state"), "ADMIN_GROUPS": "Admins"})
	for _, page := range []struct {
		name string
		goTo func(*drive.Tab)
		h1   string
	}{
		{"kept-form", sentAfterTheEnd(a, map[string]string{
			"subject": "Trip to Rome", "id": strings.Repeat("long", 60), "text": "Dear all,\n\n" + strings.Repeat("how are you? ", 30), "password": "x", "empty": "",
		}), "Send it now?"},
		{"given-back", sentAfterTheEnd(a, map[string]string{"subject": "Trip to Rome", "text": strings.Repeat("how are you? ", 6_000), "password": "x"}), "Please copy what you sent"},
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

// sentAfterTheEnd sends a form to the operator's console when the session has just ended.
func sentAfterTheEnd(a *drive.App, fields map[string]string) func(*drive.Tab) {
	return func(b *drive.Tab) {
		b.T.Helper()
		drive.SignedInAt(a, "/admin/sessions", drive.Ada)(b)
		b.LoseSession(a.URL)
		var form strings.Builder
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			fmt.Fprintf(&form, `<textarea name="%s">%s</textarea>`, name, fields[name])
		}
		b.Leave(func() {
			drive.Evaluate[bool](b, fmt.Sprintf(`(() => {
				const form = document.createElement("form");
				form.method = "post";
				form.action = "/admin/sessions/end";
				form.innerHTML = %q;
				document.body.append(form);
				form.submit();
				return true;
			})()`, form.String()))
		})
		b.Until("document.querySelector('form#kept-form, main textarea')")
	}
}
