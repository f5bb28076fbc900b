package past

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
	"github.com/clusto/clusto/rackfactory"
)

// operated is the day of the past up to which its everyday life goes; then comes
// what people remember.
const operated = 21

// operate writes the everyday life of the company.
func (w *writer) operate(ctx context.Context) error {
	if err := w.virtualise(ctx); err != nil {
		return err
	}
	jobs := []func(context.Context) error{
		w.reinstall, w.upgrade, w.disk, w.promote, w.reinstall, w.scrap, w.disk, w.describe, w.move,
	}
	for i := 0; w.at.Before(Begin(w.Now).AddDate(0, 0, operated)); i++ {
		if err := jobs[i%len(jobs)](ctx); err != nil {
			return err
		}
		w.wait(time.Duration(w.random.IntN(60)) * time.Minute)
	}
	return nil
}

// some returns n servers of a role that follow one another.
func (w *writer) some(r role, n int) []string {
	all := w.servers[r.name]
	first := w.random.IntN(len(all) - n)
	return slices.Clone(all[first : first+n])
}

func (w *writer) anyRole() role { return roles[w.random.IntN(len(roles))] }

// set gives each of some servers the attributes instead of those of their names.
func (s *site) set(ctx context.Context, names []string, attrs ...clusto.Attr) error {
	servers, err := s.inv.FindObjects(ctx, clusto.Match{Names: names})
	if err != nil {
		return err
	}
	for _, o := range servers {
		for _, a := range attrs {
			if err := o.SetAttr(ctx, a); err != nil {
				return err
			}
		}
	}
	return nil
}

// virtualise makes some virtual servers, each on a server that is real.
func (w *writer) virtualise(ctx context.Context) error {
	_, err := w.change(ctx, tomas, "virtual servers to try things on", func(ctx context.Context, s *site) error {
		if _, err := s.make(ctx, "Pool", "virtual", nil); err != nil {
			return err
		}
		hosts := s.some(roles[5], 6)
		for i := range 24 {
			vm, err := s.make(ctx, "BasicVirtualServer", fmt.Sprintf("try%02d", i+1), nil)
			if err != nil {
				return err
			}
			host, err := s.inv.Object(ctx, hosts[i%len(hosts)])
			if err != nil {
				return err
			}
			err = vm.AddAttrs(ctx,
				clusto.Attr{Key: "host", Value: clusto.RelationTo(host.ID)},
				clusto.Attr{Key: "system", Subkey: clusto.Sub("memory"), Value: clusto.Int(4096)},
				clusto.Attr{Key: "owner", Value: clusto.String("platform")})
			if err != nil {
				return err
			}
			if err := s.put(ctx, "virtual", vm.Name); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// reinstall has the robot install servers anew: they are in the pool pxeboot
// until that is done.
func (w *writer) reinstall(ctx context.Context) error {
	r := w.anyRole()
	names := w.some(r, 2+w.random.IntN(3))
	system := []string{"debian-13", "ubuntu-24.04", "debian-13.1"}[w.random.IntN(3)]
	list := strings.Join(names, ", ")
	if _, err := w.change(ctx, robot, fmt.Sprintf("install %s on %s", system, list), func(ctx context.Context, s *site) error {
		return s.put(ctx, "pxeboot", names...)
	}); err != nil {
		return err
	}
	_, err := w.change(ctx, robot, fmt.Sprintf("%s: %s is installed", list, system), func(ctx context.Context, s *site) error {
		if err := s.set(ctx, names, clusto.Attr{Key: "os", Value: clusto.String(system)}); err != nil {
			return err
		}
		return s.take(ctx, "pxeboot", names...)
	})
	return err
}

// upgrade gives servers twice the memory.
func (w *writer) upgrade(ctx context.Context) error {
	r := w.anyRole()
	names := w.some(r, 4)
	_, err := w.change(ctx, jonas, fmt.Sprintf("more memory for %s to %s", names[0], names[len(names)-1]), func(ctx context.Context, s *site) error {
		return s.set(ctx, names, clusto.Attr{Key: "system", Subkey: clusto.Sub("memory"), Value: clusto.Int(2 * r.memory)})
	})
	return err
}

// disk replaces a disk.
func (w *writer) disk(ctx context.Context) error {
	name := w.some(w.anyRole(), 1)
	bay := w.random.IntN(4)
	_, err := w.change(ctx, jonas, fmt.Sprintf("%s: new disk in bay %d", name[0], bay), func(ctx context.Context, s *site) error {
		return s.set(ctx, name, clusto.Attr{
			Key: "disk", Number: clusto.Num(bay), Subkey: clusto.Sub("serial"), Value: clusto.String(fmt.Sprintf("W%08X", s.random.Uint32())),
		})
	})
	return err
}

// promote moves servers that did well from staging to production.
func (w *writer) promote(ctx context.Context) error {
	var names []string
	_, err := w.change(ctx, tomas, "from staging to production, they did well", func(ctx context.Context, s *site) error {
		staging, err := s.inv.Object(ctx, "staging")
		if err != nil {
			return err
		}
		there, err := staging.Contents(ctx, false, clusto.Match{})
		if err != nil {
			return err
		}
		for _, o := range there[:min(3, len(there))] {
			names = append(names, o.Name)
		}
		if err := s.take(ctx, "staging", names...); err != nil {
			return err
		}
		return s.put(ctx, "production", names...)
	})
	return err
}

// scrap deletes a server that is broken. Its place stays free.
func (w *writer) scrap(ctx context.Context) error {
	r := w.anyRole()
	name := w.some(r, 1)[0]
	reason := []string{"the mainboard is dead, sent back", "too old", "burnt power supply"}[w.random.IntN(3)]
	_, err := w.change(ctx, jonas, fmt.Sprintf("%s: %s", name, reason), func(ctx context.Context, s *site) error {
		o, err := s.inv.Object(ctx, name)
		if err != nil {
			return err
		}
		return o.Delete(ctx)
	})
	w.forget(r, name)
	return err
}

// forget has the writer choose a server no more.
func (w *writer) forget(r role, name string) {
	gone := func(n string) bool { return n == name }
	w.servers[r.name] = slices.DeleteFunc(w.servers[r.name], gone)
	for rack := range w.byRack {
		w.byRack[rack] = slices.DeleteFunc(w.byRack[rack], gone)
	}
}

// describe notes something about a server.
func (w *writer) describe(ctx context.Context) error {
	name := w.some(w.anyRole(), 1)
	note := []string{
		"fan is loud, watch it", "borrowed by the search team until Friday", "console cable is loose", "do not reboot before the sale is over",
	}[w.random.IntN(4)]
	_, err := w.change(ctx, tomas, fmt.Sprintf("%s: a note", name[0]), func(ctx context.Context, s *site) error {
		return s.set(ctx, name, clusto.Attr{Key: "note", Value: clusto.String(note)})
	})
	return err
}

// move takes a server out of its rack and puts it into another, in the place of
// the first port of the switch that has none.
func (w *writer) move(ctx context.Context) error {
	h := halls[w.random.IntN(len(halls))]
	from, to := h.rack(h.first+w.random.IntN(h.racks)), h.rack(h.first+w.random.IntN(h.racks))
	if from == to || len(w.byRack[from]) == 0 {
		return nil
	}
	name := w.byRack[from][len(w.byRack[from])-1]
	_, err := w.change(ctx, jonas, fmt.Sprintf("%s moves from %s to %s", name, from, to), func(ctx context.Context, s *site) error {
		return s.move(ctx, name, from, to)
	})
	if errors.Is(err, clusto.ErrExhausted) {
		return nil // the other rack is full, so it stays
	}
	if err == nil {
		w.byRack[from] = w.byRack[from][:len(w.byRack[from])-1]
		w.byRack[to] = append(w.byRack[to], name)
	}
	return err
}

func (s *site) move(ctx context.Context, name, from, to string) error {
	server, err := s.inv.Object(ctx, name)
	if err != nil {
		return err
	}
	cables, err := port.Connected(ctx, server, "")
	if err != nil {
		return err
	}
	for _, c := range cables {
		if err := port.Disconnect(ctx, c.End); err != nil {
			return err
		}
	}
	if err := s.take(ctx, from, name); err != nil {
		return err
	}
	rack, err := s.inv.Object(ctx, to)
	if err != nil {
		return err
	}
	factory, err := rackfactory.Of(ctx, s.Factories, rack)
	if err != nil {
		return err
	}
	p, err := s.freePort(ctx, factory, to+"-sw1", server.Driver())
	if err != nil {
		return err
	}
	return factory.AddServer(ctx, server, p)
}

// freePort returns the first port of the switch of a rack that nothing is
// connected to, and whose place in the layout is for servers of a driver.
func (s *site) freePort(ctx context.Context, factory rackfactory.Factory, name string, d *clusto.Driver) (int, error) {
	sw, err := s.inv.Object(ctx, name)
	if err != nil {
		return 0, err
	}
	free, err := port.FreePorts(ctx, sw)
	if err != nil {
		return 0, err
	}
	for _, e := range free {
		if e.Type != port.Ethernet {
			continue
		}
		if wanted, err := factory.Driver(ctx, e.Port); err == nil && wanted == d {
			return e.Port, nil
		}
	}
	return 0, clusto.Errorf(clusto.ErrExhausted, "%s has no free port for a %s", name, d.Name)
}
