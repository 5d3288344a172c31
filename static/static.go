// Package static holds the app's stylesheet, scripts and icon, embedded into the binary. Each is served under a name that
// carries a hash of its content, so browsers may keep it for good and still see every change at once.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Each file is there as it is and compressed: `go generate` compresses it anew when it has changed.
//
//go:generate go test -run ^TestCompressed$ -update .
//go:embed *.css *.js *.svg *.gz
var files embed.FS

// contentTypes are spelled out, for the machine's own MIME table may say otherwise.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// Assets serves the embedded files. It is read-only after New and safe for concurrent use.
type Assets struct {
	urls   map[string]string // "app.css" -> "/static/app.3f2a9c….css"
	assets map[string]asset  // by URL path
}

type asset struct {
	contentType, etag string
	plain, gzipped    []byte
}

// New reads the embedded files.
func New() (*Assets, error) {
	names, err := fs.Glob(files, "*")
	if err != nil {
		return nil, fmt.Errorf("list the static files: %w", err)
	}
	a := &Assets{urls: make(map[string]string), assets: make(map[string]asset)}
	for _, name := range names {
		ext := path.Ext(name)
		if ext == ".gz" {
			continue
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read the static file %s: %w", name, err)
		}
		gzipped, err := files.ReadFile(name + ".gz")
		if err != nil {
			return nil, fmt.Errorf("read the static file %s: %w", name, err)
		}
		sum := sha256.Sum256(content)
		hash := hex.EncodeToString(sum[:8])
		url := "/static/" + strings.TrimSuffix(name, ext) + "." + hash + ext
		a.urls[name] = url
		a.assets[url] = asset{contentTypes[ext], hash, content, gzipped}
	}
	return a, nil
}

// URL is the path that the named file is served at, or "" when there is no such file.
func (a *Assets) URL(name string) string {
	return a.urls[name]
}

// Has reports whether path is one that URL gives out.
func (a *Assets) Has(path string) bool {
	_, ok := a.assets[path]
	return ok
}

// ServeHTTP answers GET and HEAD for the paths that URL gives out. Any other path is not found, including a file's name
// without its hash or with that of an earlier version.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a.assets[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	header := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, etag := file.plain, `"`+file.etag+`"`
	if AcceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = file.gzipped, `"`+file.etag+`-gzip"`
		header.Set("Content-Encoding", "gzip")
	}
	header.Set("Content-Type", file.contentType)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	header.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		// An error here means that the browser has gone away.
		_, _ = w.Write(body)
	}
}

// AcceptsGzip reads an Accept-Encoding header (RFC 9110 section 12.5.3), where a weight of 0 is a refusal.
func AcceptsGzip(accept string) bool {
	for offer := range strings.SplitSeq(accept, ",") {
		coding, weight, _ := strings.Cut(offer, ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		value, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		q, err := strconv.ParseFloat(value, 64)
		return !ok || (err == nil && q > 0)
	}
	return false
}
