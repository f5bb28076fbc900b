package history_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

// TestBrief: what is small is told as Log tells it; what is large is summed up, with a
// few statements and without the rows of attributes.
func TestBrief(t *testing.T) {
	const servers = 300
	w := newWorld(t)
	first := w.do("many", func(h hands) {
		h.make("pool", "pool1", nil)
		for i := range servers {
			o := h.make("basicserver", fmt.Sprintf("s%03d", i), nil)
			var attrs []clusto.Attr
			for k := range 8 {
				attrs = append(attrs, clusto.Attr{Key: "k", Number: clusto.Num(k), Value: clusto.Int(int64(k))})
			}
			h.check(o.AddAttrs(h.ctx, attrs...))
		}
	})
	small := w.do("one", func(h hands) { h.make("basicserver", "one", nil); h.set("s000", "memory", 8) })
	large := w.do("changed", func(h hands) {
		h.rename("s001", "other")
		h.delete("s002")
		for i := 3; i < servers; i++ {
			for k := range 4 {
				o := h.get(fmt.Sprintf("s%03d", i))
				err := o.SetAttr(h.ctx, clusto.Attr{Key: "k", Number: clusto.Num(k), Value: clusto.Int(77)})
				h.check(err)
			}
		}
	})
	w.past(clusto.Live, func(ctx context.Context, h clusto.History) {
		whole, err := history.Log(ctx, h, clusto.VersionMatch{After: first - 1})
		w.check(err)
		w.statements = nil
		brief, err := history.Brief(ctx, h, clusto.VersionMatch{After: first - 1})
		w.check(err)
		if n := len(w.statements); n > 8 {
			t.Errorf("%d statements", n)
		}
		if len(brief) != 3 || len(whole) != 3 {
			t.Fatalf("%d and %d entries, want 3", len(brief), len(whole))
		}
		same(t, "the small version", cmp.Diff(whole[small-first], brief[small-first]), "")
		made, was := brief[0], whole[0]
		if !made.Summed || made.MadeCount != servers+1 || made.MadeCount != was.MadeCount || len(made.Made) != 100 || made.AttrsAdded != was.AttrsAdded || len(made.Changed) != 0 || made.More != 0 {
			t.Errorf("made: %+v", made)
		}
		changed, all := brief[large-first], whole[large-first]
		if !changed.Summed || changed.MadeCount != 0 || len(changed.Changed) == 0 || len(changed.Changed) > 100 {
			t.Errorf("changed: %+v", changed)
		}
		if added, removed := all.AttrsAdded+all.AttrsChanged, all.AttrsRemoved+all.AttrsChanged; changed.AttrsAdded != added || changed.AttrsRemoved != removed {
			t.Errorf("added and removed %d and %d, want %d and %d", changed.AttrsAdded, changed.AttrsRemoved, added, removed)
		}
		same(t, "deleted and renamed", cmp.Diff([]any{all.Deleted, all.Renamed}, []any{changed.Deleted, changed.Renamed}), "")
		for _, name := range changed.Changed {
			if !slices.Contains(all.Changed, name) {
				t.Errorf("%s was not changed", name)
			}
		}
	})
}
