package handlers

import (
	"encoding/json"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/templates"
)

// shownCount bounds how many people's claims are remembered as the profile page shows
// them, at about 15 KB each.
const shownCount = 512

// shownClaims are a person's claims as the profile page shows them. They are shared: do
// not change them.
type shownClaims struct {
	table []templates.Claim
	json  string
}

// claimsMemory remembers how claims are shown, by the version of the session.
type claimsMemory struct {
	entries *lru.Cache[string, shownClaims]
}

func newClaimsMemory() (claimsMemory, error) {
	entries, err := lru.New[string, shownClaims](shownCount)
	if err != nil {
		return claimsMemory{}, fmt.Errorf("set up the memory of claims: %w", err)
	}
	return claimsMemory{entries}, nil
}

func (m claimsMemory) of(caller *auth.Caller) (shownClaims, error) {
	version := caller.Version()
	if shown, ok := m.entries.Get(version); ok {
		return shown, nil
	}
	indented, err := json.MarshalIndent(caller.Claims, "", "  ")
	if err != nil {
		return shownClaims{}, fmt.Errorf("indent claims: %w", err)
	}
	shown := shownClaims{templates.DescribeClaims(caller.Claims), string(indented)}
	m.entries.Add(version, shown)
	return shown, nil
}
