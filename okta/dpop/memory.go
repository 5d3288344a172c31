package dpop

import (
	"context"
	"crypto/sha256"
	"errors"
	"sync"
	"time"
)

// ErrFull says that more proofs came within minutes than are remembered. None may be
// forgotten before its time, so no further one is taken until then.
var ErrFull = errors.New("the memory of DPoP proofs is full")

// memorySpan is how long a proof is remembered at least: from one made ahead of now until
// it is too old.
const memorySpan = 2 * Window

// Memory remembers which proofs were used, for one process. It is safe for concurrent
// use.
type Memory struct {
	now func() time.Time
	max int // of each half

	mu         sync.Mutex
	turned     time.Time // when young was begun
	young, old map[[16]byte]struct{}
}

// NewMemory returns a Memory of up to max proofs, at about 50 bytes each, of each four
// minutes.
func NewMemory(max int, now func() time.Time) *Memory {
	return &Memory{now: now, max: max, young: map[[16]byte]struct{}{}}
}

// Claim is Once for times no later than four minutes from now. It returns ErrFull.
func (m *Memory) Claim(_ context.Context, name string, _ time.Time) (first bool, err error) {
	sum := sha256.Sum256([]byte(name))
	hash := [16]byte(sum[:16])
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(m.now())
	if _, used := m.young[hash]; used {
		return false, nil
	}
	if _, used := m.old[hash]; used {
		return false, nil
	}
	if len(m.young) >= m.max {
		return false, ErrFull
	}
	m.young[hash] = struct{}{}
	return true, nil
}

// Size says how many proofs of the last minutes are remembered, and how many may be.
func (m *Memory) Size() (used, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(m.now())
	return len(m.young), m.max
}

// turn drops what came before the last span but one.
func (m *Memory) turn(now time.Time) {
	since := now.Sub(m.turned)
	if since < memorySpan {
		return
	}
	m.old = m.young
	if since >= 2*memorySpan {
		m.old = nil
	}
	m.young, m.turned = map[[16]byte]struct{}{}, now
}
