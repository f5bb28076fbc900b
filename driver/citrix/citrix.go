// Package citrix has the drivers of appliances by Citrix.
package citrix

import (
	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/port"
)

// Netscaler is any NetScaler.
var Netscaler = &clusto.Driver{
	Name: "netscaler", Class: "Netscaler", Base: basic.Appliance, Doc: "a NetScaler",
}

// Netscaler10010 is a NetScaler with nine network ports.
var Netscaler10010 = &clusto.Driver{
	Name: "netscaler10010", Class: "Netscaler10010", Base: Netscaler,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 2}, {Type: port.Ethernet, Count: 9}, {Type: port.Console, Count: 1},
	},
	Doc: "a NetScaler 10010",
}

// Netscaler17000 is a NetScaler with nine network ports and two optical ones.
var Netscaler17000 = &clusto.Driver{
	Name: "netscaler17000", Class: "Netscaler17000", Base: Netscaler,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 2}, {Type: port.Ethernet, Count: 9}, {Type: "nic-xfp", Count: 2}, {Type: port.Console, Count: 1},
	},
	Doc: "a NetScaler 17000",
}
