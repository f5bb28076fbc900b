package history_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

func TestTell(t *testing.T) {
	w := newWorld(t)
	w.do("make", func(h hands) {
		for _, name := range []string{"r1", "r2"} {
			h.make("basicrack", name, nil)
		}
		for _, name := range []string{"web1", "web2"} {
			h.make("basicserver", name, nil)
		}
		h.make("basicnetworkswitch", "sw1", nil)
		h.make("pool", "pool1", nil)
		h.make("ipmanager", "net1", map[string]clusto.Value{"baseip": clusto.String("10.0.0.0"), "netmask": clusto.String("255.255.255.0")})
	})
	steps := []struct {
		why, want string
		do        func(h hands)
	}{
		{"place", "web1 was put into r1 unit 7", func(h hands) { h.call("r1", "insert", "@web1", 7) }},
		{"pool", "web1 was put into pool1", func(h hands) { h.call("pool1", "insert", "@web1") }},
		{"move", "web1 moved from r1 unit 7 to r2 unit 8", func(h hands) { h.call("r1", "remove", "@web1"); h.call("r2", "insert", "@web1", 8) }},
		{"within", "web1 moved within r2 from unit 8 to unit 9", func(h hands) { h.call("r2", "remove", "@web1"); h.call("r2", "insert", "@web1", 9) }},
		{"right", "web2 was put into r1 unit 5 right", func(h hands) { h.place("r1", "web2", clusto.SubkeyUnitRight, 5) }},
		{"left", "web2 moved within r1 from unit 5 right to unit 5", func(h hands) { h.call("r1", "remove", "@web2"); h.place("r1", "web2", clusto.SubkeyUnit, 5) }},
		{"beside", "web2 moved from r1 unit 5 to r2 left side", func(h hands) { h.call("r1", "remove", "@web2"); h.place("r2", "web2", clusto.SubkeySideLeft) }},
		{"other side", "web2 moved within r2 from left side to right side", func(h hands) { h.call("r2", "remove", "@web2"); h.place("r2", "web2", clusto.SubkeySideRight) }},
		{"cable", "web1 connected nic-eth 1 to sw1 nic-eth 12", func(h hands) { h.call("web1", "connect_ports", "nic-eth", 1, "@sw1", 12) }},
		{"address", "web1 got 10.0.0.7 from net1", func(h hands) { h.call("net1", "allocate", "@web1", "10.0.0.7") }},
		{"attrs", "web1 got memory = 8; web1 got owner = ann", func(h hands) { h.set("web1", "memory", 8); h.set("web1", "owner", "ann") }},
		{"attr", "web1 changed memory from 8 to 16", func(h hands) { h.set("web1", "memory", 16) }},
		{"relation", "web1 got buddy = web2", func(h hands) { h.relate("web1", "buddy", "web2") }},
		{"lose", "web1 lost owner = ann", func(h hands) { h.unset("web1", "owner") }},
		{"rename", "www1 was renamed from web1", func(h hands) { h.rename("web1", "www1") }},
		{"uncable", "www1 disconnected nic-eth 1 from sw1 nic-eth 12", func(h hands) { h.call("www1", "disconnect_port", "nic-eth", 1) }},
		{"long", "web2 got note = " + strings.Repeat("x", 60) + "…", func(h hands) { h.set("web2", "note", strings.Repeat("x", 1000)) }},
		{"delete", "www1 was deleted", func(h hands) { h.delete("www1") }},
		{"many", "web2 got a = 1; web2 got b = 1; web2 got c = 1; 2 more", func(h hands) {
			for _, key := range []string{"a", "b", "c", "d", "e"} {
				h.set("web2", key, 1)
			}
		}},
	}
	for _, s := range steps {
		v := w.do(s.why, s.do)
		w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
			entries, err := history.Log(ctx, h, clusto.VersionMatch{Only: []clusto.Version{v}})
			w.check(err)
			if got := lineText(entries[0]); got != s.want {
				t.Errorf("%s: %q, want %q", s.why, got, s.want)
			}
		})
	}
}

// lineText returns the lines of an entry as a text.
func lineText(e history.Entry) string {
	var lines []string
	for _, l := range e.Lines {
		lines = append(lines, l.String())
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("%d more", e.More))
	}
	return strings.Join(lines, "; ")
}

// TestTellBetween has several versions told as one, and the way back.
func TestTellBetween(t *testing.T) {
	w := newWorld(t)
	before := w.do("make", func(h hands) {
		h.make("basicrack", "r1", nil)
		h.make("basicrack", "r2", nil)
		h.make("basicserver", "web1", nil)
		h.call("r1", "insert", "@web1", 7)
		h.set("web1", "memory", 8)
	})
	w.do("out", func(h hands) { h.call("r1", "remove", "@web1") })
	w.do("in", func(h hands) { h.call("r2", "insert", "@web1", []any{8, 9}) })
	w.do("more", func(h hands) { h.set("web1", "memory", 16); h.make("basicserver", "web2", nil) })
	for _, way := range []struct {
		from, to clusto.Version
		want     string
	}{
		{before, clusto.Live, `
~ web1 (server, basicserver)
    moved from r1 unit 7 to r2 units 8-9
    ~ memory: 8 -> 16
+ web2 (server, basicserver)
    was made
`},
		{before + 3, before, `
~ web1 (server, basicserver)
    moved from r2 units 8-9 to r1 unit 7
    ~ memory: 16 -> 8
- web2 (server, basicserver)
    was deleted
`},
		{before, before, "\n"},
	} {
		w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
			told, err := history.Tell(ctx, h, way.from, way.to, nil)
			w.check(err)
			var b strings.Builder
			w.check(told.WriteText(&b))
			same(t, "words", way.want, b.String())
		})
	}
}

// relate sets an attribute that refers to an entity.
func (h hands) relate(name, key, to string) {
	h.t.Helper()
	h.check(h.get(name).SetAttr(h.ctx, clusto.Attr{Key: key, Value: clusto.RelationTo(h.get(to).ID)}))
}

// place puts a thing into a rack as drivers of half width and of none do.
func (h hands) place(rack, name, subkey string, units ...int64) {
	h.t.Helper()
	h.check(h.get(rack).Place(h.ctx, h.get(name), clusto.Sub(subkey), units...))
}
