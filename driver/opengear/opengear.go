// Package opengear has the drivers of console servers by Opengear.
package opengear

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// CM4148 is a console server with 48 serial ports.
var CM4148 = &clusto.Driver{
	Name: "opengearcm4148", Class: "OpenGearCM4148", Base: basic.ConsoleServer,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 1}, {Type: port.Ethernet, Count: 1}, {Type: port.Console, Count: 48},
	},
	Hardware: ssh{},
	Doc:      "a CM4148 with 48 serial ports",
}

// ssh leads to serial ports through the console server's SSH daemon, which
// connects who logs in as user:serialN with port N (classic: opengearcm4148.py).
type ssh struct{}

var _ clusto.ConsoleServer = ssh{}

// ConsoleCommand returns the ssh command. The console server is reached by its
// first address, or by its name if it has none.
func (ssh) ConsoleCommand(ctx context.Context, server *clusto.Object, serial int, user string) ([]string, error) {
	host := server.Name
	addrs, err := resource.Addrs(ctx, server)
	if err != nil {
		return nil, err
	}
	if len(addrs) > 0 {
		host = addrs[0].String()
	}
	return []string{"ssh", "-l", fmt.Sprintf("%s:serial%d", user, serial), host}, nil
}
