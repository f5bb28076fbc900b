package convert

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// socket is a port of an entity.
type socket struct {
	entity, portType string
	number           int64
}

// String returns s as messages name it: web7 nic-eth/1.
func (s socket) String() string { return fmt.Sprintf("%s %s/%d", s.entity, s.portType, s.number) }

// cable is what the rows of a socket say about the other end.
type cable struct {
	to     string
	other  clusto.Value // the port there
	doubly bool         // there are several connections
}

func isPort(key string) bool { return strings.HasPrefix(key, port.KeyPrefix) }

// socketOf returns the socket that an attribute of an entity is about.
func socketOf(entity string, k slot) (socket, bool) {
	n, numbered := k.number.Get()
	return socket{entity, strings.TrimPrefix(k.key, port.KeyPrefix), n}, numbered && isPort(k.key)
}

// checkPorts finds cables that would have one end, ports that would have two
// cables, and ports that do not exist.
func (i *importer) checkPorts() error {
	lines := map[socket]int{} // those whose cable changes
	cables := map[socket]cable{}
	before := map[socket]cable{}
	for _, s := range i.steps {
		i.changedSockets(s, lines)
		for _, r := range i.after(s, isPort) {
			readCable(cables, s.Name, r)
		}
		for _, a := range i.old[s.was.ID] {
			readCable(before, s.Name, i.rowOf(a))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	if err := i.readPeers(lines, cables, before); err != nil {
		return err
	}
	for _, s := range sortedSockets(lines) {
		i.checkSocket(s, lines[s], cables, before)
	}
	return nil
}

// changedSockets notes the sockets of a step whose cable changes, and checks that
// the device has those that get something.
func (i *importer) changedSockets(s *step, lines map[socket]int) {
	driver, known := i.options.Drivers.Driver(s.is.Driver)
	missing := map[socket]bool{}
	for _, a := range s.add {
		at, ok := socketOf(s.Name, slotOf(a.attr()))
		if !ok {
			continue
		}
		if known && !missing[at] {
			if count := int64(driver.PortCount(at.portType)); at.number < 1 || at.number > count {
				missing[at] = true
				i.problem(s.Line, clusto.Errorf(clusto.ErrNotFound, "%s has no port %s/%d: its driver %s has %d of this type", s.Name, at.portType, at.number, driver.Name, count))
			}
		}
		if isCable(a.Subkey) {
			lines[at] = s.Line
		}
	}
	for _, a := range s.del {
		if at, ok := socketOf(s.Name, slotOf(a)); ok && isCable(a.Subkey) {
			lines[at] = s.Line
		}
	}
}

func isCable(subkey clusto.Subkey) bool {
	return subkey == clusto.Sub(port.SubkeyConnection) || subkey == clusto.Sub(clusto.SubkeyOtherPort)
}

// readCable takes in a row, if it is about a cable.
func readCable(cables map[socket]cable, entity string, r row) {
	at, ok := socketOf(entity, r.slot)
	if !ok || !isCable(r.subkey) {
		return
	}
	c := cables[at]
	if r.subkey == clusto.Sub(port.SubkeyConnection) {
		c.doubly = c.to != "" || c.doubly
		c.to = r.to
	} else {
		c.other = r.value
	}
	cables[at] = c
}

// readPeers reads the ports of those devices at the other ends that are not in
// the file.
func (i *importer) readPeers(lines map[socket]int, cables, before map[socket]cable) error {
	peers := map[string]bool{}
	for s := range lines {
		for _, c := range []cable{cables[s], before[s]} {
			if c.to != "" && i.byName[c.to] == nil {
				peers[c.to] = true
			}
		}
	}
	ids := []clusto.EntityID{}
	for id, name := range i.names {
		if peers[name] {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	attrs, err := clusto.Collect(i.tx.Attrs(i.ctx, clusto.AttrMatch{Entities: ids, Key: clusto.Like(port.KeyPrefix + "*")}))
	if err != nil {
		return err
	}
	if err := i.learnNames(attrs); err != nil {
		return err
	}
	for _, a := range attrs {
		readCable(cables, i.names[a.Entity], i.rowOf(a))
	}
	return nil
}

// checkSocket checks both ends of the cable that will be at a socket, and of the
// one that was there.
func (i *importer) checkSocket(s socket, line int, cables, before map[socket]cable) {
	is, was := cables[s], before[s]
	if is.doubly {
		i.problem(line, clusto.Errorf(clusto.ErrInUse, "%s would have two connections", s))
	}
	if is.to != "" {
		far := i.farEnd(s, is)
		if back := cables[far]; back.to != s.entity || i.farEnd(far, back) != s {
			i.problem(line, clusto.WithHint(
				clusto.Errorf(clusto.ErrInvalid, "%s would be connected to %s, which does not lead back", s, far),
				"a cable has a connection and an otherportnum at both ends; give them to %s too", far))
		}
	}
	if was.to == "" || was.to == is.to && was.other.Equal(is.other) {
		return
	}
	far := i.farEnd(s, was)
	if back := cables[far]; back.to == s.entity && i.farEnd(far, back) == s && i.farEnd(s, is) != far {
		i.problem(line, clusto.WithHint(
			clusto.Errorf(clusto.ErrInUse, "%s is connected to %s, which would still lead to it", s, far), "disconnect the two first"))
	}
}

// farEnd returns the socket that a cable leads to: by its number, or by the name
// of an outlet.
func (i *importer) farEnd(from socket, c cable) socket {
	far := socket{c.to, from.portType, c.other.Int64()}
	if name := c.other.Str(); name != "" {
		driver := i.known[c.to].Driver
		if s := i.byName[c.to]; s != nil {
			driver = s.is.Driver
		}
		if d, ok := i.options.Drivers.Driver(driver); ok {
			n, _ := d.PortNamed(name)
			far.number = int64(n)
		}
	}
	return far
}

// sortedSockets returns the sockets in an order that does not change.
func sortedSockets(all map[socket]int) []socket {
	return slices.SortedFunc(maps.Keys(all), func(a, b socket) int {
		return cmp.Or(cmp.Compare(a.entity, b.entity), cmp.Compare(a.portType, b.portType), cmp.Compare(a.number, b.number))
	})
}
