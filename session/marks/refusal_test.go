package marks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"example.com/okta-gin/session/marks"
)

// newer adds to a file what a version to come would write.
func newer(t *testing.T, path, bucket string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists([]byte(bucket))
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestRefusalsSayWhatToDo holds that each is one line with the file's name, the reason and
// the remedy.
func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		make func(t *testing.T, path string) string // returns the file to open
		want string
	}{
		"a newer version": {func(t *testing.T, path string) string { newer(t, path, "marks of okta-gin 2"); return path }, "run that version"},
		"something else": {func(t *testing.T, path string) string {
			if err := os.WriteFile(path, []byte(strings.Repeat("text", 10_000)), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, "name another file"},
		"no folder":      {func(_ *testing.T, path string) string { return filepath.Join(path, "state") }, "make its folder"},
		"open elsewhere": {func(t *testing.T, path string) string { open(t, path, start); return path }, "stop that one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := test.make(t, filepath.Join(t.TempDir(), "state"))
			f, err := marks.OpenWithin(10*time.Millisecond, path, 1000, at(start), nil)
			if err == nil {
				_ = f.Close()
				t.Fatal("no error")
			}
			if text := err.Error(); strings.Contains(text, "\n") || !strings.Contains(text, path) || !strings.Contains(text, test.want) {
				t.Errorf("got %q, want one line with %s and %q", text, path, test.want)
			}
		})
	}
}

// TestUnknownIsLeftAlone opens a file that a version with one more subject has written: one
// may go back from it.
func TestUnknownIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filled(t, 1)
	newer(t, path, "weather of okta-gin 1")
	want(t, open(t, path, start), "name 0", start)
}
