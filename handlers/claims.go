package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"

	"example.com/okta-gin/session"
	"example.com/okta-gin/templates"
)

// claimsCount bounds how many people's claims are remembered, at about 15 KB each.
const claimsCount = 512

// decodedClaims are a session's claims, and how the profile page shows them. They
// are shared: do not change them.
type decodedClaims struct {
	values map[string]any
	table  func() []templates.Claim // made when first wanted
	json   string                   // the same, indented
}

// claimsMemory remembers decoded claims by the hash of their JSON, so that people
// who go from page to page don't pay for them on each: decoding alone costs more
// than opening the session does.
type claimsMemory struct {
	entries *lru.Cache[[sha256.Size]byte, *decodedClaims]
}

func newClaimsMemory() (claimsMemory, error) {
	entries, err := lru.New[[sha256.Size]byte, *decodedClaims](claimsCount)
	return claimsMemory{entries}, err
}

func (m claimsMemory) decode(s *session.Session) (*decodedClaims, error) {
	hash := sha256.Sum256(s.Claims)
	if claims, ok := m.entries.Get(hash); ok {
		return claims, nil
	}
	var values map[string]any
	if err := json.Unmarshal(s.Claims, &values); err != nil {
		return nil, fmt.Errorf("decode claims: %w", err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, s.Claims, "", "  "); err != nil {
		return nil, fmt.Errorf("indent claims: %w", err)
	}
	claims := &decodedClaims{
		values: values,
		table:  sync.OnceValue(func() []templates.Claim { return templates.DescribeClaims(values) }),
		json:   indented.String(),
	}
	m.entries.Add(hash, claims)
	return claims, nil
}
