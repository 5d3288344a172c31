// Package gallery fills in the pages of the app and of sign-in with all that can stand on them, in each language, and shows
// them without the app around them.
package gallery

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

// Onward is where what leads on from a page leads to. It answers 204, so that a page that goes on by itself holds still.
const Onward = "/onward"

// Stand shows pages.
type Stand struct {
	URL    string
	Texts  *language.Texts
	Assets http.Handler // has what the pages refer to

	look  *pages.Look
	app   *templates.Pages
	shown map[string]func(http.ResponseWriter) error // by path
}

// NewStand starts a stand.
func NewStand(t testing.TB) *Stand {
	t.Helper()
	s := &Stand{shown: make(map[string]func(http.ResponseWriter) error)}
	var err error
	if s.Texts, err = language.New(); err != nil {
		t.Fatal(err)
	}
	if s.look, err = pages.New("/look/", s.Texts); err != nil {
		t.Fatal(err)
	}
	assets, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	if s.app, err = templates.Parse(templates.URLs{
		Asset: assets.URL, Path: func(path string) string { return path }, SignIn: Onward, SignOut: Onward,
	}, s.Texts); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/static/", assets)
	mux.HandleFunc(Onward, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("/look/{name}", func(w http.ResponseWriter, r *http.Request) {
		asset, _ := s.look.Asset(r.PathValue("name"))
		w.Header().Set("Content-Type", asset.ContentType)
		w.Write(asset.Content)
	})
	s.Assets = mux
	all := http.NewServeMux()
	all.Handle("/", mux)
	all.HandleFunc("/shown/{name}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if err := s.shown[r.URL.Path](w); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(all)
	t.Cleanup(server.Close)
	s.URL = strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	return s
}

// Render is the HTML of a page, in the default look or the app's.
func (s *Stand) Render(page any) ([]byte, error) {
	var body bytes.Buffer
	switch page := page.(type) {
	case pages.Page:
		return s.look.Render(page)
	case templates.Page:
		err := s.app.Render(&body, page)
		return body.Bytes(), err
	}
	return nil, fmt.Errorf("%T is no page", page)
}

// Page has page ready under an address, which it returns.
func (s *Stand) Page(page any) string {
	return s.Show(func(w http.ResponseWriter) error {
		body, err := s.Render(page)
		if err != nil {
			return err
		}
		_, err = w.Write(body)
		return err
	})
}

// Show has what show writes ready under an address, which it returns.
func (s *Stand) Show(show func(http.ResponseWriter) error) string {
	path := fmt.Sprintf("/shown/%d", len(s.shown))
	s.shown[path] = show
	return s.URL + path
}
