// Package penguin has the drivers of servers by Penguin Computing.
package penguin

import (
	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/port"
)

// Server is a server of one unit.
var Server = &clusto.Driver{
	Name: "penguinserver", Class: "PenguinServer", Base: basic.Server, Doc: "a server by Penguin Computing",
}

// Server2U is a server of two units, fed by two outlets.
var Server2U = &clusto.Driver{
	Name: "penguinserver2u", Class: "PenguinServer2U", Base: Server,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 2}, {Type: port.Ethernet, Count: 2}, {Type: port.Console, Count: 1},
	},
	RackUnits: 2,
	Doc:       "a server of two units by Penguin Computing",
}
