package marks_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
)

// TestDocumentsOutliveARestart holds that a document is there until it expires or is
// replaced.
func TestDocumentsOutliveARestart(t *testing.T) {
	t.Parallel()
	now, path := start, filepath.Join(t.TempDir(), "state")
	open := func() *marks.File {
		t.Helper()
		f, err := marks.Open(path, 100, func() time.Time { return now }, nil)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	want := func(f *marks.File, name, want string) {
		t.Helper()
		if got, err := f.Documents().Get(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, want)
		}
	}
	f := open()
	want(f, "keys", "")
	for _, put := range []struct {
		name, value string
		keep        time.Duration
	}{{"keys", "old", time.Hour}, {"keys", "new", time.Hour}, {"metadata", "long", 2 * time.Hour}} {
		if err := f.Documents().Put(put.name, []byte(put.value), now.Add(put.keep)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Documents().Put("keys", nil, now); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("closed, Put: %v", err)
	}
	if _, err := f.Documents().Get("keys"); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("closed, Get: %v", err)
	}
	f = open()
	want(f, "keys", "new")
	want(f, "metadata", "long")
	now = now.Add(time.Hour)
	want(f, "keys", "")
	want(f, "metadata", "long")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
