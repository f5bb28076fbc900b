package sqlstore

import (
	"context"
	"net"
	"time"
)

// Silence is how long a server, or one of its clients, may confirm nothing of
// what was sent before it counts as gone.
const Silence = 30 * time.Second

// Dial connects to a server so that its silence ends the connection, also
// while a statement waits for its answer, however long that takes.
func Dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: Silence / 2, Interval: Silence / 6, Count: 3},
		Control:         limitSilence,
	}
	return d.DialContext(ctx, network, address)
}
