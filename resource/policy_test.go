package resource_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/resource"
)

// clock is a time that tests move.
type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

// timedWorld is a world whose versions have the time of a clock.
func timedWorld(t *testing.T) (world, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	return world{t, dbtest.New(t, sqlstore.Options{Now: func() time.Time { return c.now }})}, c
}

// kind is a manager of one kind whose resources are numbered from 1.
type kind struct {
	driver string
	props  map[string]any
	names  func(int) string
	left   []int // those that are taken at once, so that four are free; or three
	three  bool
}

var kinds = map[string]kind{
	"IPv4": {"ipmanager", map[string]any{"baseip": "10.0.0.0", "netmask": 29, "gateway": "10.0.0.5"}, func(i int) string {
		return fmt.Sprint("10.0.0.", i)
	}, []int{6}, false},
	"IPv6": {"ipmanager", map[string]any{"baseip": "2001:db8::", "netmask": 126}, func(i int) string {
		return fmt.Sprint("2001:db8::", i)
	}, nil, true},
	"numbers": {"simplenummanager", map[string]any{"next": 1, "maxnum": 4}, func(i int) string { return fmt.Sprint(i) }, nil, false},
	"names": {"simplenamemanager", map[string]any{"basename": "web-", "digits": 1, "next": 1}, func(i int) string {
		return fmt.Sprint("web-", i)
	}, []int{5, 6, 7, 8, 9}, false},
}

// manager makes the manager "m" of a kind, and the server "s1".
func (w world) manager(k kind, props map[string]any) {
	w.t.Helper()
	all := map[string]any{}
	for _, from := range []map[string]any{k.props, props} {
		for key, v := range from {
			all[key] = v
		}
	}
	w.must(w.create(k.driver, "m", all))
	w.must(w.create("basicserver", "s1", nil))
}

// step is something done to the manager: "take 3" wants the third resource to
// come next, "give 3" gives it back, "name 3" asks for it, "none" wants nothing
// to be free, "wait 1h" lets time pass, "set policy=next" sets a property.
func (w world) step(c *clock, k kind, step string) {
	w.t.Helper()
	verb, arg, _ := strings.Cut(step, " ")
	name := arg
	var n int
	if _, err := fmt.Sscan(arg, &n); err == nil {
		name = k.names(n)
	}
	named := any(name)
	if k.driver == "simplenummanager" {
		named = n
	}
	switch verb {
	case "take":
		if got, err := w.allocate("m", "s1", nil); err != nil || got != name {
			w.t.Fatalf("%s: got %s, %v", step, got, err)
		}
	case "name":
		if got, err := w.allocate("m", "s1", named); err != nil || got != name {
			w.t.Fatalf("%s: got %s, %v", step, got, err)
		}
	case "give":
		w.must(w.deallocate("m", "s1", named))
	case "none":
		if got, err := w.allocate("m", "s1", nil); !errors.Is(err, clusto.ErrExhausted) || !strings.Contains(err.Error(), arg) {
			w.t.Fatalf("%s: got %s, %v; want ErrExhausted", step, got, err)
		}
	case "wait":
		d, err := time.ParseDuration(arg)
		w.must(err)
		c.pass(d)
	case "set":
		key, value, _ := strings.Cut(arg, "=")
		w.do(func(ctx context.Context, inv *clusto.Inventory) error {
			o, err := inv.Object(ctx, "m")
			if err != nil {
				return err
			}
			return o.SetProperty(ctx, key, clusto.String(value))
		})
	default:
		w.t.Fatalf("no step %q", step)
	}
}

// TestPolicies has each policy choose from resources of each kind.
func TestPolicies(t *testing.T) {
	for name, test := range map[string]struct {
		props map[string]any
		steps string
	}{
		"next":         {nil, "take 1, take 2, give 1, take 3, take 4, take 1, none, give 3, wait 1s, give 2, take 3, take 2, none"},
		"lowest":       {map[string]any{"policy": "lowest"}, "take 1, take 2, take 3, give 2, give 1, take 1, take 2, name 4, none, give 3, give 4, take 3, take 4"},
		"lru":          {map[string]any{"policy": "lru"}, "take 1, take 2, give 2, wait 1s, give 1, take 3, take 4, take 2, take 1, none"},
		"lru by time":  {map[string]any{"policy": "lru"}, "take 1, take 2, take 3, give 3, wait 1s, give 2, wait 1s, give 1, take 4, name 3, give 3, take 2, take 1, take 3"},
		"switched":     {nil, "take 1, take 2, give 1, set policy=lowest, take 1, give 2, take 2, take 3, set policy=next, take 4, none"},
		"lowest later": {nil, "take 1, take 2, take 3, take 4, give 4, give 2, set policy=lowest, take 2, take 4, none"},
		"quarantine": {map[string]any{"policy": "lru", "quarantine": "1h"},
			"take 1, take 2, take 3, take 4, give 2, wait 30m, give 1, none in quarantine; the first, wait 30m, none, wait 1s, take 2, none, wait 30m, take 1, none"},
		"named from quarantine": {map[string]any{"policy": "lru", "quarantine": "1h"},
			"take 1, take 2, take 3, take 4, give 2, name 2, give 2, wait 1h, wait 1s, take 2"},
		"named and given back while a hint covers it": {map[string]any{"policy": "lru", "quarantine": "1h"},
			"take 1, name 2, give 2, take 3, take 4, none, wait 1h, wait 1s, take 2"},
	} {
		for kindName, k := range kinds {
			t.Run(name+"/"+kindName, func(t *testing.T) {
				w, c := timedWorld(t)
				w.manager(k, test.props)
				for _, n := range k.left {
					w.step(c, k, fmt.Sprint("name ", n))
				}
				for _, step := range strings.Split(test.steps, ", ") {
					if !k.three || !strings.HasSuffix(step, " 4") {
						w.step(c, k, step)
					}
				}
			})
		}
	}
}

func TestBadPolicy(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		props map[string]any
		text  string
	}{
		{map[string]any{"policy": "random"}, `there is no policy "random"`},
		{map[string]any{"quarantine": "1h"}, "policy next knows no quarantine"},
		{map[string]any{"policy": "lowest", "quarantine": "1h"}, "policy lowest knows no quarantine"},
		{map[string]any{"policy": "lru", "quarantine": "a while"}, `"a while" is not a length of time`},
		{map[string]any{"policy": "lru", "quarantine": "3 fortnights"}, `"fortnights" is not a unit of time`},
		{map[string]any{"policy": "lru", "quarantine": "9999999999w"}, "longer than a century"},
		{map[string]any{"policy": "lru", "quarantine": "-5"}, `"-5" is not a length of time`},
		{map[string]any{"policy": "lru", "quarantine": "2d 12h"}, ""},
		{map[string]any{"policy": "lru", "quarantine": "7 days"}, ""},
		{map[string]any{"policy": "lru", "quarantine": 3600}, ""},
	} {
		err := w.create("simplenummanager", strings.ReplaceAll(fmt.Sprint(test.props["policy"], test.props["quarantine"]), " ", ""), test.props)
		switch {
		case test.text == "" && err != nil:
			t.Errorf("%v: %v", test.props, err)
		case test.text != "" && (!errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), test.text)):
			t.Errorf("%v: %v; want ErrInvalid: %s", test.props, err, test.text)
		}
	}
}

// TestWrongHints has hints and notes that are missing, or wrong in every way:
// nothing is refused while something is free, and nothing is handed out twice.
func TestWrongHints(t *testing.T) {
	for _, policy := range []string{"next", "lowest", "lru"} {
		for kindName, k := range kinds {
			t.Run(policy+"/"+kindName, func(t *testing.T) {
				w, c := timedWorld(t)
				w.manager(k, map[string]any{"policy": policy})
				w.step(c, k, "take 1")
				w.spoil()
				seen := map[string]bool{k.names(1): true}
				for {
					got, err := w.allocate("m", "s1", nil)
					if errors.Is(err, clusto.ErrExhausted) {
						break
					}
					if err != nil || seen[got] {
						t.Fatalf("got %s, %v, after %v", got, err, seen)
					}
					seen[got] = true
				}
				if want := map[string]int{"IPv4": 5, "IPv6": 3, "numbers": 4, "names": 9}[kindName]; len(seen) != want {
					t.Errorf("got %v, want %d", seen, want)
				}
				w.removeByHand(k.names(2)) // as classic clusto does, which leaves no note
				w.step(c, k, "take 2")
			})
		}
	}
}

// spoil replaces hints and notes of "m" by wrong ones.
func (w world) spoil() {
	w.t.Helper()
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		tx, err := inv.Tx()
		if err != nil {
			return err
		}
		m, err := inv.Object(ctx, "m")
		if err != nil {
			return err
		}
		hints, err := tx.FreeRanges(ctx, m.ID, 100)
		if err != nil {
			return err
		}
		if err := tx.ClearFreeRanges(ctx, m.ID); err != nil {
			return err
		}
		for _, h := range hints { // what is in use, what is outside, and part of what is free
			h.First = h.First.Prev().Prev()
			if err := tx.AddFreeRanges(ctx, h, clusto.FreeRange{Manager: m.ID, First: h.Last.Next(), Last: h.Last.Next().Next()}); err != nil {
				return err
			}
			if err := tx.KeepFreed(ctx, clusto.Freed{Manager: m.ID, Addr: h.First}, clusto.Freed{Manager: m.ID, Addr: h.Last.Next()}); err != nil {
				return err
			}
		}
		return tx.SetFreedUpTo(ctx, m.ID, 1)
	})
}

// removeByHand removes the rows of a resource of "s1".
func (w world) removeByHand(text string) {
	w.t.Helper()
	w.do(func(ctx context.Context, inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, "s1")
		if err != nil {
			return err
		}
		m, err := inv.Object(ctx, "m")
		if err != nil {
			return err
		}
		manager, err := resource.Of(m)
		if err != nil {
			return err
		}
		var named any = text
		if manager.Driver().Is(resource.DriverNum) {
			named = 2
		}
		held, err := manager.Held(ctx, o, named)
		if err != nil {
			return err
		}
		_, err = o.DelAttrs(ctx, clusto.AttrMatch{Key: clusto.Is(held.Key), Number: clusto.Exactly(held.Number)})
		return err
	})
}

// TestFreedOtherwise has resources become free without being given back: their
// server is deleted.
func TestFreedOtherwise(t *testing.T) {
	for policy, wait := range map[string]time.Duration{"lowest": 0, "lru": 0, "lru 1h": time.Hour + time.Second} {
		for kindName, k := range kinds {
			t.Run(policy+"/"+kindName, func(t *testing.T) {
				w, c := timedWorld(t)
				name, rest, resting := strings.Cut(policy, " ")
				props := map[string]any{"policy": name}
				if resting {
					props["quarantine"] = rest
				}
				w.manager(k, props)
				w.must(w.create("basicserver", "s2", nil))
				for _, n := range append([]int{4}, k.left...) {
					if !k.three {
						w.step(c, k, fmt.Sprint("name ", n))
					}
				}
				w.step(c, k, "take 1")
				if got, err := w.allocate("m", "s2", nil); err != nil || got != k.names(2) {
					t.Fatalf("got %s, %v", got, err)
				}
				for i := range 3 * 32 { // so that there is something to catch up with
					w.must(w.create("basicserver", fmt.Sprint("other", i), nil))
				}
				w.do(func(ctx context.Context, inv *clusto.Inventory) error {
					o, err := inv.Object(ctx, "s2")
					if err != nil {
						return err
					}
					return o.Delete(ctx)
				})
				if name == "lowest" {
					w.step(c, k, "take 2")
					w.step(c, k, "take 3")
				} else {
					w.step(c, k, "take 3")
					if resting {
						w.step(c, k, "none in quarantine")
						c.pass(wait)
					}
					w.step(c, k, "take 2")
				}
				w.step(c, k, "none")
			})
		}
	}
}

// TestEntityNamePolicies has names of servers that are deleted come again.
func TestEntityNamePolicies(t *testing.T) {
	for _, test := range []struct {
		props map[string]any
		wait  time.Duration
		want  string // the names after web1 to web3 were made and web2 was deleted
	}{
		{nil, 0, "web4 web5 web6 web7 web8 web9 web2"},
		{map[string]any{"policy": "lowest"}, 0, "web2 web4 web5 web6 web7 web8 web9"},
		{map[string]any{"policy": "lru"}, 0, "web4 web5 web6 web7 web8 web9 web2"},
		{map[string]any{"policy": "lru", "quarantine": "1d"}, 0, "web4 web5 web6 web7 web8 web9"},
		{map[string]any{"policy": "lru", "quarantine": "1d"}, 25 * time.Hour, "web4 web5 web6 web7 web8 web9 web2"},
	} {
		t.Run(fmt.Sprint(test.props, test.wait), func(t *testing.T) {
			w, c := timedWorld(t)
			props := map[string]any{"basename": "web", "digits": 1}
			for key, v := range test.props {
				props[key] = v
			}
			w.must(w.create("simpleentitynamemanager", "m", props))
			for range 3 {
				_, err := w.newEntity("m", "")
				w.must(err)
			}
			w.do(func(ctx context.Context, inv *clusto.Inventory) error {
				o, err := inv.Object(ctx, "web2")
				if err != nil {
					return err
				}
				return o.Delete(ctx)
			})
			c.pass(test.wait)
			var got []string
			for {
				name, err := w.newEntity("m", "")
				if errors.Is(err, clusto.ErrExhausted) {
					break
				}
				w.must(err)
				got = append(got, name)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
