package history_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// TestHolders follows an address from hand to hand, and asks at two times.
func TestHolders(t *testing.T) {
	w := newWorld(t)
	w.do("make", func(h hands) {
		h.make("ipmanager", "net", map[string]clusto.Value{"baseip": clusto.String("10.0.0.0"), "netmask": clusto.String("24")})
		h.make("ipmanager", "six", map[string]clusto.Value{"baseip": clusto.String("2001:db8::"), "netmask": clusto.String("64")})
		for _, name := range []string{"a", "b", "c"} {
			h.make("basicserver", name, nil)
		}
	})
	first := w.do("to a", func(h hands) {
		h.call("net", "allocate", "@a", "10.0.0.9")
		h.call("six", "allocate", "@a", "2001:db8::9")
	})
	w.do("rename", func(h hands) { h.rename("a", "alpha") })
	second := w.do("from a to b", func(h hands) {
		h.call("net", "deallocate", "@alpha", "10.0.0.9")
		h.call("net", "allocate", "@b", "10.0.0.9")
	})
	third := w.do("b dies", func(h hands) { h.delete("b") })
	fourth := w.do("to c", func(h hands) { h.call("net", "allocate", "@c", "10.0.0.9") })
	w.do("by hand", func(h hands) {
		h.check(h.get("alpha").AddAttr(h.ctx, clusto.Attr{Key: "ip", Number: clusto.Num(50), Value: clusto.String("2001:db8::77")}))
	})
	for _, test := range []struct {
		addr string
		at   clusto.Version
		want []string
	}{
		{"10.0.0.9", clusto.Live, []string{
			fmt.Sprintf("c now c of net from %d ann to 0", fourth),
			fmt.Sprintf("b now  of net from %d ann to %d", second, third),
			fmt.Sprintf("a now alpha of net from %d ann to %d", first, second),
		}},
		{"::ffff:10.0.0.9", first, []string{fmt.Sprintf("a now a of net from %d ann to 0", first)}},
		{"2001:db8::9", second, []string{fmt.Sprintf("a now alpha of six from %d ann to 0", first)}},
		{"2001:db8::77", clusto.Live, []string{fmt.Sprintf("alpha now alpha of  from %d ann to 0", fourth+1)}},
		{"10.0.0.10", clusto.Live, nil},
	} {
		w.past(test.at, func(ctx context.Context, h clusto.History) {
			before := len(w.statements)
			found, more, err := history.Holders(ctx, h, netip.MustParseAddr(test.addr))
			w.check(err)
			var got []string
			for _, x := range found {
				got = append(got, fmt.Sprintf("%s now %s of %s from %d %s to %d", x.Entity.Name, x.Now, x.Manager, x.From.Version, x.From.User, x.To.Version))
			}
			if diff := cmp.Diff(test.want, got); diff != "" || more {
				t.Errorf("%s at %d: more %v, -want +got\n%s", test.addr, test.at, more, diff)
			}
			if n := len(w.statements) - before; n > 8 {
				t.Errorf("%s: %d statements", test.addr, n)
			}
		})
	}
}
