package v6_test

import (
	"context"
	"testing"

	"github.com/clusto/clusto/internal/dhcp/v6"
)

// BenchmarkHandle answers a Solicit that came through a relay, without the decision.
func BenchmarkHandle(b *testing.B) {
	packet, m := relayPacket(b), relayed()
	h := v6.Handler{Decider: quiet{}, DUID: serverID}
	out := new(v6.Outcome)
	b.ReportAllocs()
	for b.Loop() {
		h.Handle(context.Background(), reader{}, packet, &m, out, nil)
	}
}
