package demo

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/clusto/clusto/internal/snmp"
)

// last is the last port of the switch of sv3-001 that the layout has a server at.
const last = 30

// firstLeft is the first port of that switch that the story leaves free.
const firstLeft = 5

// GoOn has the switch of sv3-001 report a new machine to the daemon at an address
// whenever a tick comes, until its rack is full or ctx ends, which are no errors.
// It calls tell with what was reported.
func GoOn(ctx context.Context, to netip.AddrPort, ticks <-chan time.Time, tell func(text string)) error {
	for port := firstLeft; port <= last; port++ {
		select {
		case <-ticks:
		case <-ctx.Done():
			return nil
		}
		change := learnt(byte(0x80+port), port)
		err := snmp.SendMACNotification(ctx, snmp.MACNotification{
			To: to, From: switch1, Community: Community, Index: port, Changes: []snmp.MACChange{change},
		})
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("send a trap from %s: %w", switch1, err)
		}
		tell(fmt.Sprintf("sv3-001-sw1 reports a new machine at port %d: %s", port, change.MAC))
	}
	return nil
}
