package static_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"example.com/okta-gin/static"
)

func newAssets(t *testing.T) *static.Assets {
	t.Helper()
	assets, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	return assets
}

func get(assets *static.Assets, method, path string, header http.Header) *http.Response {
	req := httptest.NewRequest(method, path, nil)
	for name, values := range header {
		req.Header[name] = values
	}
	rec := httptest.NewRecorder()
	assets.ServeHTTP(rec, req)
	return rec.Result()
}

func TestEveryFileIsServed(t *testing.T) {
	t.Parallel()
	assets := newAssets(t)
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	for _, name := range []string{"app.css", "app.js", "favicon.svg"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onDisk, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			url, ext := assets.URL(name), filepath.Ext(name)
			if !regexp.MustCompile(`^/static/` + strings.TrimSuffix(name, ext) + `\.[0-9a-f]{16}\` + ext + `$`).MatchString(url) {
				t.Fatalf("URL %q", url)
			}
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				for _, encoding := range []string{"", "gzip"} {
					res := get(assets, method, url, http.Header{"Accept-Encoding": {encoding}})
					for header, want := range map[string]string{
						"Cache-Control": "public, max-age=31536000, immutable", "Content-Type": types[ext],
						"Content-Encoding": encoding, "Vary": "Accept-Encoding",
					} {
						if got := res.Header.Get(header); got != want {
							t.Errorf("%s %q: %s %q, want %q", method, encoding, header, got, want)
						}
					}
					if res.StatusCode != http.StatusOK {
						t.Errorf("%s %q: status %d", method, encoding, res.StatusCode)
					}
					body := readAll(t, res.Body)
					if method == http.MethodHead {
						if len(body) != 0 {
							t.Errorf("HEAD %q: %d bytes", encoding, len(body))
						}
						continue
					}
					if got := res.Header.Get("Content-Length"); got != strconv.Itoa(len(body)) {
						t.Errorf("GET %q: Content-Length %s for %d bytes", encoding, got, len(body))
					}
					if encoding == "gzip" {
						unzipped, err := gzip.NewReader(bytes.NewReader(body))
						if err != nil {
							t.Fatal(err)
						}
						body = readAll(t, unzipped)
					}
					if !bytes.Equal(body, onDisk) {
						t.Errorf("GET %q: other content than the file's", encoding)
					}
				}
			}
		})
	}
}

func readAll(t *testing.T, r io.Reader) []byte {
	t.Helper()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestNotModified(t *testing.T) {
	t.Parallel()
	assets := newAssets(t)
	url := assets.URL("app.css")
	plain := get(assets, http.MethodGet, url, nil).Header.Get("ETag")
	zipped := get(assets, http.MethodGet, url, http.Header{"Accept-Encoding": {"gzip"}}).Header.Get("ETag")
	if plain == zipped {
		t.Errorf("one ETag %s for two encodings", plain)
	}
	for match, want := range map[string]int{plain: http.StatusNotModified, `"x", W/` + plain: http.StatusNotModified, zipped: http.StatusOK, `"x"`: http.StatusOK} {
		res := get(assets, http.MethodGet, url, http.Header{"If-None-Match": {match}})
		if res.StatusCode != want {
			t.Errorf("If-None-Match %s: status %d, want %d", match, res.StatusCode, want)
		}
	}
}

func TestAcceptEncoding(t *testing.T) {
	t.Parallel()
	assets := newAssets(t)
	for accept, want := range map[string]string{
		"": "", "identity": "", "br": "", "gzipped": "", "gzip;q=0": "", "gzip; q=0.0": "", "gzip;q=x": "", "br, deflate": "",
		"gzip": "gzip", "br, gzip": "gzip", "GZIP": "gzip", "gzip;q=0.5, br": "gzip", "deflate, gzip ; q=1": "gzip",
	} {
		res := get(assets, http.MethodGet, assets.URL("app.css"), http.Header{"Accept-Encoding": {accept}})
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: %q, want %q", accept, got, want)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	assets := newAssets(t)
	if got := assets.URL("nothing.css"); got != "" {
		t.Errorf("URL of an unknown file: %q", got)
	}
	url := assets.URL("app.css")
	for _, test := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "/static/app.css", http.StatusNotFound},
		{http.MethodGet, "/static/app.0000000000000000.css", http.StatusNotFound},
		{http.MethodGet, "/static/", http.StatusNotFound},
		{http.MethodGet, "/static/static.go", http.StatusNotFound},
		{http.MethodGet, "/static/../static.go", http.StatusNotFound},
		{http.MethodGet, url + "/", http.StatusNotFound},
		{http.MethodPost, url, http.StatusMethodNotAllowed},
	} {
		res := get(assets, test.method, test.path, nil)
		if res.StatusCode != test.want {
			t.Errorf("%s %s: status %d, want %d", test.method, test.path, res.StatusCode, test.want)
		}
		if cache := res.Header.Get("Cache-Control"); cache != "" {
			t.Errorf("%s %s: Cache-Control %q on a refusal", test.method, test.path, cache)
		}
	}
}

// The pages forbid inline code and foreign hosts; the assets keep to it too.
func TestAssetsAreSelfContained(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|document\.write|eval\(|@import|url\(|//[a-z0-9.-]+\.[a-z]{2,}/`)
	for _, name := range []string{"app.css", "app.js"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := forbidden.Find(content); found != nil {
			t.Errorf("%s contains %q", name, found)
		}
	}
}
