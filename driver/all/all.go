// Package all lists every driver that is built in.
package all

import (
	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/apc"
	"github.com/clusto/clusto/driver/basic"
	"github.com/clusto/clusto/driver/cisco"
	"github.com/clusto/clusto/driver/citrix"
	"github.com/clusto/clusto/driver/opengear"
	"github.com/clusto/clusto/driver/penguin"
	"github.com/clusto/clusto/driver/servertech"
)

// Drivers returns a new registry of every driver that is built in. Those who add
// a driver of their own register it there.
func Drivers() *clusto.Registry {
	return clusto.NewRegistry(
		basic.Entity, basic.Meta, basic.Device,
		basic.Location, basic.Datacenter, basic.Zone, basic.Cage, basic.Rack, apc.Rack,
		basic.Pool, basic.ExclusivePool, basic.UniquePool,
		basic.ResourceManager, basic.IPManager, basic.NameManager, basic.EntityNameManager, basic.NumManager,
		basic.Server, basic.VirtualServer, penguin.Server, penguin.Server2U,
		basic.Appliance, citrix.Netscaler, citrix.Netscaler10010, citrix.Netscaler17000,
		basic.Switch, cisco.Catalyst2960, cisco.Catalyst3560, cisco.Catalyst4948,
		basic.PowerStrip, servertech.PowerTowerXM,
		basic.ConsoleServer, opengear.CM4148,
		basic.Firewall, basic.LoadBalancer,
	)
}
