package handlers_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

// TestPagesAreCompressed holds which pages are: what the browser takes, and nothing that
// holds words of somebody else's choosing.
func TestPagesAreCompressed(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"ADMIN_GROUPS": "Admins"}})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	plain := b.Get(apptest.ProfilePath, "Accept-Encoding", "identity")
	for _, tt := range []struct {
		path, accept string
		compressed   bool
	}{
		{apptest.ProfilePath, "gzip, deflate, br, zstd", true},
		{"/", "gzip", true},
		{"/greet", "gzip;q=0.5", true},
		{apptest.ProfilePath, "gzip;q=0", false},
		{apptest.ProfilePath, "br", false},
		{apptest.ProfilePath + "?a=b", "gzip", false},
		{"/no-such-page", "gzip", false},
		{"/admin/sessions?person=ada", "gzip", false},
		{"/api/me", "gzip", false},
	} {
		r := b.Get(tt.path, "Accept-Encoding", tt.accept)
		if got := r.Header.Get("Content-Encoding") == "gzip"; got != tt.compressed {
			t.Errorf("%s, accepting %s: compressed %v", tt.path, tt.accept, got)
		}
		if !tt.compressed {
			continue
		}
		if vary := strings.Join(r.Header.Values("Vary"), ", "); !strings.Contains(vary, "Accept-Encoding") {
			t.Errorf("%s varies by %q", tt.path, vary)
		}
		unpacked, err := gzip.NewReader(strings.NewReader(r.Body))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(unpacked)
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(page)), "</html>") {
			t.Errorf("%s: %v: %s", tt.path, err, page)
		}
		if tt.path == apptest.ProfilePath {
			t.Logf("the profile page has %d bytes, compressed %d", len(plain.Body), len(r.Body))
			if 2*len(r.Body) > len(plain.Body) {
				t.Errorf("compression takes %d bytes to %d", len(plain.Body), len(r.Body))
			}
		}
	}
}
