package server

import (
	"strconv"
	"testing"
)

// TestRatesAreBounded asks as so many that the first is forgotten.
func TestRatesAreBounded(t *testing.T) {
	r := newRates(1)
	ask := func(name string) bool { _, ok := r.allow(name); return ok }
	for n, want := range []bool{true, true, false} {
		if got := ask("first"); got != want {
			t.Errorf("question %d at once: answered %v, want %v", n+1, got, want)
		}
	}
	for n := range mostRated {
		ask(strconv.Itoa(n))
	}
	if len(r.askers) != mostRated || r.recent.Len() != mostRated {
		t.Errorf("%d and %d are remembered, want %d", len(r.askers), r.recent.Len(), mostRated)
	}
	if !ask("first") {
		t.Error("who is forgotten is not new")
	}
	if last := strconv.Itoa(mostRated - 1); !ask(last) || ask(last) {
		t.Error("who asked last was forgotten")
	}
}
