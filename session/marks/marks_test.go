package marks_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
)

var start = time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.UTC)

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func open(t testing.TB, path string, now time.Time) *marks.File {
	t.Helper()
	f, err := marks.Open(path, 1000, at(now), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func end(t testing.TB, f *marks.File, name string, upTo, until time.Time) {
	t.Helper()
	if err := f.End(t.Context(), session.Mark{Name: name, UpTo: upTo, Until: until}); err != nil {
		t.Fatal(err)
	}
}

func want(t testing.TB, f *marks.File, name string, upTo time.Time) {
	t.Helper()
	if got, err := f.Has(t.Context(), "nobody", name); err != nil || !got[0].IsZero() || !got[1].Equal(upTo) {
		t.Errorf("Has(%q): %v, %v, want %v", name, got, err, upTo)
	}
}

// filled returns a file with marks in it that nobody has open.
func filled(t testing.TB, n int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "state")
	f := open(t, path, start)
	var all []session.Mark
	for i := range n {
		all = append(all, session.Mark{Name: fmt.Sprint("name ", i), UpTo: start, Until: start.Add(time.Hour + time.Duration(i)*time.Second)})
	}
	if err := errors.Join(f.End(t.Context(), all...), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRestart: marks of every kind are there after a restart, for as long as they
// should be.
func TestRestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	f, hour := open(t, path, start), start.Add(time.Hour)
	for _, name := range []string{"session", "person", "session at Okta", "email", "", "\xff\n"} {
		end(t, f, name, start, hour)
	}
	end(t, f, "twice", start, hour)
	end(t, f, "twice", start.Add(-time.Minute), hour.Add(time.Minute))
	end(t, f, "twice", start.Add(-time.Hour), hour.Add(-time.Minute))
	want(t, f, "twice", start)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path, hour.Add(-1))
	for _, name := range []string{"session", "person", "session at Okta", "email", "", "\xff\n", "twice"} {
		want(t, f, name, start)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path, hour)
	want(t, f, "session", time.Time{})
	want(t, f, "twice", start.Add(-time.Minute)) // what its longest mark says
	if got := f.Counts().Marks; got != 1 {
		t.Errorf("%d marks are loaded, want 1", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// TestKill: what End said yes to is there after the process was killed.
func TestKill(t *testing.T) {
	t.Parallel()
	if path := os.Getenv("MARKS_TEST_FILE"); path != "" {
		f := open(t, path, start)
		end(t, f, "kept", start, start.Add(time.Hour))
		fmt.Println("kept")
		for i := 0; ; i++ { // until killed
			end(t, f, fmt.Sprint(i), start, start.Add(time.Hour))
		}
	}
	path := filepath.Join(t.TempDir(), "state")
	cmd := exec.Command(os.Args[0], "-test.run", "^TestKill$")
	cmd.Env = append(os.Environ(), "MARKS_TEST_FILE="+path)
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := output.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Kill() // in the middle of a write, as likely as not
	_ = cmd.Wait()
	want(t, open(t, path, start), "kept", start)
}

// TestExpiredAreDropped: the file does not grow with time.
func TestExpiredAreDropped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	now := start
	f, err := marks.Open(path, 1000, func() time.Time { return now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int64
	for range 5 {
		var all []session.Mark
		for i := range 900 {
			all = append(all, session.Mark{Name: fmt.Sprint(now, i), UpTo: now, Until: now.Add(time.Hour)})
		}
		if err := f.End(t.Context(), all...); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
		now = now.Add(time.Hour)
	}
	if sizes[4] > 2*sizes[0] {
		t.Errorf("sizes %v", sizes)
	}
	if got := f.Counts().Forgotten; got != 0 {
		t.Errorf("%d forgotten before their time", got)
	}
	_ = f.Close()
}

// TestBounded: of too many those are forgotten that would expire next, on disk as in
// memory, and the operator hears of it.
func TestBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	f, err := marks.Open(path, 10, at(start), logger)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 25 {
		end(t, f, fmt.Sprint(i), start, start.Add(time.Hour+time.Duration(i)*time.Second))
	}
	check := func(f *marks.File) {
		t.Helper()
		for i := range 25 {
			upTo := time.Time{}
			if i >= 15 {
				upTo = start
			}
			want(t, f, fmt.Sprint(i), upTo)
		}
	}
	check(f)
	if got := f.Counts(); got.Forgotten != 15 || got.Marks != 10 || strings.Count(log.String(), "full") != 1 {
		t.Errorf("%+v, log %s", got, log.String())
	}
	_ = f.Close()
	f = open(t, path, start)
	check(f)
	_ = f.Close()
	f, err = marks.Open(path, 5, at(start), logger)
	if err != nil {
		t.Fatal(err)
	}
	want(t, f, "19", time.Time{})
	want(t, f, "20", start)
	_ = f.Close()
}

// TestRefuses: what cannot be read whole is not read at all, and the error says which
// file it is.
func TestRefuses(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(filled(t, 500))
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	edited := func(edit func(file []byte) []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, edit(bytes.Clone(whole)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]func(t *testing.T, path string){
		"a folder":       func(t *testing.T, path string) { _ = os.Mkdir(path, 0o700) },
		"in no folder":   func(t *testing.T, path string) { _ = os.Remove(filepath.Dir(path)) },
		"text":           edited(func([]byte) []byte { return []byte(strings.Repeat("SESSION_SECRET=\n", 4096)) }),
		"a short text":   edited(func([]byte) []byte { return []byte("hello") }),
		"cut off early":  edited(func(b []byte) []byte { return b[:3*page] }),
		"cut off":        edited(func(b []byte) []byte { return b[:len(b)/2] }),
		"a page is zero": edited(func(b []byte) []byte { clear(lastLeaf(b, page)); return b }),
		"a bit is wrong": edited(func(b []byte) []byte { // in the data behind the list of what is where
			leaf := lastLeaf(b, page)
			leaf[16+16*(int(leaf[10])+int(leaf[11])<<8)+20] ^= 1
			return b
		}),
		"a mark is missing": edited(func(b []byte) []byte { lastLeaf(b, page)[10]--; return b }),
		"a page is junk":    edited(func(b []byte) []byte { copy(lastLeaf(b, page), bytes.Repeat([]byte{0xff}, page)); return b }),
		"both heads":        edited(func(b []byte) []byte { b[page/8] ^= 0xff; b[page+page/8] ^= 0xff; clear(b[:2*page]); return b }),
		"of a newer version": func(t *testing.T, path string) {
			newer(t, path, "marks of okta-gin 2")
		},
		"forms of a newer version": func(t *testing.T, path string) {
			newer(t, path, "forms of okta-gin 10")
		},
		"documents of a newer version": func(t *testing.T, path string) {
			newer(t, path, "documents of okta-gin 2")
		},
		"open elsewhere": func(t *testing.T, path string) {
			open(t, path, start)
		},
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "dir")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "state")
			damage(t, path)
			f, err := marks.OpenWithin(10*time.Millisecond, path, 1000, at(start), nil)
			if err == nil {
				_ = f.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), path) {
				t.Errorf("error %q does not name the file", err)
			}
			t.Log(err)
		})
	}
}

// lastLeaf returns the last page that holds marks and is in use: the last in the file
// whose header says that it is a leaf.
func lastLeaf(file []byte, page int) []byte {
	for i := len(file)/page - 1; i > 1; i-- {
		p := file[i*page : (i+1)*page]
		if p[8] == 2 && p[10] > 20 { // flags and count, little-endian
			return p
		}
	}
	panic("no leaf")
}

// TestWriteFails: the mark holds in this process, and the caller hears that it may not
// hold in the next.
func TestWriteFails(t *testing.T) {
	t.Parallel()
	path := filled(t, 1)
	f := open(t, path, start)
	_ = f.Close()
	err := f.End(t.Context(), session.Mark{Name: "a", UpTo: start, Until: start.Add(time.Hour)})
	if !errors.Is(err, session.ErrUnavailable) || !strings.Contains(err.Error(), path) {
		t.Errorf("End: %v", err)
	}
	want(t, f, "a", start)
}

// TestCutOff: wherever a file ends that should go on, it is refused.
func TestCutOff(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	f := open(t, path, start)
	for i := range 400 {
		end(t, f, fmt.Sprint(i), start, start.Add(time.Hour+time.Duration(i)*time.Second))
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	last := 0 // the last page in use that holds marks
	for i := range len(whole) / page {
		if p := whole[i*page:]; p[8] == 2 && p[10] > 20 {
			last = i
		}
	}
	for pages := range last {
		cut := filepath.Join(t.TempDir(), "cut")
		if err := os.WriteFile(cut, whole[:pages*page+page/2], 0o600); err != nil {
			t.Fatal(err)
		}
		if f, err := marks.Open(cut, 1000, at(start), nil); err == nil {
			for i := range 400 { // what is cut off may be from before
				want(t, f, fmt.Sprint(i), start)
			}
			_ = f.Close()
		} else if !strings.Contains(err.Error(), cut) {
			t.Errorf("error %q does not name the file", err)
		}
	}
}

// TestCutOffWhileOpen: no crash, and no hanging sign-outs.
func TestCutOffWhileOpen(t *testing.T) {
	t.Parallel()
	path := filled(t, 500)
	f := open(t, path, start)
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b"} {
		err := f.End(t.Context(), session.Mark{Name: name, UpTo: start, Until: start.Add(time.Hour)})
		if !errors.Is(err, session.ErrUnavailable) {
			t.Errorf("End: %v", err)
		}
		want(t, f, name, start)
	}
	if err := f.Close(); err == nil {
		t.Error("Close: no error")
	}
}

func TestAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	f := open(t, path, start)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			end(t, f, fmt.Sprint(i), start, start.Add(time.Hour))
			want(t, f, fmt.Sprint(i), start)
		})
	}
	wg.Wait()
	first := 0
	for range 3 {
		if ok, err := f.Claim(t.Context(), "claim", start.Add(time.Hour)); err != nil {
			t.Error(err)
		} else if ok {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d claims were the first", first)
	}
	_ = f.Close()
	f = open(t, path, start)
	for i := range 20 {
		want(t, f, fmt.Sprint(i), start)
	}
}

// TestSignedOutStaysSignedOut through a restart of a process that keeps sessions in
// cookies.
func TestSignedOutStaysSignedOut(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state")
	process := func() (*session.Sessions, *marks.File) {
		f := open(t, path, start)
		s, err := session.NewCookies(session.Options{
			Realm: "realm", Secrets: [][]byte{bytes.Repeat([]byte("s"), 32)}, IdleTimeout: time.Hour, MaxAge: time.Hour, Now: at(start), Ended: f,
		})
		if err != nil {
			t.Fatal(err)
		}
		return s, f
	}
	one, file := process()
	signIn := func() *http.Request {
		w := httptest.NewRecorder()
		if _, err := one.Start(w, httptest.NewRequest(http.MethodGet, "/", nil), session.Session{Subject: "00uann", Claims: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(w.Result().Cookies()[0])
		return r
	}
	out, in := signIn(), signIn()
	if err := one.End(httptest.NewRecorder(), out.Clone(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	two, _ := process()
	if _, err := two.Current(httptest.NewRecorder(), out.Clone(t.Context())); !errors.Is(err, session.ErrNone) {
		t.Errorf("signed out, and after the restart: %v", err)
	}
	if _, err := two.Former(out.Clone(t.Context())); err != nil {
		t.Errorf("Former: %v", err)
	}
	if _, err := two.Current(httptest.NewRecorder(), in.Clone(t.Context())); err != nil {
		t.Errorf("not signed out: %v", err)
	}
	if counts, ok := two.Memory(); !ok || counts.Marks != 2 {
		t.Errorf("Memory: %+v, %v", counts, ok)
	}
}
