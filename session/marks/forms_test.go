package marks_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/kept"
	"example.com/okta-gin/session/marks"
)

// TestFormsOutliveARestart: a value is on disk when Put returns, until it is taken or
// expires.
func TestFormsOutliveARestart(t *testing.T) {
	t.Parallel()
	now, path := start, filepath.Join(t.TempDir(), "state")
	reopen := func(f *marks.File) *marks.File {
		t.Helper()
		if f != nil {
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
		f, err := marks.Open(path, 100, func() time.Time { return now }, nil)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	get := func(f *marks.File, name string) string {
		t.Helper()
		value, err := f.Forms().Get(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		return string(value)
	}
	f := reopen(nil)
	if got := get(f, "a"); got != "" {
		t.Errorf("an empty file has %q", got)
	}
	if got, err := f.Forms().Take(t.Context(), "a"); got != nil || err != nil {
		t.Errorf("an empty file gives %q, %v", got, err)
	}
	for name, until := range map[string]time.Duration{"a": time.Minute, "b": time.Hour, "c": time.Hour} {
		if err := f.Forms().Put(t.Context(), name, []byte("value of "+name), start.Add(until)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := f.Forms().Take(t.Context(), "c"); string(got) != "value of c" || err != nil {
		t.Errorf("took %q, %v", got, err)
	}
	f = reopen(f)
	now = start.Add(time.Minute)
	for name, want := range map[string]string{"a": "", "b": "value of b", "c": "", "d": ""} {
		if got := get(f, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	f.Close()
	if _, err := f.Forms().Get(t.Context(), "b"); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("after Close: %v", err)
	}
	if err := f.Forms().Put(t.Context(), "b", nil, now.Add(time.Hour)); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := f.Forms().Take(t.Context(), "b"); !errors.Is(err, session.ErrUnavailable) {
		t.Errorf("after Close: %v", err)
	}
}

// TestFormsHaveBounds: their number and their bytes, and what has expired makes room.
func TestFormsHaveBounds(t *testing.T) {
	t.Parallel()
	now := start
	for what, tt := range map[string]struct{ size, most int }{"many": {10, marks.MaxForms}, "large": {4 << 20, marks.MaxFormBytes/(4<<20) - 1}} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state")
			f, err := marks.Open(path, 100, func() time.Time { return now }, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			value := bytes.Repeat([]byte{1}, tt.size)
			for round := range 2 {
				for i := range tt.most + 1 {
					err := f.Forms().Put(t.Context(), fmt.Sprint(round, " ", i), value, now.Add(time.Minute))
					if (err == nil) != (i < tt.most) || err != nil && !errors.Is(err, kept.ErrFull) {
						t.Fatalf("value %d: %v", i+1, err)
					}
				}
				now = now.Add(time.Minute)
			}
			info, err := os.Stat(path)
			if err != nil || info.Size() > 3*marks.MaxFormBytes {
				t.Errorf("the file has %d bytes, %v", info.Size(), err)
			}
		})
	}
}

// TestDamagedFormIsNotThere: a value that has changed on disk is nobody's form, and keeps
// nobody from starting.
func TestDamagedFormIsNotThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	f, err := marks.Open(path, 100, func() time.Time { return start }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Forms().Put(t.Context(), "a", []byte(strings.Repeat("value", 100)), start.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(content, []byte("valuevalue"), []byte("valueValue")), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err = marks.Open(path, 100, func() time.Time { return start }, nil); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.Forms().Get(t.Context(), "a"); got != nil || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
