package basic

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/resource"
)

// IPManager hands out the addresses of one network, IPv4 or IPv6 (classic:
// resourcemanagers/ipmanager.py).
var IPManager = &clusto.Driver{
	Name: resource.DriverIP, Class: "IPManager", Base: ResourceManager,
	Properties: []clusto.Property{
		{Name: "gateway"}, {Name: "netmask", Default: clusto.String("255.255.255.255")}, {Name: "baseip"},
		policy, quarantine,
	},
	Check: resource.CheckNetwork,
	Doc:   "hands out the addresses of a network",
	Methods: []*clusto.Method{
		resourcesMethod(resource.DriverIP),
		clusto.ClassM("get_ip_manager", "ip", "The manager that an address belongs to.", managerOf),
		clusto.ClassM("get_ip_managers", "ip", "The managers whose network has an address, the most specific first.", managersOf),
		clusto.ClassM("get_devices", "ip", "The things that have an address.", devicesWith),
		clusto.ClassM("get_ips", "device", "The addresses of a device, as text.",
			func(ctx context.Context, _ *clusto.Inventory, device *clusto.Object) ([]string, error) {
				return addressTexts(ctx, device)
			}),
	},
}

func managerOf(ctx context.Context, inv *clusto.Inventory, ip string) (*clusto.Object, error) {
	addr, err := resource.ParseAddr(ip)
	if err != nil {
		return nil, err
	}
	m, err := resource.ManagerFor(ctx, inv, addr)
	if err != nil {
		return nil, err
	}
	return m.Object, nil
}

func managersOf(ctx context.Context, inv *clusto.Inventory, ip string) ([]*clusto.Object, error) {
	addr, err := resource.ParseAddr(ip)
	if err != nil {
		return nil, err
	}
	managers, err := resource.ManagersFor(ctx, inv, addr)
	objects := make([]*clusto.Object, len(managers))
	for i, m := range managers {
		objects[i] = m.Object
	}
	return objects, err
}

// devicesWith wants the address to belong to a manager: a slip of the pen is
// told from an address that is free.
func devicesWith(ctx context.Context, inv *clusto.Inventory, ip string) ([]*clusto.Object, error) {
	addr, err := resource.ParseAddr(ip)
	if err != nil {
		return nil, err
	}
	if _, err := resource.ManagerFor(ctx, inv, addr); err != nil {
		return nil, err
	}
	return resource.Devices(ctx, inv, addr)
}
