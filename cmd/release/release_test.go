package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

var date = time.Date(2026, 11, 26, 12, 0, 1, 0, time.UTC)

// packed are the names and modes in an archive, which must all have that date.
func packed(t *testing.T, name string) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	var order []string
	note := func(info fs.FileInfo, name string) {
		found[name] = info.Mode()
		order = append(order, name)
		if !info.ModTime().Equal(date) {
			t.Errorf("%s is of %s", name, info.ModTime())
		}
	}
	if filepath.Ext(name) == ".zip" {
		archive, err := zip.OpenReader(name)
		if err != nil {
			t.Fatal(err)
		}
		defer archive.Close()
		for _, f := range archive.File {
			note(f.FileInfo(), f.Name)
		}
	} else {
		in, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		plain, err := gzip.NewReader(in)
		if err != nil {
			t.Fatal(err)
		}
		for archive := tar.NewReader(plain); ; {
			header, err := archive.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if header.Uid != 0 || header.Gid != 0 || header.Uname != "" {
				t.Errorf("%s belongs to %d:%d", header.Name, header.Uid, header.Gid)
			}
			note(header.FileInfo(), header.Name)
		}
	}
	if !slices.IsSorted(order) {
		t.Errorf("%s is not sorted: %q", name, order)
	}
	return found
}

// TestArchivesAreTheSame packs the same files in two orders: the bytes don't differ.
func TestArchivesAreTheSame(t *testing.T) {
	t.Parallel()
	files := []file{{"README.md", []byte("Read me."), false}, {"okta-gin", bytes.Repeat([]byte("program"), 1000), true}, {"deploy/a.yaml", nil, false}}
	for _, name := range []string{"a.tar.gz", "a.zip"} {
		var all [][]byte
		for range 2 {
			path := filepath.Join(t.TempDir(), name)
			if _, err := pack(path, "a", files, date); err != nil {
				t.Fatal(err)
			}
			got := packed(t, path)
			for name, mode := range map[string]fs.FileMode{"a/README.md": 0o644, "a/okta-gin": 0o755, "a/deploy/a.yaml": 0o644} {
				if got[name] != mode {
					t.Errorf("%s has mode %v, want %v", name, got[name], mode)
				}
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, content)
			files = []file{files[2], files[0], files[1]}
		}
		if !bytes.Equal(all[0], all[1]) {
			t.Errorf("%s differs from one time to the next", name)
		}
	}
}

// TestHandedOut holds that archives have all files of deploy but its tests, and no secret that lies there.
func TestHandedOut(t *testing.T) {
	t.Parallel()
	root := fstest.MapFS{}
	if err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel("../..", path)
		if name = filepath.ToSlash(name); err == nil && entry.IsDir() && strings.Contains(" .git bin dist artifacts mockokta deploy/secrets ", " "+name+" ") {
			return fs.SkipDir
		}
		if err == nil && !entry.IsDir() {
			root[name] = &fstest.MapFile{}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".env", ".okta.env", "client-key.pem", "deploy/client-key.pem", "deploy/.env", "deploy/secrets/client-secret", "deploy/secrets/redis.yaml"} {
		root[name] = &fstest.MapFile{Data: []byte("s3cr3t")}
	}
	files, err := handedOut(root)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.name)
		if strings.Contains(string(f.content), "s3cr3t") {
			t.Errorf("the secret in %s is handed out", f.name)
		}
	}
	for name, each := range root {
		if strings.HasPrefix(name, "deploy/") && !strings.HasSuffix(name, "_test.go") && len(each.Data) == 0 && !slices.Contains(got, name) {
			t.Errorf("%s is not handed out", name)
		}
	}
	notice, err := os.ReadFile("../../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	for name := range root {
		if strings.HasPrefix(name, "auth/") && regexp.MustCompile(regexp.QuoteMeta(name)+`\b`).Match(notice) && !slices.Contains(got, name) {
			t.Errorf("NOTICE names %s, which is not handed out", name)
		}
	}
	delete(root, "LICENSE")
	if _, err := handedOut(root); err == nil || !strings.Contains(err.Error(), "LICENSE") {
		t.Errorf("without a licence: %v", err)
	}
}

// TestSameProgramAsTheImage compares the flags with the Dockerfile's.
func TestSameProgramAsTheImage(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../deploy/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	dockerfile := strings.Join(strings.Fields(strings.NewReplacer("\\\n", " ", `"`, "").Replace(string(content))), " ")
	if build := "CGO_ENABLED=0 go build " + strings.Join(flags("$VERSION"), " ") + " -o"; !strings.Contains(dockerfile, build) {
		t.Errorf("the Dockerfile does not say %s", build)
	}
}

// TestLicences holds that a part without a licence stops the release.
func TestLicences(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := appendLicences(new(bytes.Buffer), "example.com/none v1.0.0", dir); err == nil || !strings.Contains(err.Error(), "example.com/none v1.0.0") {
		t.Errorf("no licence: %v", err)
	}
	for name, text := range map[string]string{"LICENCE.md": "Be free.", "NOTICE": "By Ada.", "readme": "Hello."} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var text bytes.Buffer
	if err := appendLicences(&text, "example.com/some v1.0.0", dir); err != nil {
		t.Fatal(err)
	}
	if got := text.String(); !strings.Contains(got, "Be free.") || !strings.Contains(got, "By Ada.") || strings.Contains(got, "Hello.") {
		t.Errorf("got %s", got)
	}
}

func TestArguments(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"none": nil, "no version": {"", "1767225600"}, "a path": {"../v1", "1767225600"}, "no time": {"v1.2.3", ""}, "before zip": {"v1.2.3", "1"}, "too many": {"v1.2.3", "1767225600", "x"},
	} {
		var stderr strings.Builder
		if code := run(t.Context(), args, io.Discard, &stderr); code != 2 || strings.Count(stderr.String(), "\n") != 1 || !strings.Contains(stderr.String(), "make release") {
			t.Errorf("%s: exit code %d, said %s", name, code, stderr.String())
		}
	}
	version, date, err := parse([]string{"v1.2.3-4-gcd2c97e", "1767225600"})
	if err != nil || version != "v1.2.3-4-gcd2c97e" || date.Format(time.RFC3339) != "2026-01-01T00:00:00Z" {
		t.Errorf("got %s, %s, %v", version, date, err)
	}
}

func TestSums(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeSums(dir); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(dir, sums))
	if want := "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a\n"; err != nil || string(content) != want {
		t.Errorf("got %q, %v", content, err)
	}
}
