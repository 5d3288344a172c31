package main

import (
	"os"
	"strings"
	"testing"
)

// TestCapacityIsWhatIsComputed holds docs/capacity.md to what the program says.
func TestCapacityIsWhatIsComputed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/capacity.md")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := write(&out, small); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "|") && !strings.Contains(string(page), line) {
			t.Errorf("docs/capacity.md lacks %q", line)
		}
	}
}

// TestNeedsGrowWithPeople holds what grows with what, and what replicas help.
func TestNeedsGrowWithPeople(t *testing.T) {
	t.Parallel()
	one, ten, apart := need(100_000, 1), need(1_000_000, 1), need(1_000_000, 10)
	if ten.token < 9*one.token || ten.redis < 9*one.redis || ten.core < 9*one.core {
		t.Errorf("ten times the people: %+v, %+v", one, ten)
	}
	if apart.core > ten.core/9 || apart.token != ten.token || apart.redis != ten.redis {
		t.Errorf("ten times the processes: %+v, %+v", ten, apart)
	}
	if first := need(1_000, 1).first(small); first != "nothing" {
		t.Errorf("a thousand people break %s", first)
	}
	plenty := limits{token: 1e9, userinfo: 1e9}
	if first := need(10_000_000, 10).first(plenty); !strings.HasPrefix(first, "the processor") {
		t.Errorf("ten processes for ten million people: %s breaks", first)
	}
}
