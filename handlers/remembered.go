package handlers

import (
	"bytes"
	"fmt"
	"io"

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
	entries *lru.Cache[any, []byte]
}

func newPagesMemory(pages *templates.Pages) (pagesMemory, error) {
	entries, err := lru.New[any, []byte](pagesCount)
	if err != nil {
		return pagesMemory{}, fmt.Errorf("set up the memory of pages: %w", err)
	}
	return pagesMemory{pages, entries}, nil
}

// render writes page to w, the whole of it, or nothing and an error of its template.
func (m pagesMemory) render(w io.Writer, page templates.Page) error {
	settled, ok := page.(templates.Settled)
	if !ok {
		return m.pages.Render(w, page)
	}
	content := settled.Content()
	body, ok := m.entries.Get(content)
	if !ok {
		var buf bytes.Buffer
		if err := m.pages.Render(&buf, page); err != nil {
			return err
		}
		body = buf.Bytes()
		if len(body) <= pagesSize {
			m.entries.Add(content, body)
		}
	}
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("send the page %s: %w", page.Template(), err)
	}
	return nil
}
