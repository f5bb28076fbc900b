package snapshot

import (
	"context"
	"log/slog"
	"time"

	"github.com/clusto/clusto"
)

// load loads the inventory and shows it. What was needed before it began is
// shown then.
func (s *Store) load(ctx context.Context) (clusto.Version, error) {
	select {
	case <-s.reload: // what it was asked for is about to be done
	default:
	}
	s.mu.Lock()
	s.sinceLoad = 0
	s.mu.Unlock()
	began := time.Now()
	snapshot, v, err := s.read(ctx)
	if err != nil {
		return 0, err
	}
	took := time.Since(began)
	s.counts.loads.Add(1)
	s.counts.loadTime.Store(int64(took))
	s.kept.clear()
	s.show(snapshot, v, 0)
	s.mu.Lock()
	s.needs.Store(s.sinceLoad)
	s.trouble, s.confirmed = nil, began
	s.mu.Unlock()
	stats := snapshot.Stats()
	s.options.Log.Info("the inventory is in memory", "version", v, "entities", stats.Entities, "attributes", stats.Attributes,
		"size_bytes", stats.Bytes, "took_s", took.Seconds())
	return v, nil
}

// show shows a newer version, made of the one before by so many changes.
func (s *Store) show(snapshot *Snapshot, v clusto.Version, edits int) {
	s.kept.add(v, snapshot, edits)
	before := s.current.Swap(&shown{Snapshot: snapshot, next: make(chan struct{})})
	if before != nil {
		close(before.next)
	}
}

// read reads all that lives, and reports how far it is.
func (s *Store) read(ctx context.Context) (*Snapshot, clusto.Version, error) {
	b := NewBuilder()
	var p sums
	var parts []*counting
	stop := p.report(s.options.Log, s.options.Progress)
	v, err := dump(ctx, s.under, func() clusto.DumpPart {
		c := &counting{part: b.Part(), sums: &p, log: s.options.Log}
		parts = append(parts, c)
		return c
	})
	stop()
	if err != nil {
		return nil, 0, err
	}
	for _, c := range parts {
		c.report()
	}
	if n := p.unreadable.Load(); n > said {
		s.options.Log.Warn("more attributes that cannot be read are not in memory", "count", n-said)
	}
	s.tally, s.late = p.tally(), nil
	snapshot, err := b.Build(v)
	return snapshot, v, err
}

// dump is clusto.Dumper's Dump, also of a store that cannot do that.
func dump(ctx context.Context, store clusto.Store, part func() clusto.DumpPart) (v clusto.Version, err error) {
	if d, ok := store.(clusto.Dumper); ok {
		return d.Dump(ctx, part)
	}
	to := part()
	err = store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		if v, err = r.Version(ctx); err != nil {
			return err
		}
		for e, err := range r.Find(ctx, clusto.Match{}) {
			if err != nil {
				return err
			}
			to.Entity(e)
		}
		for a, err := range r.Attrs(ctx, clusto.AttrMatch{}) {
			if err != nil {
				return err
			}
			to.Attr(a)
		}
		return nil
	})
	return v, err
}

// report reports progress now and then until the function that it returns is called.
func (s *sums) report(log *slog.Logger, every time.Duration) (stop func()) {
	began := time.Now()
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				log.Info("loading the inventory", "entities", s.entities.Load(), "attributes", s.attrs.Load(), "since_s", time.Since(began).Seconds())
			}
		}
	}()
	return func() { close(done); <-gone }
}

// counting is a part that counts.
type counting struct {
	part  *Part
	sums  *sums
	log   *slog.Logger
	tally tally // that was not reported yet
}

// counted is after how many attributes a part reports them.
const counted = 1024

func (c *counting) Entity(e clusto.Entity) {
	c.part.Entity(e)
	c.tally.entity(e.ID, 1)
}

func (c *counting) Attr(a clusto.Attr) {
	c.part.Attr(a)
	if c.tally.attr(a.ID, 1); c.tally.attrs == counted {
		c.report()
	}
}

// said is how many attributes that cannot be read are named in the log.
const said = 10

// Unreadable leaves out an attribute: all the others are worth having, and who asks
// the database for it is told what is wrong.
func (c *counting) Unreadable(a clusto.Attr, err error) {
	c.tally.attr(a.ID, 1) // it is there all the same
	if c.sums.unreadable.Add(1) <= said {
		c.log.Warn("an attribute that cannot be read is not in memory", "err", err, "hint", "clusto fsck shows it, and can remove it")
	}
}

func (c *counting) report() {
	c.sums.add(c.tally)
	c.tally = tally{}
}
