// Package claims decodes a session's claims, and remembers them.
package claims

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	lru "github.com/hashicorp/golang-lru/v2"
)

// count bounds how many people's claims are remembered, at about 10 KB each.
const count = 512

// Decode reads a JSON object. Numbers keep their digits: they are json.Number.
func Decode(object []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("decode claims: %w", err)
	}
	return values, nil
}

// Memory remembers decoded claims by the hash of their JSON, so that people who go
// from page to page don't pay for them on each: decoding alone costs more than
// opening the session does. It is safe for concurrent use.
type Memory struct {
	entries *lru.Cache[[sha256.Size]byte, map[string]any]
}

// NewMemory returns an empty memory of 512 people's claims.
func NewMemory() (*Memory, error) {
	entries, err := lru.New[[sha256.Size]byte, map[string]any](count)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of claims: %w", err)
	}
	return &Memory{entries}, nil
}

// Size says how many people's claims are remembered, and how many may be.
func (m *Memory) Size() (used, most int) { return m.entries.Len(), count }

// Decode is the package's Decode. The result is shared: do not change it.
func (m *Memory) Decode(object []byte) (map[string]any, error) {
	hash := sha256.Sum256(object)
	if values, ok := m.entries.Get(hash); ok {
		return values, nil
	}
	values, err := Decode(object)
	if err != nil {
		return nil, err
	}
	m.entries.Add(hash, values)
	return values, nil
}
