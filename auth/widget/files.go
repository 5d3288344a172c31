package widget

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed dist/VERSION dist/SHA256SUMS dist/js dist/css dist/font dist/img dist/labels
var okta embed.FS

//go:embed assets
var own embed.FS

// contentTypes are spelled out, for the machine's own MIME table may say otherwise.
var contentTypes = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".json": "application/json",
	".svg": "image/svg+xml", ".png": "image/png", ".gif": "image/gif", ".woff": "font/woff", ".woff2": "font/woff2",
}

// Files serves what the widget loads: Okta's files by their names in the package, and this package's own. It is safe
// for concurrent use.
type Files struct {
	version string
	byName  map[string]file
}

// file names the embedded file that holds it plain, or else those that hold it compressed.
type file struct {
	in                     embed.FS
	plain, gzipped, brotli string
}

// NewFiles finds the embedded files. Their Version changes with each of them.
func NewFiles() (*Files, error) {
	f := &Files{byName: make(map[string]file)}
	hash := sha256.New()
	if err := f.addOkta(hash); err != nil {
		return nil, fmt.Errorf("read the Sign-In Widget: %w", err)
	}
	if err := f.addOwn(hash); err != nil {
		return nil, fmt.Errorf("read what starts the Sign-In Widget: %w", err)
	}
	release, err := okta.ReadFile("dist/VERSION")
	if err != nil {
		return nil, fmt.Errorf("read the Sign-In Widget's version: %w", err)
	}
	f.version = strings.TrimSpace(string(release)) + "-" + hex.EncodeToString(hash.Sum(nil)[:8])
	return f, nil
}

// addOkta adds Okta's files. Their checksums stand for them in hash.
func (f *Files) addOkta(hash io.Writer) error {
	sums, err := okta.ReadFile("dist/SHA256SUMS")
	if err != nil {
		return err
	}
	if _, err := hash.Write(sums); err != nil {
		return err
	}
	return fs.WalkDir(okta, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		bare := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(name, "dist/"), ".gz"), ".br")
		found := f.byName[bare]
		found.in = okta
		switch path.Ext(name) {
		case ".gz":
			found.gzipped = name
		case ".br":
			found.brotli = name
		default:
			found.plain = name
		}
		f.byName[bare] = found
		return nil
	})
}

func (f *Files) addOwn(hash io.Writer) error {
	return fs.WalkDir(own, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := own.ReadFile(name)
		if err != nil {
			return err
		}
		f.byName[strings.TrimPrefix(name, "assets/")] = file{in: own, plain: name}
		_, err = hash.Write(content)
		return err
	})
}

// Version names the widget's release and, by a hash, every file: what an address below it answers never changes.
func (f *Files) Version() string { return f.version }

// Serve answers GET and HEAD for a file by VERSION/NAME, compressed as the browser asks (RFC 9110 section 12.5.3). It
// returns false, having written nothing, for what there is not, be it of another version.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	bare, ours := strings.CutPrefix(strings.TrimPrefix(name, "/"), f.version+"/")
	found, ok := f.byName[bare]
	kind := contentTypes[path.Ext(bare)]
	if !ours || !ok || kind == "" {
		return false
	}
	coding, body, err := found.coded(strings.Join(r.Header.Values("Accept-Encoding"), ","))
	if err != nil {
		return false
	}
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	if found.gzipped != "" {
		header.Set("Vary", "Accept-Encoding")
	}
	if coding != "" {
		header.Set("Content-Encoding", coding)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // an error means that the browser has gone away
	}
	return true
}

// coded returns the file in the best coding that an Accept-Encoding header allows. A test has read each file in each.
func (f file) coded(accept string) (coding string, content []byte, err error) {
	switch {
	case f.gzipped == "":
		content, err = f.in.ReadFile(f.plain)
		return "", content, err
	case accepts(accept, "br"):
		content, err = f.in.ReadFile(f.brotli)
		return "br", content, err
	}
	if content, err = f.in.ReadFile(f.gzipped); err != nil || accepts(accept, "gzip") {
		return "gzip", content, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return "", nil, err
	}
	content, err = io.ReadAll(reader)
	return "", content, err
}

// accepts reads an Accept-Encoding header, where a weight of 0 is a refusal.
func accepts(header, coding string) bool {
	for offer := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(offer, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		value, weighted := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return !weighted || err == nil && q > 0
	}
	return false
}
