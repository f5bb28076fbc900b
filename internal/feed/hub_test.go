package feed_test

import (
	"testing"

	"github.com/clusto/clusto/internal/feed"
)

func TestHub(t *testing.T) {
	t.Parallel()
	var hub feed.Hub[int]
	if hub.Watched() {
		t.Error("a new hub is watched")
	}
	hub.Tell(1) // nobody hears it
	one, two := hub.Watch(), hub.Watch()
	if !hub.Watched() {
		t.Error("it is not watched")
	}
	hub.Tell(2)
	for _, w := range []*feed.Watcher[int]{one, two} {
		if got := <-w.Events; got != 2 {
			t.Errorf("got %d, want 2", got)
		}
	}
	two.Close()
	for range 2000 {
		hub.Tell(3)
	}
	if n := len(one.Events); n == 0 || one.Missed() != uint64(2000-n) || one.Missed() != 0 {
		t.Errorf("%d events wait", n)
	}
	if len(two.Events) != 0 {
		t.Error("who looks no more is told all the same")
	}
	one.Close()
	if hub.Watched() {
		t.Error("it is watched still")
	}
}
