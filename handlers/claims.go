package handlers

import (
	"encoding/json"
	"fmt"
	"html/template"

	lru "github.com/hashicorp/golang-lru/v2"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/templates"
)

const (
	// shownCount bounds how many people's claims are remembered as the profile page
	// shows them, and shownSize how large each may be, in bytes: 10 KB is usual.
	shownCount = 512
	shownSize  = 64 << 10
)

// claimsMemory remembers how claims are shown, by the version of the session.
type claimsMemory struct {
	pages   *templates.Pages
	entries *lru.Cache[string, template.HTML]
}

func newClaimsMemory(pages *templates.Pages) (claimsMemory, error) {
	entries, err := lru.New[string, template.HTML](shownCount)
	if err != nil {
		return claimsMemory{}, fmt.Errorf("set up the memory of claims: %w", err)
	}
	return claimsMemory{pages, entries}, nil
}

// size says how many people's claims are remembered, and how many may be.
func (m claimsMemory) size() (used, most int) { return m.entries.Len(), shownCount }

// of returns how caller's claims are shown.
func (m claimsMemory) of(caller *auth.Caller) (template.HTML, error) {
	version := caller.Version()
	if shown, ok := m.entries.Get(version); ok {
		return shown, nil
	}
	indented, err := json.MarshalIndent(caller.Claims, "", "  ")
	if err != nil {
		return "", fmt.Errorf("indent claims: %w", err)
	}
	shown, err := m.pages.Claims(templates.DescribeClaims(caller.Claims), string(indented))
	if err == nil && len(shown) <= shownSize {
		m.entries.Add(version, shown)
	}
	return shown, err
}
