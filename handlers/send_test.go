package handlers_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

// TestPagesAreCompressed holds which pages are: what the browser takes, and nothing that
// holds words of somebody else's choosing.
func TestPagesAreCompressed(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"ADMIN_GROUPS": "Admins"}})
	b := app.browser()
	b.signIn(profilePath, ada)
	plain := b.get(profilePath, "Accept-Encoding", "identity")
	for _, tt := range []struct {
		path, accept string
		compressed   bool
	}{
		{profilePath, "gzip, deflate, br, zstd", true},
		{"/", "gzip", true},
		{"/greet", "gzip;q=0.5", true},
		{profilePath, "gzip;q=0", false},
		{profilePath, "br", false},
		{profilePath + "?a=b", "gzip", false},
		{"/no-such-page", "gzip", false},
		{"/admin/sessions?person=ada", "gzip", false},
		{"/api/me", "gzip", false},
	} {
		r := b.get(tt.path, "Accept-Encoding", tt.accept)
		if got := r.Header.Get("Content-Encoding") == "gzip"; got != tt.compressed {
			t.Errorf("%s, accepting %s: compressed %v", tt.path, tt.accept, got)
		}
		if !tt.compressed {
			continue
		}
		if vary := strings.Join(r.Header.Values("Vary"), ", "); !strings.Contains(vary, "Accept-Encoding") {
			t.Errorf("%s varies by %q", tt.path, vary)
		}
		unpacked, err := gzip.NewReader(strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(unpacked)
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(page)), "</html>") {
			t.Errorf("%s: %v: %s", tt.path, err, page)
		}
		if tt.path == profilePath {
			t.Logf("the profile page has %d bytes, compressed %d", len(plain.body), len(r.body))
			if 2*len(r.body) > len(plain.body) {
				t.Errorf("compression takes %d bytes to %d", len(plain.body), len(r.body))
			}
		}
	}
}
