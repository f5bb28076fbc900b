package watch_test

import (
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/dhcp/watch"
)

func TestHub(t *testing.T) {
	var hub watch.Hub
	packet := []byte{1, 2}
	e := &dhcp.Event{Message: "DISCOVER", Packet: packet, Client: &dhcp.Client{Vendor: packet}, Answer: &dhcp.Answer{Host: clusto.Entity{ID: 1}}}
	if n := testing.AllocsPerRun(10, func() { hub.Observe(e) }); n != 0 {
		t.Errorf("%v allocations while nobody looks", n)
	}
	one, two := hub.Watch(), hub.Watch()
	hub.Observe(e)
	packet[0] = 9
	for _, w := range []*watch.Watcher{one, two} {
		got := <-w.Events
		if got.Packet[0] != 1 || got.Client.Vendor[0] != 1 || got.Answer.Host.ID != 1 || got.Message != "DISCOVER" {
			t.Errorf("got %+v", got)
		}
	}
	two.Close()
	for range 2000 {
		hub.Observe(e)
	}
	if n := len(one.Events); n == 0 || one.Missed() != uint64(2000-n) || one.Missed() != 0 {
		t.Errorf("%d packets wait", n)
	}
	if len(two.Events) != 0 {
		t.Error("who looks no more is told all the same")
	}
	one.Close()
	if n := testing.AllocsPerRun(10, func() { hub.Observe(e) }); n != 0 {
		t.Errorf("%v allocations when nobody looks any more", n)
	}
}
