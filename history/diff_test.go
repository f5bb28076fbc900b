package history_test

import (
	"context"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

func TestShow(t *testing.T) {
	w := newWorld(t)
	w.do("a rack and a switch", func(h hands) {
		h.make("basicrack", "rk1", nil)
		h.make("basicnetworkswitch", "sw1", nil)
		h.make("ipmanager", "net1", map[string]clusto.Value{
			"baseip": clusto.String("10.0.0.0"), "netmask": clusto.String("255.255.255.0"), "gateway": clusto.String("10.0.0.1"),
		})
	})
	v := w.do("a server", func(h hands) {
		h.make("basicserver", "web1", nil)
		h.set("web1", "memory", 8)
		h.set("web1", "note", "")
		h.call("rk1", "insert", "@web1", []any{int64(7)})
		h.cable("web1", 1, "sw1", 12)
		h.call("net1", "allocate", "@web1")
	})
	w.do("another name", func(h hands) { h.rename("sw1", "switch1"); h.rename("web1", "www1") })
	want := `
~ rk1
    + _contains.ru#7 = web1
~ sw1
    + port-nic-eth.connection#12 = web1
    + port-nic-eth.otherportnum#12 = 1
+ web1 (server, basicserver)
    + ip#0 = 10.0.0.2
    + ip.cidr#0 = 10.0.0.2/24
    + ip.ipstring#0 = 10.0.0.2
    + ip.manager#0 = net1
    + memory = 8
    + note = ""
    + port-nic-eth.connection#1 = sw1
    + port-nic-eth.otherportnum#1 = 12
`
	for _, at := range []clusto.Version{v, clusto.Live} {
		w.past(at, func(ctx context.Context, h clusto.History) {
			shown, err := history.Show(ctx, h, v)
			w.check(err)
			same(t, "show", want, diffText(t, shown.Diff))
			if shown.User != "ann" || shown.Description != "a server" {
				t.Errorf("got %q, %q", shown.User, shown.Description)
			}
		})
	}
}

func TestBetween(t *testing.T) {
	w := newWorld(t)
	from := w.do("begin", func(h hands) {
		h.make("basicserver", "web1", nil)
		h.make("basicserver", "web2", nil)
		h.make("basicserver", "old", nil)
		h.make("pool", "pool1", nil)
		h.set("web1", "memory", 8)
		h.set("web1", "disk", 100)
		h.set("old", "memory", 4)
		h.set("web1", "uses", h.get("old").ID)
	})
	w.do("change", func(h hands) {
		h.set("web1", "memory", 16)
		h.set("web1", "disk", 200)
		h.make("basicserver", "ghost", nil)
		h.call("pool1", "insert", "@web2")
		h.call("pool1", "insert", "@ghost")
		h.rename("old", "older")
	})
	to := w.do("change again", func(h hands) {
		h.set("web1", "disk", 100)
		h.set("web1", "cpu", 2)
		h.delete("ghost")
		h.rename("web2", "web3")
		_, err := h.get("web3").ChangeDriver(h.ctx, h.make("basicvirtualserver", "vm1", nil).Driver())
		h.check(err)
		h.delete("older")
	})
	forth := `
- old (server, basicserver)
    - memory = 4
~ pool1
    + _contains#0 = web3
+ vm1 (server, basicvirtualserver)
~ web1
    + cpu = 2
    ~ memory: 8 -> 16
    - uses = old
~ web3, was called web2 (server, basicvirtualserver; was server, basicserver)
`
	back := `
+ old (server, basicserver)
    + memory = 4
~ pool1
    - _contains#0 = web3
- vm1 (server, basicvirtualserver)
~ web1
    - cpu = 2
    ~ memory: 16 -> 8
    + uses = old
~ web2, was called web3 (server, basicserver; was server, basicvirtualserver)
`
	about := `
~ pool1
    + _contains#0 = web3
~ web3, was called web2 (server, basicvirtualserver; was server, basicserver)
`
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		diff := func(from, to clusto.Version, names ...string) string {
			t.Helper()
			var about []clusto.EntityID
			for _, name := range names {
				lives, err := history.Find(ctx, h, name)
				w.check(err)
				about = append(about, history.IDs(lives)...)
			}
			d, err := history.Between(ctx, h, from, to, about)
			w.check(err)
			return diffText(t, d)
		}
		same(t, "forth", forth, diff(from, to))
		same(t, "up to now", forth, diff(from, clusto.Live))
		same(t, "back", back, diff(to, from))
		same(t, "about one", about, diff(from, to, "web3"))
		same(t, "about an old name", about, diff(from, to, "web2"))
		same(t, "nothing", "", diff(to, to))
		d, err := history.Between(ctx, h, from, to, history.IDs([]clusto.Life{}))
		w.check(err)
		if !d.Empty() {
			t.Errorf("about nothing: %s", diffText(t, d))
		}
	})
}

// TestDiffJSON pins the form of a difference for programs.
func TestDiffJSON(t *testing.T) {
	w := newWorld(t)
	w.do("one", func(h hands) { h.make("basicserver", "web1", nil); h.set("web1", "memory", 8) })
	v := w.do("two", func(h hands) {
		h.set("web1", "memory", "lots")
		h.unset("web1", "nothing")
		h.set("web1", "tags.all", []any{"a", int64(1)})
		h.rename("web1", "web2")
	})
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		d, err := history.Between(ctx, h, v-1, v, nil)
		w.check(err)
		want := `{"entities":[{"change":"changed","name":"web2","type":"server","driver":"basicserver",` +
			`"was":{"name":"web1","type":"server","driver":"basicserver"},"attrs":[` +
			`{"change":"changed","key":"memory","number":null,"subkey":null,"was":{"type":"int","value":8},"is":{"type":"string","value":"lots"}},` +
			`{"change":"added","key":"tags","number":null,"subkey":"all","is":{"type":"json","value":["a",1]}}]}],"redacted":[]}`
		if got := asJSON(t, d); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}
