package handlers

import (
	"encoding/json"
	"fmt"
	"html/template"

	lru "github.com/hashicorp/golang-lru/v2"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/language"
	"example.com/okta-gin/templates"
)

const (
	// shownCount bounds how many people's claims are remembered as the profile page
	// shows them, and shownSize how large each may be, in bytes: 10 KB is usual.
	shownCount = 256
	shownSize  = 64 << 10
)

// claimsMemory remembers how claims are shown.
type claimsMemory struct {
	pages   *templates.Pages
	entries *lru.Cache[shownClaims, template.HTML]
}

// shownClaims are those of a version of a session, in a language.
type shownClaims struct{ version, language string }

func newClaimsMemory(pages *templates.Pages) (claimsMemory, error) {
	entries, err := lru.New[shownClaims, template.HTML](shownCount)
	if err != nil {
		return claimsMemory{}, fmt.Errorf("set up the memory of claims: %w", err)
	}
	return claimsMemory{pages, entries}, nil
}

// size says how many people's claims are remembered, and how many may be.
func (m claimsMemory) size() (used, most int) { return m.entries.Len(), shownCount }

// of returns how caller's claims are shown in a language.
func (m claimsMemory) of(words *language.Words, caller *auth.Caller) (template.HTML, error) {
	key := shownClaims{caller.Version(), words.Tag()}
	if shown, ok := m.entries.Get(key); ok {
		return shown, nil
	}
	indented, err := json.MarshalIndent(caller.Claims, "", "  ")
	if err != nil {
		return "", fmt.Errorf("indent claims: %w", err)
	}
	shown, err := m.pages.Claims(words, templates.DescribeClaims(words, caller.Claims), string(indented))
	if err == nil && len(shown) <= shownSize {
		m.entries.Add(key, shown)
	}
	return shown, err
}
