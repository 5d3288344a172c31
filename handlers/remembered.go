package handlers

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"example.com/okta-gin/templates"
)

const (
	// pagesCount bounds how many pages are remembered as they were sent, and pagesSize
	// how large each may be, in bytes: 5 KB is usual.
	pagesCount = 256
	pagesSize  = 16 << 10
)

// pagesMemory renders pages. It remembers those that are settled as they were sent last.
type pagesMemory struct {
	pages   *templates.Pages
	entries *lru.Cache[any, parted]
}

// parted is a page before and after the data of its script, which are in an attribute.
// Without a script all of it is before.
type parted struct{ before, after []byte }

const (
	dataBegin = `data-session="`
	dataEnd   = `"`
)

func part(page []byte) parted {
	i := bytes.Index(page, []byte(dataBegin))
	if i < 0 {
		return parted{before: page}
	}
	i += len(dataBegin)
	return parted{page[:i], page[i+bytes.Index(page[i:], []byte(dataEnd)):]}
}

func (p parted) with(data string) []byte {
	if p.after == nil {
		return p.before
	}
	data = template.HTMLEscapeString(data)
	return slices.Concat(p.before, []byte(data), p.after)
}

func newPagesMemory(pages *templates.Pages) (pagesMemory, error) {
	entries, err := lru.New[any, parted](pagesCount)
	if err != nil {
		return pagesMemory{}, fmt.Errorf("set up the memory of pages: %w", err)
	}
	return pagesMemory{pages, entries}, nil
}

// size says how many pages are remembered, and how many may be.
func (m pagesMemory) size() (used, most int) { return m.entries.Len(), pagesCount }

// render returns page as it is sent. Do not change it.
func (m pagesMemory) render(page templates.Page) ([]byte, error) {
	settled, ok := page.(templates.Settled)
	if !ok {
		return m.renderAnew(page)
	}
	content := settled.Content()
	if known, ok := m.entries.Get(content); ok {
		return known.with(settled.ScriptData()), nil
	}
	body, err := m.renderAnew(page)
	if err == nil && len(body) <= pagesSize {
		m.entries.Add(content, part(body))
	}
	return body, err
}

func (m pagesMemory) renderAnew(page templates.Page) ([]byte, error) {
	var buf bytes.Buffer
	err := m.pages.Render(&buf, page)
	return buf.Bytes(), err
}
