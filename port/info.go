package port

import (
	"context"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Status is what is known about a port.
type Status struct {
	End
	Connected bool
	Peer      End // the other end; only if Connected
	// OtherPort is what the database says is the number of the port on the
	// other end. It may be there though nothing is connected, and it may be
	// a text, such as "aa1", where classic wrote it.
	OtherPort clusto.Value
	// Attrs are all attributes of the port, those of its cable included.
	Attrs []clusto.Attr
}

// Info returns the status of every port of dev, by type and number. It asks
// the database a fixed number of questions, however many ports there are.
func Info(ctx context.Context, dev *clusto.Object) ([]Status, error) {
	infos, err := Infos(ctx, []*clusto.Object{dev})
	if err != nil {
		return nil, err
	}
	return infos[0], nil
}

// StatusOf returns the status of one port.
func StatusOf(ctx context.Context, e End) (Status, error) {
	attrs, err := e.Device.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(e.Key()), Number: clusto.Is(int64(e.Port))})
	if err != nil {
		return Status{}, err
	}
	peers, err := peersOf(ctx, e.Device.Inventory(), attrs)
	if err != nil {
		return Status{}, err
	}
	return status(e, attrs, peers), nil
}

// Value returns the value of the port's attribute subkey and whether there is one.
// It returns ErrInvalid if there are several.
func (s *Status) Value(subkey string) (value clusto.Value, found bool, err error) {
	for _, a := range s.Attrs {
		if a.Subkey != clusto.Sub(subkey) {
			continue
		}
		if found {
			return clusto.Value{}, false, clusto.Errorf(clusto.ErrInvalid, "%s has several attributes %s where one is wanted", s.End, subkey)
		}
		value, found = a.Value, true
	}
	return value, found, nil
}

// slot is where an attribute of a port belongs.
type slot struct {
	device   clusto.EntityID
	portType string
	number   int64
}

// Infos returns for each of the devices, which are of one inventory, what Info
// returns for it, and asks no more than for one.
func Infos(ctx context.Context, devices []*clusto.Object) ([][]Status, error) {
	infos := make([][]Status, len(devices))
	m := clusto.AttrMatch{Key: clusto.Like(KeyPrefix + "*"), Number: clusto.IsPresent[int64]()}
	for _, dev := range devices {
		if len(groups(dev)) > 0 {
			m.Entities = append(m.Entities, dev.ID)
		}
	}
	if m.Entities == nil {
		return infos, nil
	}
	inv := devices[0].Inventory()
	attrs, err := clusto.Collect(inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	rows := map[slot][]clusto.Attr{}
	for _, a := range attrs {
		s := slot{a.Entity, strings.TrimPrefix(a.Key, KeyPrefix), a.Number.Or(0)}
		rows[s] = append(rows[s], a)
	}
	peers, err := peersOf(ctx, inv, attrs)
	if err != nil {
		return nil, err
	}
	for i, dev := range devices {
		for _, e := range All(dev) {
			infos[i] = append(infos[i], status(e, rows[slot{dev.ID, e.Type, int64(e.Port)}], peers))
		}
	}
	return infos, nil
}

// peersOf returns the devices that the connections among attrs lead to. One that
// is gone is called by its number.
func peersOf(ctx context.Context, inv *clusto.Inventory, attrs []clusto.Attr) (map[clusto.EntityID]*clusto.Object, error) {
	var ids []clusto.EntityID
	for _, a := range attrs {
		if id := a.Value.Relation(); id != 0 {
			ids = append(ids, id)
		}
	}
	known, err := inv.Known(ctx, ids)
	if err != nil {
		return nil, err
	}
	peers := make(map[clusto.EntityID]*clusto.Object, len(known))
	for _, id := range ids {
		e, ok := known[id]
		if !ok {
			e = clusto.Entity{ID: id, Name: clusto.RelationTo(id).Text()}
		}
		peers[id] = inv.Wrap(e)
	}
	return peers, nil
}

func status(e End, rows []clusto.Attr, peers map[clusto.EntityID]*clusto.Object) Status {
	var w wiring
	for _, a := range rows {
		w.read(a)
	}
	s := Status{End: e, OtherPort: w.other, Attrs: rows}
	if w.to != 0 {
		s.Connected, s.Peer = true, w.end(peers[w.to], e.Type)
	}
	return s
}

// FreePorts returns the ports of dev that nothing is connected to, by type and
// number.
func FreePorts(ctx context.Context, dev *clusto.Object) ([]End, error) {
	info, err := Info(ctx, dev)
	if err != nil {
		return nil, err
	}
	var free []End
	for _, s := range info {
		if !s.Connected {
			free = append(free, s.End)
		}
	}
	return free, nil
}

// Connected returns the ports of dev that something is connected to, by type
// and number: those of one type, or all if portType is "".
func Connected(ctx context.Context, dev *clusto.Object, portType string) ([]Status, error) {
	info, err := Info(ctx, dev)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(info, func(s Status) bool {
		return !s.Connected || portType != "" && s.Type != portType
	}), nil
}
