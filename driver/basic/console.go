package basic

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// console returns the command that leads to the console of o: that of the first
// of its serial ports which a console server with a known way is on.
func console(ctx context.Context, o *clusto.Object, user string) ([]string, error) {
	connected, err := port.Connected(ctx, o, port.Console)
	if err != nil {
		return nil, err
	}
	if len(connected) == 0 {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "%s is not connected to a console server", o.Name),
			"connect it with clusto port connect, or connect_ports('%s', …) in a script", port.Console)
	}
	for _, s := range connected {
		server, ok := clusto.AbilityOf[clusto.ConsoleServer](s.Peer.Device.Driver())
		if ok && s.Peer.Port != 0 {
			return server.ConsoleCommand(ctx, s.Peer.Device, s.Peer.Port, user)
		}
	}
	there := connected[0].Peer
	return nil, clusto.Errorf(clusto.ErrUnsupported, "%s is connected to %s, and driver %s does not know the way to a console",
		o.Name, there, there.Device.Driver().Name)
}
