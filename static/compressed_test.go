package static_test

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "compress the files anew")

// TestCompressed: each file beside its compressed twin, which holds the same.
func TestCompressed(t *testing.T) {
	t.Parallel()
	var names []string
	for _, pattern := range []string{"*.css", "*.js", "*.svg"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %v", pattern, found, err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		plain, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			if err := os.WriteFile(name+".gz", compressed(t, plain), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		file, err := os.Open(name + ".gz")
		if err != nil {
			t.Fatalf("%v: go generate ./static makes it", err)
		}
		defer file.Close()
		reader, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		if held, err := io.ReadAll(reader); err != nil || !bytes.Equal(held, plain) {
			t.Errorf("%s.gz holds something else (%v): go generate ./static makes it anew", name, err)
		}
	}
	twins, err := filepath.Glob("*.gz")
	if err != nil || len(twins) != len(names) {
		t.Errorf("%d files have %d twins (%v)", len(names), len(twins), err)
	}
}

func compressed(t *testing.T, plain []byte) []byte {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
