package basic

import (
	"context"

	"github.com/clusto/clusto"
)

// Keys of attributes that devices share.
const (
	keyHostname = "hostname"
	keyFQDN     = "fqdn"
)

// driverDevice is the name of the driver that all hardware extends.
const driverDevice = "device"

// Device is what stands in a rack and has power and a name on the network. Its
// type is "generic", as in classic clusto, whose own type never took effect
// (classic: drivers/base/device.py).
var Device = &clusto.Driver{
	Name: driverDevice, Class: "Device", Base: Entity,
	Properties: []clusto.Property{{Name: "model"}, {Name: "serialnum"}, {Name: "manufacturer"}},
	Doc:        "a piece of hardware",
	Methods: []*clusto.Method{
		clusto.Get("hostname", "The name on the network: the attribute hostname, else the entity's name.", hostname),
		clusto.Get("fqdns", "The fully qualified names.", fqdns),
		clusto.M("add_fqdn", "fqdn", "Add a fully qualified name, unless it is there.", addFQDN),
		clusto.M("remove_fqdn", "fqdn", "Remove a fully qualified name.", removeFQDN),
		powerMethod("power_on", "Switch on the outlets that feed the device.", clusto.PowerOn),
		powerMethod("power_off", "Switch off the outlets that feed the device.", clusto.PowerOff),
		powerMethod("power_reboot", "Switch the outlets that feed the device off and on again.", clusto.PowerReboot),
		clusto.M("console", "ssh_user='root'", "The command, as a list of words, that opens the device's console.", console),
	},
}

func hostname(ctx context.Context, o *clusto.Object) (string, error) {
	attrs, err := o.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(keyHostname)})
	if err != nil || len(attrs) == 0 {
		return o.Name, err
	}
	return attrs[0].Value.Text(), nil
}

func fqdns(ctx context.Context, o *clusto.Object) ([]string, error) {
	attrs, err := o.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(keyFQDN)})
	names := make([]string, len(attrs))
	for i, a := range attrs {
		names[i] = a.Value.Text()
	}
	return names, err
}

func addFQDN(ctx context.Context, o *clusto.Object, name string) error {
	there, err := o.Attrs(ctx, fqdnMatch(name))
	if err != nil || len(there) > 0 {
		return err
	}
	n, err := o.NextNumber(ctx, keyFQDN)
	if err != nil {
		return err
	}
	return o.AddAttr(ctx, clusto.Attr{Key: keyFQDN, Number: clusto.Num(n), Value: clusto.String(name)})
}

func removeFQDN(ctx context.Context, o *clusto.Object, name string) error {
	n, err := o.DelAttrs(ctx, fqdnMatch(name))
	if err == nil && n == 0 {
		err = clusto.Errorf(clusto.ErrNotFound, "%s has no fqdn %s", o.Name, name)
	}
	return err
}

func fqdnMatch(name string) clusto.AttrMatch {
	return clusto.AttrMatch{Key: clusto.Is(keyFQDN), Value: clusto.Is(clusto.String(name))}
}
