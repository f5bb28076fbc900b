package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/snapshot"
)

// small returns a snapshot, of version 10, of a server and its serial number.
func small(t *testing.T) *snapshot.Snapshot {
	t.Helper()
	b := snapshot.NewBuilder()
	b.Attr(serial)
	b.Entity(web)
	s, err := b.Build(10)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var (
	web    = clusto.Entity{ID: 7, Name: "web", Type: "server", Driver: "basicserver", Version: 3}
	serial = clusto.Attr{ID: 70, Entity: 7, Key: "system", Subkey: clusto.Sub("serial"), Value: clusto.String("S1"), Version: 4}
)

func TestApplyRefuses(t *testing.T) {
	other := serial
	other.ID = 71
	for _, test := range []struct {
		name string
		edit clusto.Edit
		err  error // for a version that is new; none may fail if it is not
	}{
		{"an attribute that is there ended", clusto.Edit{Kind: clusto.AttrEnded, Entity: 7, Attr: serial}, nil},
		{"one that is not ended", clusto.Edit{Kind: clusto.AttrEnded, Entity: 7, Attr: other}, clusto.ErrConflict},
		{"one of nobody ended", clusto.Edit{Kind: clusto.AttrEnded, Entity: 8, Attr: clusto.Attr{ID: 80, Entity: 8}}, clusto.ErrConflict},
		{"an attribute made again", clusto.Edit{Kind: clusto.AttrMade, Entity: 7, Attr: serial}, nil},
		{"an entity made again", clusto.Edit{Kind: clusto.EntityMade, Entity: 7, Is: web}, nil},
		{"nobody ended", clusto.Edit{Kind: clusto.EntityEnded, Entity: 8, Was: web}, clusto.ErrConflict},
		{"nobody changed", clusto.Edit{Kind: clusto.EntityChanged, Entity: 8, Was: web, Is: web}, clusto.ErrConflict},
		{"old values redacted", clusto.Edit{Kind: clusto.AttrsRedacted, Entity: 8}, nil},
	} {
		s := small(t)
		before := dump(t, s)
		for _, version := range []clusto.Version{10, 11} {
			test.edit.Version = version
			want := test.err
			if version == 10 {
				want = nil
			}
			if _, err := s.Apply(11, []clusto.Edit{test.edit}); !errors.Is(err, want) {
				t.Errorf("%s by version %d: %v, want %v", test.name, version, err, want)
			}
		}
		if dump(t, s) != before {
			t.Errorf("%s: the old snapshot has changed", test.name)
		}
	}
}

func TestNumbersThatCannotBeHeld(t *testing.T) {
	for _, test := range []struct {
		name   string
		entity clusto.Entity
		attr   clusto.Attr
	}{
		{"entity too high", clusto.Entity{ID: math.MaxUint32 + 1}, serial},
		{"entity 0", clusto.Entity{}, serial},
		{"entity of an attribute", web, clusto.Attr{ID: 1, Entity: math.MaxUint32 + 1}},
		{"attribute too high", web, clusto.Attr{ID: 1 << 40, Entity: 7}},
		{"attribute 0", web, clusto.Attr{Entity: 7}},
	} {
		b := snapshot.NewBuilder()
		b.Entity(test.entity)
		b.Attr(test.attr)
		if _, err := b.Build(1); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: Build: %v, want ErrInvalid", test.name, err)
		}
		_, err := small(t).Apply(11, []clusto.Edit{
			{Version: 11, Kind: clusto.EntityMade, Entity: test.entity.ID, Is: test.entity},
			{Version: 11, Kind: clusto.AttrMade, Entity: test.attr.Entity, Attr: test.attr},
		})
		if !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: Apply: %v, want ErrInvalid", test.name, err)
		}
	}
	b := snapshot.NewBuilder()
	b.Entity(clusto.Entity{ID: math.MaxUint32, Name: "last"})
	b.Attr(clusto.Attr{ID: 1<<38 - 1, Entity: math.MaxUint32, Key: "k"})
	s, err := b.Build(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []clusto.AttrMatch{{}, {IDs: []clusto.AttrID{1<<38 - 1}}, {Entities: []clusto.EntityID{math.MaxUint32}}} {
		if got, err := clusto.Collect(s.Attrs(t.Context(), m)); len(got) != 1 || err != nil {
			t.Errorf("%+v: %v, %v", m, got, err)
		}
	}
}

func TestBuildRefusesTwins(t *testing.T) {
	for name, add := range map[string]func(*snapshot.Builder){
		"entity":    func(b *snapshot.Builder) { b.Entity(web) },
		"attribute": func(b *snapshot.Builder) { b.Part().Attr(serial) },
	} {
		b := snapshot.NewBuilder()
		b.Entity(web)
		b.Attr(serial)
		add(b)
		if _, err := b.Build(1); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("the same %s twice: %v, want ErrInvalid", name, err)
		}
	}
}

// TestParts builds a snapshot from many parts at once, whose rows are mixed.
func TestParts(t *testing.T) {
	rows := fleetOf(t, 200)
	want := rows.build(t)
	b := snapshot.NewBuilder()
	var all sync.WaitGroup
	const parts = 7
	for i := range parts {
		part := b.Part()
		all.Go(func() {
			for j := i; j < len(rows.attrs); j += parts {
				part.Attr(rows.attrs[len(rows.attrs)-1-j])
			}
			for j := i; j < len(rows.entities); j += parts {
				part.Entity(rows.entities[j])
			}
		})
	}
	all.Wait()
	got, err := b.Build(rows.version)
	if err != nil {
		t.Fatal(err)
	}
	if dump(t, got) != dump(t, want) || got.Keys() != want.Keys() {
		t.Error("a snapshot of many parts is not that of one")
	}
}

// TestReadersAndWriter has goroutines read while snapshots follow each other.
func TestReadersAndWriter(t *testing.T) {
	rows := fleetOf(t, 40)
	var newest atomic.Pointer[snapshot.Snapshot]
	newest.Store(rows.build(t))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				s := newest.Load()
				first, err := clusto.Collect(s.Attrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("tick")}))
				again, err2 := clusto.Collect(s.Attrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("tick")}))
				if err := errors.Join(err, err2); err != nil || fmt.Sprint(first) != fmt.Sprint(again) || len(first) > 1 {
					t.Errorf("a snapshot says %v, then %v, %v", first, again, err)
					return
				}
			}
		})
	}
	last := clusto.Attr{}
	for i := range 100 {
		s := newest.Load()
		version := rows.version + clusto.Version(i) + 1
		tick := clusto.Attr{ID: clusto.AttrID(len(rows.attrs) + i + 1), Entity: clusto.EntityID(2 + i%50), Key: "tick", Value: clusto.Int(int64(i)), Version: version}
		edits := []clusto.Edit{{Version: version, Kind: clusto.AttrMade, Entity: tick.Entity, Attr: tick}}
		if i > 0 {
			edits = append(edits, clusto.Edit{Version: version, Kind: clusto.AttrEnded, Entity: last.Entity, Attr: last})
		}
		next, err := s.Apply(version, edits)
		if err != nil {
			t.Fatal(err)
		}
		newest.Store(next)
		last = tick
	}
	stop()
	readers.Wait()
}

func TestWhatItDoesNotHave(t *testing.T) {
	s := small(t)
	if _, _, err := s.Counter(t.Context(), 7, "n"); !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("Counter: %v, want ErrUnsupported", err)
	}
	if _, err := clusto.Collect(s.Versions(t.Context(), 0)); !errors.Is(err, clusto.ErrUnsupported) {
		t.Errorf("Versions: %v, want ErrUnsupported", err)
	}
}

func TestContext(t *testing.T) {
	s := small(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	_, version := s.Version(ctx)
	_, entity := s.Entity(ctx, "web")
	_, entities := s.Entities(ctx, 7)
	_, find := clusto.Collect(s.Find(ctx, clusto.Match{}))
	_, attrs := clusto.Collect(s.Attrs(ctx, clusto.AttrMatch{}))
	_, contents := s.Contents(ctx, []clusto.EntityID{7}, true)
	_, inEach := s.InEach(ctx, []clusto.EntityID{7}, true)
	for what, err := range map[string]error{
		"Version": version, "Entity": entity, "Entities": entities, "Find": find, "Attrs": attrs, "Contents": contents, "InEach": inEach,
	} {
		if !errors.Is(err, why) {
			t.Errorf("%s with a context that is over: %v, want its cause", what, err)
		}
	}
}
