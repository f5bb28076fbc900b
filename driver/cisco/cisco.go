// Package cisco has the drivers of switches by Cisco.
package cisco

import (
	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/port"
)

// fiber is the type of ports for optical modules of ten gigabits.
const fiber = "nic-fiber10g"

// Catalyst2960 is a switch with 48 ports.
var Catalyst2960 = &clusto.Driver{
	Name: "cisco2960", Class: "Cisco2960", Base: basic.Switch,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 1}, {Type: port.Console, Count: 1}, {Type: port.Ethernet, Count: 48},
	},
	Doc: "a Catalyst 2960 with 48 ports",
}

// Catalyst3560 is a switch with 48 ports and four optical ones.
var Catalyst3560 = &clusto.Driver{
	Name: "cisco3560", Class: "Cisco3560", Base: basic.Switch,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 1}, {Type: port.Console, Count: 1}, {Type: port.Ethernet, Count: 48}, {Type: fiber, Count: 4},
	},
	Doc: "a Catalyst 3560 with 48 ports",
}

// Catalyst4948 is a switch with 48 ports and two optical ones.
var Catalyst4948 = &clusto.Driver{
	Name: "cisco4948", Class: "Cisco4948", Base: basic.Switch,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 1}, {Type: port.Console, Count: 1}, {Type: port.Ethernet, Count: 48}, {Type: fiber, Count: 2},
	},
	Doc: "a Catalyst 4948 with 48 ports",
}
