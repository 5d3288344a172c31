package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"example.com/okta-gin/language"
)

// A glob, because a directory pattern would leave out the files that begin with an
// underscore.
//
//go:embed *.html assets/*
var files embed.FS

// Look is the default look of the pages. It is safe for concurrent use.
type Look struct {
	english string
	byFile  map[edition]func() (*template.Template, error) // each read when it is first asked for
	urls    map[string]string                              // of assets, by their file names
	assets  map[string]Asset
}

// edition is a page in a language.
type edition struct{ file, tag string }

// Asset is a file that pages load.
type Asset struct {
	ContentType string
	Content     []byte
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// New finds the pages, to be shown in every language of texts. Their assets are linked as prefix + NAME.HASH.EXT, to be
// served from Asset: what such a URL answers never changes.
func New(prefix string, texts *language.Texts) (*Look, error) {
	l := &Look{english: texts.English().Tag(), byFile: make(map[edition]func() (*template.Template, error)), urls: make(map[string]string), assets: make(map[string]Asset)}
	entries, err := fs.ReadDir(files, "assets")
	if err != nil {
		return nil, fmt.Errorf("list the assets: %w", err)
	}
	for _, entry := range entries {
		content, err := files.ReadFile("assets/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the asset %s: %w", entry.Name(), err)
		}
		sum, ext := sha256.Sum256(content), path.Ext(entry.Name())
		name := strings.TrimSuffix(entry.Name(), ext) + "." + hex.EncodeToString(sum[:8]) + ext
		l.urls[entry.Name()], l.assets[name] = prefix+name, Asset{contentTypes[ext], content}
	}
	shared, err := template.New("shared").Funcs(texts.English().Funcs()).Funcs(template.FuncMap{
		"asset": func(name string) (string, error) {
			if l.urls[name] == "" {
				return "", fmt.Errorf("no asset named %q", name)
			}
			return l.urls[name], nil
		},
	}).ParseFS(files, "_*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the shared templates: %w", err)
	}
	for _, page := range []Page{Error{}, ConfirmSignOut{}, SignedOut{}, Sessions{}, Arrived{}, Onward{}, KeptForm{}, GivenBack{}, Resubmit{}, PopupDone{}, Widget{}} {
		for _, words := range texts.All() {
			l.byFile[edition{page.file(), words.Tag()}] = sync.OnceValues(func() (*template.Template, error) {
				return read(shared, words, page.file())
			})
		}
	}
	return l, nil
}

// read returns the page of that file, in the language of words, with what a copy of shared holds.
func read(shared *template.Template, words *language.Words, file string) (*template.Template, error) {
	set, err := shared.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the shared templates: %w", err)
	}
	if _, err := set.Funcs(words.Funcs()).ParseFS(files, file); err != nil {
		return nil, fmt.Errorf("parse the page %s: %w", file, err)
	}
	words.Fold(set)
	return set.Lookup(file), nil
}

// Render returns the whole page.
func (l *Look) Render(page Page) ([]byte, error) {
	tag := l.english
	if words := page.words(); words != nil {
		tag = words.Tag()
	}
	shown, err := l.byFile[edition{page.file(), tag}]()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := shown.Execute(&b, page); err != nil {
		return nil, fmt.Errorf("render the page %s: %w", page.file(), err)
	}
	return b.Bytes(), nil
}

// SessionScript is the URL of the script of SessionScript.
func (l *Look) SessionScript() string { return l.urls["session.js"] }

// Asset returns the asset of that name, hash included.
func (l *Look) Asset(name string) (Asset, bool) {
	asset, ok := l.assets[name]
	return asset, ok
}
