package alloctest

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/resource"
)

// makeHost makes a server that a manager names.
func (x *attempt) makeHost() error {
	m, own, err := x.manager(nameManager)
	if err != nil {
		return err
	}
	made, err := m.MakeEntity(x.ctx, own.Driver(), resource.Request{})
	if errors.Is(err, clusto.ErrExhausted) {
		x.refused(poolNames, "")
		return nil
	}
	if err != nil {
		return err
	}
	x.took(poolNames, made.Name)
	x.has.hosts[made.Name] = host{}
	return nil
}

// aHost returns a random server of the worker's for which fits holds, or nil.
func (x *attempt) aHost(fits func(host) bool) (*clusto.Object, error) {
	names := slices.Sorted(maps.Keys(x.has.hosts))
	names = slices.DeleteFunc(names, func(name string) bool { return !fits(x.has.hosts[name]) })
	if len(names) == 0 {
		return nil, nil
	}
	return x.inv.Object(x.ctx, names[x.rng.IntN(len(names))])
}

// deleteHost deletes a server, which gives back all that it has.
func (x *attempt) deleteHost() error {
	o, err := x.aHost(func(host) bool { return true })
	if err != nil || o == nil {
		return err
	}
	h := x.has.hosts[o.Name]
	if err := o.Delete(x.ctx); err != nil {
		return err
	}
	delete(x.has.hosts, o.Name)
	x.gave(poolNames, o.Name)
	if h.unit != "" {
		x.gave(poolUnits, h.unit)
	}
	if h.port != "" {
		x.gave(poolPorts, h.port)
	}
	return nil
}

// rackHost puts a server into the first unit that is free, from a random one on.
func (x *attempt) rackHost() error {
	o, err := x.aHost(func(h host) bool { return h.unit == "" })
	if err != nil || o == nil {
		return err
	}
	rack, err := x.inv.Object(x.ctx, poolUnits)
	if err != nil {
		return err
	}
	from := x.rng.IntN(units)
	for i := range units {
		u := 1 + (from+i)%units
		_, err := rack.Call(x.ctx, "insert", o, u)
		if errors.Is(err, clusto.ErrInUse) {
			continue
		}
		if err != nil {
			return err
		}
		h := x.has.hosts[o.Name]
		h.unit = strconv.Itoa(u)
		x.has.hosts[o.Name] = h
		x.took(poolUnits, h.unit)
		return nil
	}
	x.refused(poolUnits, "")
	return nil
}

func (x *attempt) unrackHost() error {
	o, err := x.aHost(func(h host) bool { return h.unit != "" })
	if err != nil || o == nil {
		return err
	}
	rack, err := x.inv.Object(x.ctx, poolUnits)
	if err != nil {
		return err
	}
	if _, err := rack.Call(x.ctx, "remove", o); err != nil {
		return err
	}
	h := x.has.hosts[o.Name]
	x.gave(poolUnits, h.unit)
	h.unit = ""
	x.has.hosts[o.Name] = h
	return nil
}

// plugHost connects a server to a random free port of the box.
func (x *attempt) plugHost() error {
	o, err := x.aHost(func(h host) bool { return h.port == "" })
	if err != nil || o == nil {
		return err
	}
	box, err := x.inv.Object(x.ctx, poolPorts)
	if err != nil {
		return err
	}
	free, err := port.FreePorts(x.ctx, box)
	if err != nil {
		return err
	}
	if len(free) == 0 {
		x.refused(poolPorts, "")
		return nil
	}
	socket := free[x.rng.IntN(len(free))]
	plug, err := port.Of(o, port.Ethernet, 1)
	if err != nil {
		return err
	}
	if err := port.Connect(x.ctx, plug, socket); err != nil {
		return err
	}
	h := x.has.hosts[o.Name]
	h.port = strconv.Itoa(socket.Port)
	x.has.hosts[o.Name] = h
	x.took(poolPorts, h.port)
	return nil
}

func (x *attempt) unplugHost() error {
	o, err := x.aHost(func(h host) bool { return h.port != "" })
	if err != nil || o == nil {
		return err
	}
	plug, err := port.Of(o, port.Ethernet, 1)
	if err != nil {
		return err
	}
	if err := port.Disconnect(x.ctx, plug); err != nil {
		return err
	}
	h := x.has.hosts[o.Name]
	x.gave(poolPorts, h.port)
	h.port = ""
	x.has.hosts[o.Name] = h
	return nil
}
