//go:build !race

package hot_test

import "testing"

// TestAllocations keeps the hottest paths from growing. It counts all that the process
// allocates, so it has a package of its own, and stands where tests run without the race
// detector, which allocates for itself.
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
