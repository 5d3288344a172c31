//go:build !race

package handlers_test

import "testing"

// TestAllocations keeps the hottest paths from growing. It counts all that the process
// allocates, so it does not run beside others, and not with the race detector, which
// allocates for itself: scripts/test.sh runs it without.
func TestAllocations(t *testing.T) {
	for name, ask := range hotPaths(t) {
		most := map[string]float64{"page": 116, "claims": 32, "bearer": 33}[name]
		got := testing.AllocsPerRun(2000, ask)
		t.Logf("%s: %v allocations a request, %v at most", name, got, most)
		if got > most {
			t.Errorf("%s: %v allocations a request, want %v at most", name, got, most)
		}
	}
}
