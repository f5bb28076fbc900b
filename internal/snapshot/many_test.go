package snapshot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
)

// TestManyEdits changes half of the attributes of an entity that has very many in
// one version, which must take about as long as there are attributes.
func TestManyEdits(t *testing.T) {
	const half = 20_000
	for _, c := range []struct {
		name   string
		subkey func(i int) clusto.Subkey
	}{
		{"one name", func(int) clusto.Subkey { return clusto.Subkey{} }},
		{"a name each", func(i int) clusto.Subkey { return clusto.Sub(fmt.Sprint("s", i)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			attr := func(i int) clusto.Attr {
				return clusto.Attr{ID: clusto.AttrID(i + 1), Entity: 1, Key: "k", Subkey: c.subkey(i), Value: clusto.String(fmt.Sprint("v", i)), Version: 2}
			}
			build := func(v clusto.Version, from, to int) *snapshot.Snapshot {
				b := snapshot.NewBuilder()
				b.Entity(clusto.Entity{ID: 1, Name: "a", Type: "t", Driver: "d", Version: 1})
				for i := from; i < to; i++ {
					b.Attr(attr(i))
				}
				return must(b.Build(v))
			}
			var made, ended []clusto.Edit
			for i := range 2 * half {
				made = append(made, clusto.Edit{Kind: clusto.AttrMade, Version: 2, Entity: 1, Attr: attr(i)})
				ended = append(ended, clusto.Edit{Kind: clusto.AttrEnded, Version: 3, Entity: 1, Attr: attr(i)})
			}
			began := time.Now()
			s := must(build(1, 0, 0).Apply(2, made[:half]))
			s = must(s.Apply(2, made[half:]))
			s = must(s.Apply(3, ended[:half]))
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("%d edits took %v", 3*half, took)
			}
			want := build(3, half, 2*half)
			for i, n := range want.Keys() { // values whose hashes collide have one key
				if d := n - s.Keys()[i]; d < -5 || d > 5 {
					t.Errorf("index %d has %d keys; built it has %d", i, s.Keys()[i], n)
				}
			}
			match := clusto.AttrMatch{Entities: []clusto.EntityID{1}}
			wanted, err := clusto.Collect(want.Attrs(t.Context(), match))
			if err != nil {
				t.Fatal(err)
			}
			got, err := clusto.Collect(s.Attrs(t.Context(), match))
			if err != nil || len(got) != len(wanted) || got[0] != wanted[0] || got[half-1] != wanted[half-1] {
				t.Errorf("%d attributes, %v; want %d", len(got), err, len(wanted))
			}
			s = must(s.Apply(4, ended[half:]))
			if diff := cmp.Diff(build(4, 0, 0).Keys(), s.Keys()); diff != "" {
				t.Errorf("indexes of nothing (-built +applied):\n%s", diff)
			}
		})
	}
}

func must(s *snapshot.Snapshot, err error) *snapshot.Snapshot {
	if err != nil {
		panic(err)
	}
	return s
}
