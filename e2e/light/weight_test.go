package light_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// most is what a page may weigh with all that it loads, compressed.
const most = 30 << 10

// TestWeight weighs each page of the app and of the default look with its stylesheets, scripts and pictures.
func TestWeight(t *testing.T) {
	t.Parallel()
	app, plain := hosts.App(t, nil), hosts.Plain(t, nil)
	for name, tc := range map[string]struct {
		host   *hosts.Host
		person string // who is signed in; empty for nobody
		paths  []string
	}{
		"nobody": {app, "", []string{
			"/", drive.LogoutPath, "/authorization-code/signed-out", "/no-such-page", "/authorization-code/callback?code=x&state=y", "/login?return_to=https://example.com/",
		}},
		"somebody":               {app, drive.Ada, []string{"/", "/greet", drive.ProfilePath, drive.SessionsPath, drive.LogoutPath, "/admin/sessions", "/admin/sessions?q=grace", "/no-such-page"}},
		"somebody of 120 groups": {app, drive.Many, []string{"/", "/greet", drive.ProfilePath, drive.SessionsPath}},
		"nobody, default look":   {plain, "", []string{drive.LogoutPath, "/authorization-code/signed-out", "/authorization-code/callback?code=x&state=y"}},
		"somebody, default look": {plain, drive.Ada, []string{drive.SessionsPath, drive.LogoutPath}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := visitor(t, tc.host, tc.person)
			for _, path := range tc.paths {
				own, loaded := weigh(t, client, tc.host.URL+path)
				if own+loaded > most {
					t.Errorf("%s weighs %d bytes, and %d with what it loads", path, own, own+loaded)
				}
				t.Logf("%s: %d bytes, with what it loads %d", path, own, own+loaded)
			}
		})
	}
}

// visitor is a client in which person is signed in.
func visitor(t *testing.T, h *hosts.Host, person string) *http.Client {
	t.Helper()
	v := h.Visitor(t)
	if person != "" {
		v.SignIn("/", person)
	}
	return v.Client
}

// weigh fetches a page and what it loads: how many bytes each of both is, compressed as the app sends it, or by gzip.
func weigh(t *testing.T, client *http.Client, target string) (own, loaded int) {
	t.Helper()
	page, own := fetch(t, client, target)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	doc.Find("link[href]:not([rel=canonical]), script[src], img[src], iframe[src]").Each(func(_ int, s *goquery.Selection) {
		from := s.AttrOr("href", s.AttrOr("src", ""))
		if strings.HasPrefix(from, "data:") {
			return
		}
		asset, err := base.Parse(from)
		if err != nil {
			t.Fatal(err)
		}
		if asset.Host != base.Host {
			t.Errorf("%s loads %s", target, asset)
		}
		content, size := fetch(t, client, asset.String())
		if strings.Contains(content, "url(") || strings.Contains(content, "@import") {
			t.Errorf("%s loads more, which is not weighed", asset)
		}
		loaded += size
	})
	if loaded == 0 {
		t.Errorf("%s loads nothing", target)
	}
	return own, loaded
}

// fetch returns what is at target, and how many bytes that takes.
func fetch(t *testing.T, client *http.Client, target string) (content string, size int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(unpacked)
		if err != nil {
			t.Fatal(err)
		}
		return string(text), len(body)
	}
	var packed strings.Builder
	w := gzip.NewWriter(&packed)
	w.Write(body)
	w.Close()
	return string(body), min(packed.Len(), len(body))
}
