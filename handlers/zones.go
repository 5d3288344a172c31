package handlers

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// zonesCount bounds how many time zones are remembered: people live in fewer.
const zonesCount = 64

// zonesMemory remembers time zones, which are read from the disk, by their names.
type zonesMemory struct {
	entries *lru.Cache[string, *time.Location]
}

func newZonesMemory() (zonesMemory, error) {
	entries, err := lru.New[string, *time.Location](zonesCount)
	if err != nil {
		return zonesMemory{}, fmt.Errorf("set up the memory of time zones: %w", err)
	}
	return zonesMemory{entries}, nil
}

// size says how many time zones are remembered, and how many may be.
func (m zonesMemory) size() (used, most int) { return m.entries.Len(), zonesCount }

// of returns the zone of that name, UTC for one that nobody knows.
func (m zonesMemory) of(name string) *time.Location {
	if zone, ok := m.entries.Get(name); ok {
		return zone
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	m.entries.Add(name, zone)
	return zone
}
