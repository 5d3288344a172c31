package marks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"example.com/okta-gin/session/marks"
)

func listed(t testing.TB, f *marks.File, name string) []string {
	t.Helper()
	values, _, err := f.List(t.Context(), name, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, value := range values {
		texts = append(texts, string(value))
	}
	slices.Sort(texts)
	return texts
}

// TestIndex: values are found by each of their names, the last of an id alone, until they
// expire.
func TestIndex(t *testing.T) {
	t.Parallel()
	now := start
	f, err := marks.Open(filepath.Join(t.TempDir(), "state"), 1000, func() time.Time { return now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	put := func(id, value string, until time.Duration, names ...string) {
		t.Helper()
		if err := f.Put(t.Context(), names, id, []byte(value), start.Add(until)); err != nil {
			t.Fatal(err)
		}
	}
	if got := listed(t, f, "ann"); got != nil {
		t.Errorf("an empty file lists %q", got)
	}
	put("1", "phone", time.Hour, "ann", "ann@example.com")
	put("2", "laptop", 2*time.Hour, "ann")
	put("3", "bob's", time.Hour, "bob")
	put("1", "phone, seen again", time.Hour, "ann", "ann@example.com")
	for name, want := range map[string][]string{
		"ann": {"laptop", "phone, seen again"}, "ann@example.com": {"phone, seen again"}, "bob": {"bob's"}, "an": nil, "": nil,
	} {
		if got := listed(t, f, name); !slices.Equal(got, want) {
			t.Errorf("%q lists %q, want %q", name, got, want)
		}
	}
	now = start.Add(time.Hour)
	if got := listed(t, f, "ann"); !slices.Equal(got, []string{"laptop"}) {
		t.Errorf("after an hour: %q", got)
	}
	for i := range 20 {
		put(fmt.Sprint("many ", i), "x", 2*time.Hour, "carl")
	}
	if got := listed(t, f, "carl"); len(got) != 10 {
		t.Errorf("%d listed of at most 10", len(got))
	}
}

// TestIndexStaysSmall: the file does not grow with time.
func TestIndexStaysSmall(t *testing.T) {
	t.Parallel()
	path, now := filepath.Join(t.TempDir(), "state"), start
	f, err := marks.Open(path, 1000, func() time.Time { return now }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var sizes []int64
	for round := range 6 {
		for i := range 60 {
			if err := f.Put(t.Context(), []string{fmt.Sprint(round, i), "all"}, fmt.Sprint(round, i), make([]byte, 200), now.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, info.Size())
		now = now.Add(time.Hour)
	}
	if sizes[5] > 3*sizes[0] {
		t.Errorf("sizes %v", sizes)
	}
}

// BenchmarkIndex is what listing a session in the file costs at each sign-in, and reading
// a person's list, with ten thousand people in it.
func BenchmarkIndex(b *testing.B) {
	f := open(b, filepath.Join(b.TempDir(), "state"), start)
	value, until := make([]byte, 250), start.Add(time.Hour)
	put := func(i int) {
		if err := f.Put(b.Context(), []string{fmt.Sprint("person ", i%10_000), fmt.Sprint("email ", i%10_000)}, fmt.Sprint(i), value, until); err != nil {
			b.Fatal(err)
		}
	}
	for i := range 10_000 {
		put(i)
	}
	b.Run("put", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			put(i)
		}
	})
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := f.List(b.Context(), "person 5000", "", 200); err != nil {
				b.Fatal(err)
			}
		}
	})
}
