package kept

import (
	"context"
	"sync"
	"time"
)

// Memory is a Store of this process, which a restart empties.
type Memory struct {
	max int
	now func() time.Time

	mu     sync.Mutex
	values map[string]memoryValue
	bytes  int
}

type memoryValue struct {
	value []byte
	until time.Time
}

var _ Store = (*Memory)(nil)

// NewMemory returns a Store of up to max bytes.
func NewMemory(max int, now func() time.Time) *Memory {
	return &Memory{max: max, now: now, values: make(map[string]memoryValue)}
}

// Put implements Store. It drops what has expired.
func (m *Memory) Put(_ context.Context, name string, value []byte, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, kept := range m.values {
		if !m.now().Before(kept.until) {
			m.drop(name)
		}
	}
	if m.bytes+size(name, value) > m.max {
		return ErrFull
	}
	m.values[name] = memoryValue{value, until}
	m.bytes += size(name, value)
	return nil
}

// Size says how many bytes are kept, and how many may be.
func (m *Memory) Size() (used, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.bytes, m.max
}

// Get implements Store.
func (m *Memory) Get(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.get(name), nil
}

// Take implements Store.
func (m *Memory) Take(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value := m.get(name)
	m.drop(name)
	return value, nil
}

func (m *Memory) get(name string) []byte {
	kept, ok := m.values[name]
	if !ok || !m.now().Before(kept.until) {
		return nil
	}
	return kept.value
}

func (m *Memory) drop(name string) {
	if kept, ok := m.values[name]; ok {
		m.bytes -= size(name, kept.value)
		delete(m.values, name)
	}
}

// size is what an entry takes, roughly: an empty value has its price too.
func size(name string, value []byte) int { return len(name) + len(value) + 128 }
