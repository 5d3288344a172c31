package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// sums lists the SHA-256 of everything in dist, as sha256sum -c reads it.
const sums = "SHA256SUMS"

// handOut are patterns of what goes into archives beside the program. What nothing here names stays
// out, such as secrets beside the files that use them.
var handOut = []string{
	"LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ".env.example", "docs/*.md", "docs/*.png",
	"deploy/Dockerfile", "deploy/Dockerfile.dockerignore", "deploy/Caddyfile", "deploy/*.conf", "deploy/*.service", "deploy/*.yaml",
	"deploy/grafana/*.json", "deploy/prometheus/*.yaml",
	"auth/widget/dist/LICENSE", "auth/widget/dist/THIRD-PARTY-NOTICES", "auth/widget/dist/VERSION", // which NOTICE names
}

// file is one in an archive, by its path there.
type file struct {
	name       string
	content    []byte
	executable bool
}

func (f file) mode() fs.FileMode {
	if f.executable {
		return 0o755
	}
	return 0o644
}

// handedOut reads what handOut names. Each pattern must lead to something.
func handedOut(root fs.FS) ([]file, error) {
	var files []file
	for _, pattern := range handOut {
		names, err := fs.Glob(root, pattern)
		if err != nil || len(names) == 0 {
			return nil, errors.Join(fmt.Errorf("the release is to have %s, and there is none", pattern), err)
		}
		for _, name := range names {
			content, err := fs.ReadFile(root, name)
			if err != nil {
				return nil, fmt.Errorf("read %s: %w", name, err)
			}
			files = append(files, file{name: name, content: content})
		}
	}
	return files, nil
}

// pack writes files below folder into the archive name, a zip or a compressed tar, sorted and all of the
// same date, and returns its size.
func pack(name, folder string, files []file, date time.Time) (size int64, err error) {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	out, err := os.Create(name)
	if err != nil {
		return 0, fmt.Errorf("make the archive: %w", err)
	}
	write := packTar
	if filepath.Ext(name) == ".zip" {
		write = packZip
	}
	err = write(out, folder, files, date)
	info, statErr := out.Stat()
	if err := errors.Join(err, statErr, out.Close()); err != nil {
		return 0, fmt.Errorf("write the archive: %w", err)
	}
	return info.Size(), nil
}

func packTar(out io.Writer, folder string, files []file, date time.Time) error {
	compressed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return err
	}
	archive := tar.NewWriter(compressed)
	for _, f := range files {
		header := tar.Header{
			Typeflag: tar.TypeReg, Name: path.Join(folder, f.name), Size: int64(len(f.content)), Mode: int64(f.mode()), ModTime: date, Format: tar.FormatPAX,
		}
		if err := archive.WriteHeader(&header); err != nil {
			return err
		}
		if _, err := archive.Write(f.content); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

func packZip(out io.Writer, folder string, files []file, date time.Time) error {
	archive := zip.NewWriter(out)
	for _, f := range files {
		header := zip.FileHeader{Name: path.Join(folder, f.name), Method: zip.Deflate, Modified: date}
		header.SetMode(f.mode())
		entry, err := archive.CreateHeader(&header)
		if err != nil {
			return err
		}
		if _, err := entry.Write(f.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

// writeSums writes the checksums of all files in dir, by name.
func writeSums(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lines, "%x  %s\n", sha256.Sum256(content), entry.Name())
	}
	return os.WriteFile(filepath.Join(dir, sums), []byte(lines.String()), 0o644)
}
