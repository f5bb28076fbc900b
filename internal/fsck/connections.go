package fsck

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// socket is a port of a device by its numbers.
type socket struct {
	device clusto.EntityID
	key    string // with the type of the port
	port   int64
}

// plug is what a socket's rows say about its cable.
type plug struct {
	to       clusto.EntityID // 0: nothing
	toRow    clusto.AttrID
	other    clusto.Value // the port on the other end
	otherRow clusto.AttrID
	extra    []clusto.AttrID // rows that say again what others have said
	clash    bool            // rows contradict each other, or the connection is no relation
}

// connections looks for cables that only one end knows about, which classic
// left behind when a device was deleted or a transaction ended half-way.
type connections struct {
	*world
	plugs map[socket]*plug
	// completed are the sockets that get the rows they lack.
	completed map[socket]bool
	// unnumbered are the ports of cables that do not say to which port they lead.
	unnumbered map[cable][]int64
}

// cable is what leads from one device to another, by the ports of one type.
type cable struct {
	from clusto.EntityID
	key  string
	to   clusto.EntityID
}

func newConnections(w *world) looker {
	return &connections{
		world: w, plugs: map[socket]*plug{}, completed: map[socket]bool{}, unnumbered: map[cable][]int64{},
	}
}

func (c *connections) see(a *clusto.StoredAttr) {
	n, numbered := a.Number.Get()
	if !numbered || !strings.HasPrefix(a.Key, port.KeyPrefix) || !c.lives(a.Entity) {
		return
	}
	subkey := a.Subkey.Or("")
	if subkey != port.SubkeyConnection && subkey != clusto.SubkeyOtherPort {
		return
	}
	s := socket{a.Entity, a.Key, n}
	p := c.plugs[s]
	if p == nil {
		p = &plug{}
		c.plugs[s] = p
	}
	p.read(a.Attr, subkey, c.lives)
}

// read takes in a row of the socket. A relation to what is gone is none.
func (p *plug) read(a clusto.Attr, subkey string, lives func(clusto.EntityID) bool) {
	if subkey == clusto.SubkeyOtherPort {
		switch {
		case p.otherRow == 0:
			p.other, p.otherRow = a.Value, a.ID
		case p.other.Equal(a.Value):
			p.extra = append(p.extra, a.ID)
		default:
			p.clash = true
		}
		return
	}
	to := a.Value.Relation()
	switch {
	case a.Value.Kind() != clusto.KindRelation:
		p.clash = true
	case !lives(to):
	case p.toRow == 0:
		p.to, p.toRow = to, a.ID
	case p.to == to:
		p.extra = append(p.extra, a.ID)
	default:
		p.clash = true
	}
}

// rows returns the rows of a plug's cable.
func (p *plug) rows() []clusto.AttrID {
	rows := slices.Clone(p.extra)
	for _, id := range []clusto.AttrID{p.toRow, p.otherRow} {
		if id != 0 {
			rows = append(rows, id)
		}
	}
	return rows
}

func (c *connections) judge() {
	all := make([]socket, 0, len(c.plugs))
	claims := map[socket][]socket{} // by which others say to be connected to one
	for s, p := range c.plugs {
		all = append(all, s)
		if p.to != 0 && !p.clash && p.otherRow == 0 {
			k := cable{s.device, s.key, p.to}
			c.unnumbered[k] = append(c.unnumbered[k], s.port)
		}
		if to, ok := c.far(s, p); ok {
			claims[to] = append(claims[to], s)
		}
	}
	slices.SortFunc(all, func(a, b socket) int {
		return cmp.Or(cmp.Compare(a.device, b.device), cmp.Compare(a.key, b.key), cmp.Compare(a.port, b.port))
	})
	for _, s := range all { // first those that can be completed: what they need is not to be removed
		c.complete(s, claims)
		c.number(s)
	}
	for _, s := range all {
		if !c.completed[s] {
			c.look(s, claims)
		}
	}
}

// far returns the socket that a plug leads to, if it says which.
func (c *connections) far(s socket, p *plug) (socket, bool) {
	if p.to == 0 || p.clash {
		return socket{}, false
	}
	n := p.other.Int64()
	if text := p.other.Str(); text != "" {
		n, _ = strconv.ParseInt(text, 10, 64)
		if d := c.driver(p.to); d != nil {
			if named, ok := d.PortNamed(text); ok {
				n = int64(named)
			}
		}
	}
	return socket{p.to, s.key, n}, n != 0
}

// complete reports the cable that the socket at s claims, if its other end is
// free and nobody else claims it, so that there is no doubt.
func (c *connections) complete(s socket, claims map[socket][]socket) {
	to, ok := c.far(s, c.plugs[s])
	if !ok || to == s || len(claims[to]) != 1 || len(claims[s]) > 0 || !c.has(to) || !c.has(s) {
		return
	}
	there := c.plugs[to]
	if there == nil {
		there = &plug{}
	}
	if there.clash || there.to != 0 && (there.to != s.device || there.otherRow != 0) {
		return
	}
	var add []clusto.Attr
	missing := clusto.Attr{Entity: to.device, Key: to.key, Number: clusto.Num(to.port)}
	if there.to == 0 {
		missing.Subkey, missing.Value = clusto.Sub(port.SubkeyConnection), clusto.RelationTo(s.device)
		add = append(add, missing)
	}
	switch says, known := c.far(to, &plug{to: s.device, other: there.other}); {
	case there.otherRow == 0:
		missing.Subkey, missing.Value = clusto.Sub(clusto.SubkeyOtherPort), clusto.Int(s.port)
		add = append(add, missing)
	case !known || says != s:
		return // it says to be connected to another port
	}
	c.completed[s], c.completed[to] = true, true
	c.report(Error, ids{s.device, to.device}, fmt.Sprintf("%s is connected to %s, which does not know it", c.socket(s), c.socket(to)),
		fmt.Sprintf("connects %s as well", c.socket(to)), &mending{add: add, end: append(slices.Clone(c.plugs[s].extra), there.extra...)})
}

// number reports a cable of which neither end says to which port of the other
// it leads, if the two devices have no other such cable.
func (c *connections) number(s socket) {
	there, ok := c.onlyMate(s)
	if !ok || c.completed[s] || c.completed[there] {
		return
	}
	if back, ok := c.onlyMate(there); !ok || back != s || there == s {
		return
	}
	var add []clusto.Attr
	for _, end := range [][2]socket{{s, there}, {there, s}} {
		c.completed[end[0]] = true
		add = append(add, clusto.Attr{
			Entity: end[0].device, Key: end[0].key, Number: clusto.Num(end[0].port),
			Subkey: clusto.Sub(clusto.SubkeyOtherPort), Value: clusto.Int(end[1].port),
		})
	}
	c.report(Error, ids{s.device, there.device}, fmt.Sprintf("%s and %s are connected to each other's device, and do not say to which port", c.socket(s), c.socket(there)),
		"writes the numbers of the ports, as there is no other such connection", &mending{add: add})
}

// onlyMate returns the one socket without number of a port that leads to the
// device of s, which has none either.
func (c *connections) onlyMate(s socket) (mate socket, ok bool) {
	p := c.plugs[s]
	if p.to == 0 || p.clash || p.otherRow != 0 {
		return socket{}, false
	}
	for _, n := range c.unnumbered[cable{p.to, s.key, s.device}] {
		if ok {
			return socket{}, false
		}
		mate, ok = socket{p.to, s.key, n}, true
	}
	return mate, ok
}

// look reports what is wrong with the socket at s, if it cannot be completed.
func (c *connections) look(s socket, claims map[socket][]socket) {
	p := c.plugs[s]
	to, known := c.far(s, p)
	remove := &mending{end: p.rows()}
	switch {
	case p.clash:
		c.report(Error, ids{s.device}, fmt.Sprintf("%s has rows that contradict each other about what it is connected to", c.socket(s)),
			"find out where the cable leads, disconnect the port, and connect it again", nil)
	case p.to == 0 && p.otherRow != 0:
		c.report(Warning, ids{s.device}, fmt.Sprintf("%s is connected to nothing, and says that to be port %s", c.socket(s), p.other.Text()),
			"removes the number of the port", remove)
	case p.to == 0:
	case known && c.plugs[to] != nil && c.plugs[to].clash: // which is reported, and may mean this one
	case !known:
		c.report(Error, ids{s.device, p.to}, fmt.Sprintf("%s is connected to %s, and does not say to which port", c.socket(s), c.name(p.to)),
			"removes this half of the connection", remove)
	case to == s:
		c.report(Error, ids{s.device}, c.socket(s)+" is connected to itself", "removes the connection", remove)
	case !slices.Contains(claims[s], to):
		c.report(Error, ids{s.device, to.device}, fmt.Sprintf("%s is connected to %s, which %s", c.socket(s), c.socket(to), c.instead(to)),
			"removes this half of the connection", remove)
	default:
		c.whole(s, p)
	}
}

// whole reports what is left to say about a cable that both ends know.
func (c *connections) whole(s socket, p *plug) {
	if len(p.extra) > 0 {
		c.report(Warning, ids{s.device}, c.socket(s)+" says more than once what it is connected to", "says it once",
			&mending{end: p.extra})
	}
	if !c.has(s) {
		c.report(Warning, ids{s.device}, fmt.Sprintf("%s is connected, and driver %s has no such port", c.socket(s), c.entities[s.device].Driver),
			"give the device a driver that has the port, or connect another port", nil)
	}
}

// instead says what a socket is connected to.
func (c *connections) instead(s socket) string {
	p := c.plugs[s]
	if !c.has(s) {
		return "is no port of its driver"
	}
	if p == nil || p.to == 0 {
		return "is connected to nothing, and something else speaks against the cable"
	}
	if to, known := c.far(s, p); known {
		return "is connected to " + c.socket(to)
	}
	return "is connected to " + c.name(p.to)
}

// has reports whether a device has a port, as far as its driver is known.
func (c *connections) has(s socket) bool {
	d := c.driver(s.device)
	return d == nil || s.port >= 1 && s.port <= int64(d.PortCount(strings.TrimPrefix(s.key, port.KeyPrefix)))
}

// socket names a port as messages do: web7 nic-eth/1.
func (c *connections) socket(s socket) string {
	return fmt.Sprintf("%s %s/%d", c.name(s.device), strings.TrimPrefix(s.key, port.KeyPrefix), s.port)
}
