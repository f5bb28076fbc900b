package basic

import (
	"context"
	"errors"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// Ports are the methods of everything that has ports. Ports count from 1;
// where a number is wanted the name of an outlet will do too (classic: devices/common/portmixin.py).
var Ports = &clusto.Mixin{
	Class: "PortMixin",
	Doc:   "ports, and cables between them",
	Methods: []*clusto.Method{
		clusto.M("connect_ports", "porttype, srcportnum, dstdev, dstportnum", "Connect a port to one of another device.", connectPorts),
		clusto.M("disconnect_port", "porttype, portnum", "Take away the cable at a port.", disconnectPort),
		clusto.M("get_connected", "porttype, portnum", "The device that a port is connected to, or None.", getConnected),
		clusto.M("ports_connectable", "porttype, srcportnum, dstdev, dstportnum",
			"Whether two ports exist and are free.", portsConnectable),
		clusto.M("port_exists", "porttype, portnum", "Whether there is such a port.", portExists),
		clusto.M("port_free", "porttype, portnum", "Whether nothing is connected to a port.", portFree),
		clusto.M("add_port_attr", "porttype, portnum, key, value", "Add an attribute to a port.", addPortAttr),
		clusto.M("set_port_attr", "porttype, portnum, key, value", "Set an attribute of a port.", setPortAttr),
		clusto.M("del_port_attr", "porttype, portnum, key", "Delete an attribute of a port.", delPortAttr),
		clusto.M("get_port_attr", "porttype, portnum, key", "The value of an attribute of a port, or None.", getPortAttr),
		clusto.Get("port_info", "What is connected to each port, by type and number.", portInfo),
		clusto.Get("port_info_tuples", "Type, number, device and its port number, for each port.", portInfoTuples),
		clusto.Get("free_ports", "Type and number of each port that nothing is connected to.", freePorts),
		clusto.Get("connected_ports", "The numbers of the ports that something is connected to, by type.", connectedPorts),
		clusto.Get("port_types", "The types of the ports.", func(_ context.Context, o *clusto.Object) ([]string, error) {
			return port.Types(o), nil
		}),
	},
}

// bothEnds returns the two ports that the arguments of connect_ports name.
func bothEnds(o *clusto.Object, portType string, num any, other *clusto.Object, otherNum any) (a, b port.End, err error) {
	if a, err = port.Of(o, portType, num); err != nil {
		return a, b, err
	}
	b, err = port.Of(other, portType, otherNum)
	return a, b, err
}

func connectPorts(ctx context.Context, o *clusto.Object, portType string, num any, other *clusto.Object, otherNum any) error {
	a, b, err := bothEnds(o, portType, num, other, otherNum)
	if err != nil {
		return err
	}
	return port.Connect(ctx, a, b)
}

func disconnectPort(ctx context.Context, o *clusto.Object, portType string, num any) error {
	e, err := port.Of(o, portType, num)
	if err != nil {
		return err
	}
	return port.Disconnect(ctx, e)
}

func getConnected(ctx context.Context, o *clusto.Object, portType string, num any) (*clusto.Object, error) {
	e, err := port.Of(o, portType, num)
	if err != nil {
		return nil, err
	}
	peer, _, err := port.Peer(ctx, e)
	return peer.Device, err
}

func portsConnectable(ctx context.Context, o *clusto.Object, portType string, num any, other *clusto.Object, otherNum any) (bool, error) {
	a, b, err := bothEnds(o, portType, num, other, otherNum)
	if errors.Is(err, clusto.ErrNotFound) {
		return false, nil
	}
	for _, e := range []port.End{a, b} {
		if err != nil {
			return false, err
		}
		var free bool
		if free, err = port.Free(ctx, e); !free {
			return false, err
		}
	}
	return err == nil, err
}

func portExists(_ context.Context, o *clusto.Object, portType string, num any) (bool, error) {
	_, err := port.Of(o, portType, num)
	if errors.Is(err, clusto.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func portFree(ctx context.Context, o *clusto.Object, portType string, num any) (bool, error) {
	e, err := port.Of(o, portType, num)
	if err != nil {
		return false, err
	}
	return port.Free(ctx, e)
}

func addPortAttr(ctx context.Context, o *clusto.Object, portType string, num any, key string, value any) error {
	return withPortValue(o, portType, num, value, func(e port.End, v clusto.Value) error {
		return port.AddAttr(ctx, e, key, v)
	})
}

func setPortAttr(ctx context.Context, o *clusto.Object, portType string, num any, key string, value any) error {
	return withPortValue(o, portType, num, value, func(e port.End, v clusto.Value) error {
		return port.SetAttr(ctx, e, key, v)
	})
}

func withPortValue(o *clusto.Object, portType string, num, value any, do func(port.End, clusto.Value) error) error {
	e, err := port.Of(o, portType, num)
	if err != nil {
		return err
	}
	v, err := clusto.ValueOf(value)
	if err != nil {
		return err
	}
	return do(e, v)
}

func delPortAttr(ctx context.Context, o *clusto.Object, portType string, num any, key string) error {
	e, err := port.Of(o, portType, num)
	if err != nil {
		return err
	}
	return port.DelAttr(ctx, e, key)
}

func getPortAttr(ctx context.Context, o *clusto.Object, portType string, num any, key string) (clusto.Value, error) {
	e, err := port.Of(o, portType, num)
	if err != nil {
		return clusto.Value{}, err
	}
	v, _, err := port.Attr(ctx, e, key)
	return v, err
}

// connection returns what a port is connected to: an entity or None, and what
// the database says about the number there.
func connection(s port.Status) (device, number any) {
	if s.Connected {
		device = s.Peer.Device
	}
	return device, s.OtherPort
}

func portInfo(ctx context.Context, o *clusto.Object) (map[string]map[int]map[string]any, error) {
	info, err := port.Info(ctx, o)
	if err != nil {
		return nil, err
	}
	byType := map[string]map[int]map[string]any{}
	for _, s := range info {
		if byType[s.Type] == nil {
			byType[s.Type] = map[int]map[string]any{}
		}
		device, number := connection(s)
		byType[s.Type][s.Port] = map[string]any{port.SubkeyConnection: device, clusto.SubkeyOtherPort: number}
	}
	return byType, nil
}

func portInfoTuples(ctx context.Context, o *clusto.Object) ([][4]any, error) {
	info, err := port.Info(ctx, o)
	tuples := make([][4]any, len(info))
	for i, s := range info {
		device, number := connection(s)
		tuples[i] = [4]any{s.Type, s.Port, device, number}
	}
	return tuples, err
}

func freePorts(ctx context.Context, o *clusto.Object) ([][2]any, error) {
	free, err := port.FreePorts(ctx, o)
	tuples := make([][2]any, len(free))
	for i, e := range free {
		tuples[i] = [2]any{e.Type, e.Port}
	}
	return tuples, err
}

func connectedPorts(ctx context.Context, o *clusto.Object) (map[string][]int, error) {
	connected, err := port.Connected(ctx, o, "")
	if err != nil {
		return nil, err
	}
	numbers := map[string][]int{}
	for _, t := range port.Types(o) {
		numbers[t] = []int{}
	}
	for _, s := range connected {
		numbers[s.Type] = append(numbers[s.Type], s.Port)
	}
	return numbers, nil
}
