// Package topology follows the cables from a thing to its neighbours, hop by hop, in
// one state of the inventory or in two that are compared.
//
// [Explore] asks a fixed number of questions for each hop, however many things are
// that far away, and says so when it had to leave something out.
package topology

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// Change says what became of a node or a cable between two states.
type Change string

// The changes.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Same    Change = "same"
)

// Node is a thing.
type Node struct {
	clusto.Entity
	Rack     string // the name of the rack that it stands in; "" for none
	Distance int    // how many cables it is from the first
	Beyond   int    // how many of its cables lead to things that are not in the graph
	Change   Change // "" if nothing is compared
}

// End is one end of a cable.
type End struct {
	Node   int // its place in Graph.Nodes
	Type   string
	Port   int    // 0 if the database does not say
	Outlet string // its name; "" if it has none
}

func (e End) compare(f End) int {
	return cmp.Or(cmp.Compare(e.Node, f.Node), strings.Compare(e.Type, f.Type), cmp.Compare(e.Port, f.Port))
}

// Cable connects two ports. From is the end that is nearer to the first node.
type Cable struct {
	From, To End
	Change   Change
}

// Graph is what was found.
type Graph struct {
	Nodes  []Node // the nearest first
	Cables []Cable
	More   bool // things within the hops were left out
}

// Options say how far to look.
type Options struct {
	Hops  int
	Types []string // patterns of the types of ports, such as nic-*; nil means all
	Limit int      // of nodes
}

// State asks about one state of the inventory. It must show the same state each
// time.
type State func(ctx context.Context, ask func(*clusto.Inventory) error) error

// Explore follows the cables from what is called name. before, if it is not nil, is
// the state that now is compared with: cables of both are followed.
func Explore(ctx context.Context, name string, now, before State, o Options) (*Graph, error) {
	e := &explorer{options: o, graph: &Graph{}, index: map[clusto.EntityID]int{}, cables: map[line]int{}}
	for _, s := range []State{before, now} {
		if s != nil {
			e.looks = append(e.looks, &look{state: s, there: map[clusto.EntityID]clusto.Entity{}, asked: map[clusto.EntityID]bool{}})
		}
	}
	if err := e.begin(ctx, name); err != nil {
		return nil, err
	}
	for hop := 0; ; hop++ {
		found, err := e.step(ctx)
		if err != nil {
			return nil, err
		}
		if hop == o.Hops || !e.add(found, hop+1) {
			break
		}
	}
	e.connect()
	e.unite()
	slices.SortStableFunc(e.graph.Cables, func(a, b Cable) int { return cmp.Or(a.From.compare(b.From), a.To.compare(b.To)) })
	if err := e.findRacks(ctx); err != nil {
		return nil, err
	}
	return e.graph, nil
}

// explorer finds a graph.
type explorer struct {
	options Options
	looks   []*look // the last is now
	graph   *Graph
	index   map[clusto.EntityID]int
	cables  map[line]int
}

// look is what was seen of one state.
type look struct {
	state State
	there map[clusto.EntityID]clusto.Entity // what exists
	asked map[clusto.EntityID]bool
	ends  []end
}

// end is one end of a cable as its device knows it.
type end struct {
	device, peer clusto.EntityID
	portType     string
	port         int
	peerPort     int
	outlet       string // of the port at the peer
}

// begin finds the first node, in one state or both.
func (e *explorer) begin(ctx context.Context, name string) error {
	var missing error
	for _, l := range e.looks {
		err := l.state(ctx, func(inv *clusto.Inventory) error {
			first, err := inv.Entity(ctx, name)
			if err != nil {
				return err
			}
			l.there[first.ID] = first
			e.put(first, 0)
			return nil
		})
		if err != nil {
			missing = err
			if clusto.KindOf(err) != clusto.ErrNotFound {
				return err
			}
		}
	}
	if len(e.graph.Nodes) == 0 {
		return missing
	}
	return nil
}

func (e *explorer) put(entity clusto.Entity, distance int) {
	if i, known := e.index[entity.ID]; known {
		e.graph.Nodes[i].Entity = entity // as it is in the later state
		return
	}
	e.index[entity.ID] = len(e.graph.Nodes)
	e.graph.Nodes = append(e.graph.Nodes, Node{Entity: entity, Distance: distance})
}

// step reads the cables of every node whose cables were not read yet, and returns
// what they lead to.
func (e *explorer) step(ctx context.Context) ([]clusto.Entity, error) {
	var found []clusto.Entity
	for _, l := range e.looks {
		var ids []clusto.EntityID
		for _, n := range e.graph.Nodes {
			if !l.asked[n.ID] {
				l.asked[n.ID] = true
				ids = append(ids, n.ID)
			}
		}
		if len(ids) == 0 {
			continue
		}
		err := l.state(ctx, func(inv *clusto.Inventory) error {
			seen, err := e.read(ctx, inv, l, ids)
			found = append(found, seen...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// read reads the cables of devices in one state, and what they lead to.
func (e *explorer) read(ctx context.Context, inv *clusto.Inventory, l *look, ids []clusto.EntityID) ([]clusto.Entity, error) {
	ends, err := readEnds(ctx, inv, ids, e.options.Types)
	if err != nil {
		return nil, err
	}
	peers := make([]clusto.EntityID, 0, len(ends)+len(ids))
	for _, c := range ends {
		peers = append(peers, c.peer)
	}
	known, err := inv.Known(ctx, append(peers, ids...))
	if err != nil {
		return nil, err
	}
	var found []clusto.Entity
	for i := range ends {
		c := &ends[i]
		peer, there := known[c.peer]
		if !there { // deleted, or nothing that the asker may see
			continue
		}
		if c.outlet != "" {
			d := inv.Wrap(peer).Driver()
			c.peerPort, _ = d.PortNamed(c.outlet)
			c.outlet = port.Outlet(d, c.outlet)
		}
		l.ends = append(l.ends, *c)
		found = append(found, peer)
	}
	for id, entity := range known {
		l.there[id] = entity
	}
	return found, nil
}

// readEnds reads what the ports of devices are connected to, in one question.
func readEnds(ctx context.Context, inv *clusto.Inventory, ids []clusto.EntityID, types []string) ([]end, error) {
	m := clusto.AttrMatch{Entities: ids, Key: clusto.Like(port.KeyPrefix + "*"), Number: clusto.IsPresent[int64]()}
	type spot struct {
		device clusto.EntityID
		key    string
		number int64
	}
	at := map[spot]int{}
	var ends []end
	attrs, err := clusto.Collect(inv.Attrs(ctx, m))
	if err != nil {
		return nil, err
	}
	place := func(a clusto.Attr) spot { return spot{a.Entity, a.Key, a.Number.Or(0)} }
	for _, a := range attrs {
		portType := strings.TrimPrefix(a.Key, port.KeyPrefix)
		if a.Subkey != clusto.Sub(port.SubkeyConnection) || a.Value.Relation() == 0 || !wanted(types, portType) {
			continue
		}
		if _, twice := at[place(a)]; !twice {
			at[place(a)] = len(ends)
			ends = append(ends, end{device: a.Entity, peer: a.Value.Relation(), portType: portType, port: int(a.Number.Or(0))})
		}
	}
	for _, a := range attrs {
		i, ok := at[place(a)]
		if !ok || a.Subkey != clusto.Sub(clusto.SubkeyOtherPort) {
			continue
		}
		ends[i].peerPort = int(a.Value.Int64())
		ends[i].outlet = a.Value.Str()
	}
	return ends, nil
}

// wanted reports whether ports of a type meet one of patterns, in which * stands for
// any text.
func wanted(patterns []string, portType string) bool {
	return patterns == nil || slices.ContainsFunc(patterns, func(pattern string) bool { return clusto.MatchGlob(pattern, portType) })
}

// add adds what was found to the nodes, sorted so that a graph that was cut has
// always the same nodes. It reports whether there was something new.
func (e *explorer) add(found []clusto.Entity, distance int) bool {
	slices.SortStableFunc(found, func(a, b clusto.Entity) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	before := len(e.graph.Nodes)
	for _, entity := range found {
		if _, known := e.index[entity.ID]; !known && len(e.graph.Nodes) >= e.options.Limit {
			e.graph.More = true
			continue
		}
		e.put(entity, distance)
	}
	return len(e.graph.Nodes) > before
}

// line is a cable, with the end first that comes first in the order of IDs.
type line struct {
	a, b         clusto.EntityID
	portType     string
	aPort, bPort int
}

// connect makes cables of the ends that were read, and says of nodes and cables what
// became of them.
func (e *explorer) connect() {
	beyond := map[int]map[line]bool{}
	for i, l := range e.looks {
		for _, c := range l.ends {
			key := newLine(c)
			from, to := e.index[c.device], -1
			if j, shown := e.index[c.peer]; shown {
				to = j
			}
			if to < 0 {
				if beyond[from] == nil {
					beyond[from] = map[line]bool{}
				}
				beyond[from][key] = true
				continue
			}
			e.cable(key, c, from, to, i == len(e.looks)-1)
		}
	}
	for i, cables := range beyond {
		e.graph.Nodes[i].Beyond = len(cables)
	}
	if len(e.looks) == 1 {
		for i := range e.graph.Cables {
			e.graph.Cables[i].Change = ""
		}
		return
	}
	for i := range e.graph.Nodes {
		n := &e.graph.Nodes[i]
		n.Change = became(e.looks[0].has(n.ID), e.looks[1].has(n.ID))
	}
}

func (l *look) has(id clusto.EntityID) bool {
	_, ok := l.there[id]
	return ok
}

func became(was, is bool) Change {
	switch {
	case was && is:
		return Same
	case is:
		return Added
	}
	return Removed
}

func newLine(c end) line {
	if c.device < c.peer || c.device == c.peer && c.port <= c.peerPort {
		return line{c.device, c.peer, c.portType, c.port, c.peerPort}
	}
	return line{c.peer, c.device, c.portType, c.peerPort, c.port}
}

// cable notes a cable, which both of its ends tell of, and perhaps both states.
func (e *explorer) cable(key line, c end, from, to int, now bool) {
	i, known := e.cables[key]
	if !known {
		i = len(e.graph.Cables)
		e.cables[key] = i
		here, there := End{Node: from, Type: c.portType, Port: c.port}, End{Node: to, Type: c.portType, Port: c.peerPort, Outlet: c.outlet}
		if to < from {
			here, there = there, here
		}
		e.graph.Cables = append(e.graph.Cables, Cable{From: here, To: there, Change: became(!now, now)})
		return
	}
	k := &e.graph.Cables[i]
	if now && k.Change == Removed {
		k.Change = Same
	}
	if c.outlet != "" { // only the device that is plugged in knows the name of the outlet
		for _, side := range []*End{&k.From, &k.To} {
			if side.Node == to {
				side.Outlet = c.outlet
			}
		}
	}
}
