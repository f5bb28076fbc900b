package classic

import (
	"net/http"

	"github.com/clusto/clusto"
)

// package paths of classic clusto's drivers, and of the hardware in its contrib.
const (
	pkgDrivers = "clusto.drivers."
	pkgDigg    = "diggext.drivers."
)

// modules are where classic clusto had the classes of its drivers.
var modules = map[string]string{
	"Driver":                  pkgDrivers + "base.driver",
	"ClustoMeta":              pkgDrivers + "base.clustometa",
	"Device":                  pkgDrivers + "base.device",
	"Location":                pkgDrivers + "base.location",
	"ResourceManager":         pkgDrivers + "base.resourcemanager",
	"Pool":                    pkgDrivers + "categories.pool",
	"ExclusivePool":           pkgDrivers + "categories.pool",
	"UniquePool":              pkgDrivers + "categories.pool",
	"BasicAppliance":          pkgDrivers + "devices.appliance.basicappliance",
	"BasicConsoleServer":      pkgDrivers + "devices.consoleservers.basicconsoleserver",
	"BasicFirewall":           pkgDrivers + "devices.firewalls.basicfirewall",
	"BasicLoadBalancer":       pkgDrivers + "devices.loadbalancers.basicloadbalancer",
	"BasicNetworkSwitch":      pkgDrivers + "devices.networkswitches.basicnetworkswitch",
	"BasicPowerStrip":         pkgDrivers + "devices.powerstrips.basicpowerstrip",
	"BasicServer":             pkgDrivers + "devices.servers.basicserver",
	"BasicVirtualServer":      pkgDrivers + "devices.servers.basicserver",
	"BasicDatacenter":         pkgDrivers + "locations.datacenters.basicdatacenter",
	"BasicCage":               pkgDrivers + "locations.datacenters.basiccage",
	"BasicRack":               pkgDrivers + "locations.racks.basicrack",
	"BasicZone":               pkgDrivers + "locations.zones.basiczone",
	"IPManager":               pkgDrivers + "resourcemanagers.ipmanager",
	"SimpleNameManager":       pkgDrivers + "resourcemanagers.simplenamemanager",
	"SimpleEntityNameManager": pkgDrivers + "resourcemanagers.simplenamemanager",
	"SimpleNumManager":        pkgDrivers + "resourcemanagers.simplenummanager",

	"Netscaler":         pkgDigg + "devices.appliance.netscaler",
	"Netscaler10010":    pkgDigg + "devices.appliance.netscaler",
	"Netscaler17000":    pkgDigg + "devices.appliance.netscaler",
	"OpenGearCM4148":    pkgDigg + "devices.consoleservers.opengear",
	"Cisco2960":         pkgDigg + "devices.networkswitches.cisconetworkswitch",
	"Cisco3560":         pkgDigg + "devices.networkswitches.cisconetworkswitch",
	"Cisco4948":         pkgDigg + "devices.networkswitches.cisconetworkswitch",
	"PowerTowerXM":      pkgDigg + "devices.powerstrips.servertech",
	"PenguinServer":     pkgDigg + "devices.servers.penguincomputing",
	"PenguinServer2U":   pkgDigg + "devices.servers.penguincomputing",
	"APCRack":           pkgDigg + "locations.racks.apcrack",
	"EquinixDatacenter": pkgDigg + "locations.datacenters.equinixdatacenter",
}

// classPath returns the class of a driver as Python names it. Drivers that
// classic clusto did not have are in clusto.drivers itself, where scripts import
// them from.
func classPath(d *clusto.Driver) string {
	if module, ok := modules[d.Class]; ok {
		return module + "." + d.Class
	}
	return pkgDrivers + d.Class
}

func driverList(c *call) (answer, error) {
	classes := object{}
	for _, d := range c.a.o.Drivers.Drivers() {
		classes[d.Name] = classPath(d)
	}
	return reply(http.StatusOK, classes), nil
}

// typeList answers with the class of one driver of each type. In classic clusto it
// is the one that was imported last: one that extends others comes after them,
// and the rest is chance. Here it is the last by name of those that extend most.
func typeList(c *call) (answer, error) {
	classes, depths := object{}, map[string]int{}
	for _, d := range c.a.o.Drivers.Drivers() {
		depth := 0
		for range d.Chain {
			depth++
		}
		if typ := d.EntityType(); depth >= depths[typ] {
			classes[typ], depths[typ] = classPath(d), depth
		}
	}
	return reply(http.StatusOK, classes), nil
}
