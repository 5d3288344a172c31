// Package templates holds every page of the app: one HTML file and one typed struct each, parsed once and embedded into
// the binary. Pages work without JavaScript and carry no inline style or script, so a strict Content-Security-Policy fits.
package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"sync"
)

// A glob, because a directory pattern would leave out the files that begin with an underscore.
//
//go:embed *.html
var files embed.FS

// Page is one of this package's page structs, filled in.
type Page interface {
	file() string
}

// Pages is the parsed set of pages. It is safe for concurrent use.
type Pages struct {
	byFile  map[string]*template.Template
	buffers sync.Pool
}

// Parse reads every page. The function asset turns an asset's name, such as "app.css", into the URL it is served at, and
// answers "" for a name it doesn't know, which is an error here: a page never goes out with a missing stylesheet.
func Parse(asset func(name string) string) (*Pages, error) {
	shared, err := template.New("shared").Funcs(template.FuncMap{
		"asset": func(name string) (string, error) {
			url := asset(name)
			if url == "" {
				return "", fmt.Errorf("no asset named %q", name)
			}
			return url, nil
		},
		"iso":     iso,
		"moment":  moment,
		"span":    span,
		"seconds": seconds,
		"words":   words,
	}).ParseFS(files, "_*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the shared templates: %w", err)
	}
	p := &Pages{
		byFile:  make(map[string]*template.Template),
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}
	for _, page := range allPages() {
		set, err := template.Must(shared.Clone()).ParseFS(files, page.file())
		if err != nil {
			return nil, fmt.Errorf("parse the page %s: %w", page.file(), err)
		}
		p.byFile[page.file()] = set.Lookup(page.file())
		// html/template reports a bad escaping context only when a page is first executed.
		if err := p.Render(io.Discard, page); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Render writes a page to w, all of it or, after an error in the template, nothing.
func (p *Pages) Render(w io.Writer, page Page) error {
	buf := p.buffers.Get().(*bytes.Buffer)
	defer p.buffers.Put(buf)
	buf.Reset()
	if err := p.byFile[page.file()].Execute(buf, page); err != nil {
		return fmt.Errorf("render the page %s: %w", page.file(), err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("send the page %s: %w", page.file(), err)
	}
	return nil
}
