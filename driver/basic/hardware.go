package basic

import (
	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// networked are the mixins of devices with ports and addresses.
var networked = []*clusto.Mixin{Ports, Addresses}

// Server is a server.
var Server = &clusto.Driver{
	Name: "basicserver", Class: "BasicServer", Type: "server", Base: Device, Mixins: networked,
	Properties: []clusto.Property{{Name: "model"}, {Name: "manufacturer"}},
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 1}, {Type: port.Ethernet, Count: 2}, {Type: port.Console, Count: 1},
	},
	Doc: "a server",
}

// VirtualServer is a server that runs on another one.
var VirtualServer = &clusto.Driver{
	Name: "basicvirtualserver", Class: "BasicVirtualServer", Base: Server, Doc: "a virtual server",
}

// Appliance is a closed box with a task, such as a load balancer.
var Appliance = &clusto.Driver{
	Name: "basicappliance", Class: "BasicAppliance", Type: "appliance", Base: Device, Mixins: networked,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 2}, {Type: port.Ethernet, Count: 1}, {Type: port.Console, Count: 1},
	},
	Doc: "an appliance",
}

// Switch is a network switch.
var Switch = &clusto.Driver{
	Name: "basicnetworkswitch", Class: "BasicNetworkSwitch", Type: "networkswitch", Base: Device, Mixins: networked,
	Ports: []clusto.PortGroup{{Type: port.Power, Count: 1}, {Type: port.Ethernet, Count: 48}},
	Doc:   "a network switch",
}

// driverPowerStrip is the name of the driver that all power strips extend.
const driverPowerStrip = "basicpowerstrip"

// PowerStrip is a power strip. Its outlets are power ports, and so is its own plug.
var PowerStrip = &clusto.Driver{
	Name: driverPowerStrip, Class: "BasicPowerStrip", Type: "powerstrip", Base: Device, Mixins: networked,
	Ports: []clusto.PortGroup{{Type: port.Power, Count: 24}, {Type: port.Ethernet, Count: 1}},
	Doc:   "a power strip",
}

// ConsoleServer leads to the serial ports of other devices.
var ConsoleServer = &clusto.Driver{
	Name: "basicconsoleserver", Class: "BasicConsoleServer", Type: "consoleserver", Base: Device, Mixins: networked,
	Ports: []clusto.PortGroup{
		{Type: port.Power, Count: 1}, {Type: port.Ethernet, Count: 1}, {Type: port.Console, Count: 24},
	},
	Doc: "a console server",
}

// Firewall is a firewall.
var Firewall = &clusto.Driver{
	Name: "basicfirewall", Class: "BasicFirewall", Type: "firewall", Base: Device, Mixins: networked,
	Ports: []clusto.PortGroup{{Type: port.Power, Count: 1}, {Type: port.Ethernet, Count: 2}},
	Doc:   "a firewall",
}

// LoadBalancer is a load balancer.
var LoadBalancer = &clusto.Driver{
	Name: "basicloadbalancer", Class: "BasicLoadBalancer", Type: "loadbalancer", Base: Device, Mixins: networked,
	Ports: []clusto.PortGroup{{Type: port.Power, Count: 1}, {Type: port.Ethernet, Count: 2}},
	Doc:   "a load balancer",
}
