// Package templates holds every page of the app: one HTML file and one typed struct each, parsed once and embedded into
// the binary. Pages work without JavaScript and carry no inline style or script, so a strict Content-Security-Policy fits.
package templates

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"slices"
	"sync"

	"example.com/okta-gin/language"
)

// A glob, because a directory pattern would leave out the files that begin with an underscore.
//
//go:embed *.html
var files embed.FS

// Pages is the parsed set of pages. It is safe for concurrent use.
type Pages struct {
	english *language.Words
	names   []string
	byFile  map[edition]func() (*template.Template, error) // each read when it is first asked for
	buffers sync.Pool
}

// edition is a page in a language.
type edition struct{ file, tag string }

// claimsFile stands for the table of claims among the pages.
const claimsFile = "claims"

// URLs turn names into URLs.
type URLs struct {
	// Asset is for an asset's name, such as "app.css". It answers "" for a name it doesn't know, which is an error: a page
	// never goes out with a missing stylesheet.
	Asset func(name string) string
	// Path is for a path of the app, which may stand below another on its host.
	Path func(path string) string
	// SignIn starts a sign-in, SignOut is where a sign-out button posts to.
	SignIn, SignOut string
}

// Parse finds every page, to be shown in every language of texts. A page is read when it is first shown.
func Parse(urls URLs, texts *language.Texts) (*Pages, error) {
	shared, err := template.New("shared").Funcs(funcs(texts.English())).Funcs(template.FuncMap{
		"url":     urls.Path,
		"signin":  func() string { return urls.SignIn },
		"signout": func() string { return urls.SignOut },
		"asset": func(name string) (string, error) {
			url := urls.Asset(name)
			if url == "" {
				return "", fmt.Errorf("no asset named %q", name)
			}
			return url, nil
		},
		"iso":     iso,
		"seconds": seconds,
	}).ParseFS(files, "_*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the shared templates: %w", err)
	}
	p := &Pages{
		english: texts.English(),
		byFile:  make(map[edition]func() (*template.Template, error)),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	if p.names, err = fs.Glob(files, "[^_]*.html"); err != nil {
		return nil, fmt.Errorf("list the pages: %w", err)
	}
	for _, words := range texts.All() {
		for _, name := range p.names {
			p.byFile[edition{name, words.Tag()}] = sync.OnceValues(func() (*template.Template, error) { return read(shared, words, name, name) })
		}
		p.byFile[edition{claimsFile, words.Tag()}] = sync.OnceValues(func() (*template.Template, error) { return read(shared, words, claimsFile) })
	}
	return p, nil
}

// read returns the template of that name, in the language of words, from a copy of shared and the files of more.
func read(shared *template.Template, words *language.Words, name string, more ...string) (*template.Template, error) {
	set, err := shared.Clone()
	if err != nil {
		return nil, fmt.Errorf("copy the shared templates: %w", err)
	}
	set.Funcs(funcs(words))
	for _, file := range more {
		if _, err := set.ParseFS(files, file); err != nil {
			return nil, fmt.Errorf("parse the page %s: %w", file, err)
		}
	}
	words.Fold(set)
	return set.Lookup(name), nil
}

// Claims renders the table of claims, and the same as JSON: the part of the profile page that stays the same from one view
// to the next, and costs most.
func (p *Pages) Claims(words *language.Words, claims []Claim, json string) (template.HTML, error) {
	table, err := p.byFile[edition{claimsFile, words.Tag()}]()
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if err := table.Execute(&buf, struct {
		Claims  []Claim
		RawJSON string
	}{claims, json}); err != nil {
		return "", fmt.Errorf("render the claims: %w", err)
	}
	return template.HTML(buf.String()), nil // escaped by the template
}

// Names lists the pages' files, in their order.
func (p *Pages) Names() []string { return p.names }

// Check reports that there is no file for page. Whether the two fit shows when the page is rendered.
func (p *Pages) Check(page Page) error {
	if !slices.Contains(p.names, page.Template()) {
		return fmt.Errorf("there is no page templates/%s", page.Template())
	}
	return nil
}

// Render writes a page to w, all of it or, after an error in the template, nothing.
func (p *Pages) Render(w io.Writer, page Page) error {
	if err := p.Check(page); err != nil {
		return err
	}
	words := cmp.Or(page.words(), p.english)
	template, err := p.byFile[edition{page.Template(), words.Tag()}]()
	if err != nil {
		return err
	}
	buf := p.buffers.Get().(*bytes.Buffer)
	defer p.buffers.Put(buf)
	buf.Reset()
	if err := template.Execute(buf, page); err != nil {
		return fmt.Errorf("render the page %s: %w", page.Template(), err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("send the page %s: %w", page.Template(), err)
	}
	return nil
}
