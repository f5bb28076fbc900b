package basic

import (
	"context"
	"net/netip"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// Addresses are the methods of everything that has IP addresses (classic:
// devices/common/ipmixin.py).
var Addresses = &clusto.Mixin{
	Class: "IPMixin",
	Doc:   "IP addresses",
	Methods: []*clusto.Method{
		clusto.M("add_ip", "ip=None, ipman=None", "Allocate an address, or with ipman alone the next free one.", addIP),
		clusto.M("has_ip", "ip", "Whether the device has an address.", hasIP),
		clusto.M("get_ips", "", "The addresses, as text.", func(ctx context.Context, o *clusto.Object) ([]string, error) {
			return addressTexts(ctx, o)
		}),
		clusto.M("bind_ip_to_osport", "ip, osportname, ipman=None, porttype=None, portnum=None",
			"Note that the operating system has an address on a port; allocate it if need be.", bindIP),
	},
}

func addIP(ctx context.Context, o *clusto.Object, ip clusto.Opt[string], from *clusto.Object) (clusto.Attr, error) {
	text, named := ip.Get()
	var want resource.Request
	if named {
		addr, err := resource.ParseAddr(text)
		if err != nil {
			return clusto.Attr{}, err
		}
		want.Resource = addr
		if from == nil {
			m, err := resource.ManagerFor(ctx, o.Inventory(), addr)
			if err != nil {
				return clusto.Attr{}, err
			}
			return m.Allocate(ctx, o, want)
		}
	}
	m, err := ipManager(from)
	if err != nil {
		return clusto.Attr{}, err
	}
	return m.Allocate(ctx, o, want)
}

// ipManager returns o as a manager of addresses.
func ipManager(o *clusto.Object) (*resource.Manager, error) {
	if o == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "give an address, an IP manager, or both")
	}
	if !o.Driver().Is(resource.DriverIP) {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%s is not an IP manager: its driver is %s", o.Name, o.Driver().Name)
	}
	return resource.Of(o)
}

func hasIP(ctx context.Context, o *clusto.Object, ip string) (bool, error) {
	addr, err := resource.ParseAddr(ip)
	if err != nil {
		return false, err
	}
	addrs, err := resource.Addrs(ctx, o)
	for _, mine := range addrs {
		if mine == addr {
			return true, nil
		}
	}
	return false, err
}

func addressTexts(ctx context.Context, o *clusto.Object) ([]string, error) {
	addrs, err := resource.Addrs(ctx, o)
	texts := make([]string, len(addrs))
	for i, addr := range addrs {
		texts[i] = addr.String()
	}
	return texts, err
}

func bindIP(ctx context.Context, o *clusto.Object, ip, osPort string, from *clusto.Object, portType clusto.Opt[string], portNum any) error {
	name, hasType := portType.Get()
	if hasType != (portNum != nil) {
		return clusto.Errorf(clusto.ErrInvalid, "give porttype and portnum, or neither")
	}
	addr, err := resource.ParseAddr(ip)
	if err != nil {
		return err
	}
	var physical port.End
	if hasType {
		if physical, err = port.Of(o, name, portNum); err != nil {
			return err
		}
	}
	if err := bindAddr(ctx, o, addr, osPort, from); err != nil || !hasType {
		return err
	}
	return port.SetAttr(ctx, physical, resource.SubkeyOSPort, clusto.String(osPort))
}

func bindAddr(ctx context.Context, o *clusto.Object, addr netip.Addr, osPort string, from *clusto.Object) error {
	var m *resource.Manager
	if from != nil {
		var err error
		if m, err = ipManager(from); err != nil {
			return err
		}
	}
	_, err := resource.Bind(ctx, o, addr, osPort, m)
	return err
}
