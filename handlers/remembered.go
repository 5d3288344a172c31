package handlers

import (
	"bytes"
	"fmt"

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

// render returns page as it is sent. Do not change it.
func (m pagesMemory) render(page templates.Page) ([]byte, error) {
	settled, ok := page.(templates.Settled)
	if !ok {
		return m.renderAnew(page)
	}
	content := settled.Content()
	if body, ok := m.entries.Get(content); ok {
		return body, nil
	}
	body, err := m.renderAnew(page)
	if err == nil && len(body) <= pagesSize {
		m.entries.Add(content, body)
	}
	return body, err
}

func (m pagesMemory) renderAnew(page templates.Page) ([]byte, error) {
	var buf bytes.Buffer
	err := m.pages.Render(&buf, page)
	return buf.Bytes(), err
}
