package accessiblelooks_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/language"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
)

// stand shows pages as they are filled in, without the app around them. What leads on from them
// answers 204, so that a page that goes on by itself holds still.
type stand struct {
	URL   string
	texts *language.Texts
	look  *pages.Look
	app   *templates.Pages
	shown map[string]func(http.ResponseWriter) error // by path
}

const onward = "/onward"

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{shown: make(map[string]func(http.ResponseWriter) error)}
	var err error
	if s.texts, err = language.New(); err != nil {
		t.Fatal(err)
	}
	if s.look, err = pages.New("/look/", s.texts); err != nil {
		t.Fatal(err)
	}
	assets, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	if s.app, err = templates.Parse(templates.URLs{
		Asset: assets.URL, Path: func(path string) string { return path }, SignIn: onward, SignOut: onward,
	}, s.texts); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/static/", assets)
	mux.HandleFunc(onward, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/look/{name}", func(w http.ResponseWriter, r *http.Request) {
		asset, _ := s.look.Asset(r.PathValue("name"))
		w.Header().Set("Content-Type", asset.ContentType)
		w.Write(asset.Content)
	})
	mux.HandleFunc("/shown/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := s.shown[r.URL.Path](w); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	return s
}

// defaultLook and appLook have page ready under an address, which they return.
func (s *stand) defaultLook(page pages.Page) string {
	return s.add(func(w http.ResponseWriter) error {
		body, err := s.look.Render(page)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	})
}

func (s *stand) appLook(page templates.Page) string {
	return s.add(func(w http.ResponseWriter) error {
		var body bytes.Buffer
		if err := s.app.Render(&body, page); err != nil {
			return err
		}
		_, err := body.WriteTo(w)
		return err
	})
}

func (s *stand) add(show func(http.ResponseWriter) error) string {
	path := fmt.Sprintf("/shown/%d", len(s.shown))
	s.shown[path] = show
	return s.URL + path
}
