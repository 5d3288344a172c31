package marks_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
)

// BenchmarkMillion is a file of a million marks: its bytes, the time to load it, the
// memory that takes, and the times to look up and to add one.
func BenchmarkMillion(b *testing.B) {
	const n = 1_000_000
	path := filepath.Join(b.TempDir(), "state")
	name := func() string { return "okta-gin-realm16:session:" + rand.Text() }
	f, err := marks.Open(path, 2*n, at(start), nil)
	if err != nil {
		b.Fatal(err)
	}
	var known string
	for i := 0; i < n; {
		var batch []session.Mark
		for range 10_000 {
			known = name()
			batch = append(batch, session.Mark{Name: known, UpTo: start, Until: start.Add(time.Hour + time.Duration(i)*time.Millisecond)})
			i++
		}
		if err := f.End(b.Context(), batch...); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			before := heap()
			f, err := marks.Open(path, 2*n, at(start), nil)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(heap()-before)/n, "heap-B/mark")
			_ = f.Close()
		}
		b.ReportMetric(float64(info.Size())/n, "file-B/mark")
	})
	f, err = marks.Open(path, 2*n, at(start), nil)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	person := name()
	b.Run("has", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := f.Has(b.Context(), known, person); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("end", func(b *testing.B) {
		for b.Loop() {
			if err := f.End(b.Context(), session.Mark{Name: name(), UpTo: start, Until: start.Add(2 * time.Hour)}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
