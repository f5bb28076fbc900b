package snapshot_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
)

// same lets cmp compare attributes as they are: what is nothing and what is
// empty is not the same.
var same = cmp.Options{
	cmp.Comparer(func(a, b clusto.Number) bool { return a == b }),
	cmp.Comparer(func(a, b clusto.Subkey) bool { return a == b }),
	cmp.Comparer(func(a, b clusto.Value) bool {
		return a.Kind() == b.Kind() && a.IsNone() == b.IsNone() && a.Text() == b.Text() && a.Int64() == b.Int64() && a.Relation() == b.Relation()
	}),
}

// asker asks two readers the same.
type asker struct {
	t         *testing.T
	rnd       *rand.Rand
	want, got clusto.Reader
	ids       []clusto.EntityID // that there are, were, or never were
	names     []string
	rows      []clusto.AttrID
}

// compare asks both readers a number of questions.
func compare(t *testing.T, rnd *rand.Rand, want, got clusto.Reader, questions int) {
	t.Helper()
	a := &asker{t: t, rnd: rnd, want: want, got: got, ids: []clusto.EntityID{0, -1, 1 << 33, 999_999}, names: []string{"", "nobody"}, rows: []clusto.AttrID{0, -1, 1 << 40, 999_999}}
	ctx := t.Context()
	for e, err := range want.Find(ctx, clusto.Match{}) {
		if err != nil {
			t.Fatal(err)
		}
		a.ids, a.names = append(a.ids, e.ID, e.ID+1), append(a.names, e.Name)
	}
	for attr, err := range want.Attrs(ctx, clusto.AttrMatch{}) {
		if err != nil {
			t.Fatal(err)
		}
		a.rows = append(a.rows, attr.ID)
		if to := attr.Value.Relation(); to != 0 {
			a.ids = append(a.ids, to)
		}
	}
	a.both("Version", func(r clusto.Reader) (any, error) { return r.Version(ctx) })
	a.attrs(clusto.AttrMatch{})
	a.attrs(clusto.AttrMatch{ByEntity: true})
	a.find(clusto.Match{})
	for range questions {
		a.attrs(a.attrMatch())
		a.find(a.match())
		a.places()
		a.both("Entity", func(r clusto.Reader) (any, error) { return r.Entity(ctx, a.names[len(a.names)-1]) })
		some := pickSome(a, a.ids, 3)
		a.both(fmt.Sprint("Entities ", some), func(r clusto.Reader) (any, error) { return r.Entities(ctx, some...) })
		a.names = append(a.names, pick(a, a.names))
		if t.Failed() {
			return
		}
	}
}

func pick[T any](a *asker, from []T) T { return from[a.rnd.IntN(len(from))] }

func pickSome[T any](a *asker, from []T, most int) []T {
	some := []T{}
	for range a.rnd.IntN(most + 1) {
		some = append(some, pick(a, from))
	}
	return some
}

// both asks both readers, and reports an error if they do not say the same.
func (a *asker) both(what string, ask func(clusto.Reader) (any, error)) {
	a.t.Helper()
	want, wantErr := ask(a.want)
	got, gotErr := ask(a.got)
	if !errors.Is(gotErr, clusto.KindOf(wantErr)) || (wantErr == nil) != (gotErr == nil) {
		a.t.Errorf("%s: error %v, want %v", what, gotErr, wantErr)
	}
	if diff := cmp.Diff(got, want, same); diff != "" {
		a.t.Errorf("%s (-got +want):\n%s", what, diff)
	}
}

func (a *asker) attrs(m clusto.AttrMatch) {
	a.t.Helper()
	a.both(fmt.Sprintf("Attrs %+v", m), func(r clusto.Reader) (any, error) {
		return clusto.Collect(r.Attrs(a.t.Context(), m))
	})
}

func (a *asker) find(m clusto.Match) {
	a.t.Helper()
	a.both(fmt.Sprintf("Find %+v", m), func(r clusto.Reader) (any, error) {
		return clusto.Collect(r.Find(a.t.Context(), m))
	})
}

func (a *asker) places() {
	a.t.Helper()
	of, deep := pickSome(a, a.ids, 3), a.one(2)
	if a.one(4) {
		of = nil
	}
	for what, ask := range map[string]func(clusto.Reader, context.Context, []clusto.EntityID, bool) (any, error){
		"Contents": func(r clusto.Reader, ctx context.Context, of []clusto.EntityID, deep bool) (any, error) {
			return r.Contents(ctx, of, deep)
		},
		"Parents": func(r clusto.Reader, ctx context.Context, of []clusto.EntityID, deep bool) (any, error) {
			return r.Parents(ctx, of, deep)
		},
		"InEach": func(r clusto.Reader, ctx context.Context, of []clusto.EntityID, deep bool) (any, error) {
			return r.(clusto.Intersecter).InEach(ctx, of, deep)
		},
	} {
		a.both(fmt.Sprint(what, of, deep), func(r clusto.Reader) (any, error) { return ask(r, a.t.Context(), of, deep) })
	}
}

// one returns true one time in n.
func (a *asker) one(n int) bool { return a.rnd.IntN(n) == 0 }

// The keys, subkeys and texts of random attributes.
var (
	keys    = []string{"k", "l", "_h", "_", "K", "role", clusto.KeyContains, clusto.KeyContains, "port-nic-eth"}
	subkeys = []string{"s", "mac", "", clusto.SubkeyProperty}
	strings = []string{
		"", "x", "Frontend", "frontend", "00:16:3e:00:00:01", "0016.3E00.0001", "00-16-3e-00-00-01", "00163e000001",
		"00:16-3e:00:00:01", "00:16:3g:00:00:01", "7", "()", "grüß", "GRÜSS",
	}
	jsons = []string{`{"a":1,"b":2}`, `{"b": 2, "a": 1}`, `[]`, `null`}
)

// value returns a random value.
func value(rnd *rand.Rand, ids []clusto.EntityID) clusto.Value {
	switch rnd.IntN(8) {
	case 0:
		return clusto.Value{}
	case 1:
		return clusto.Int(rnd.Int64N(3) - 1)
	case 2:
		return clusto.RelationTo(ids[rnd.IntN(len(ids))])
	case 3:
		return clusto.StoredJSON(jsons[rnd.IntN(len(jsons))])
	case 4:
		return clusto.Time(time.Date(2012, 3, 1, 1, 2, 3, 1000*rnd.IntN(2), time.UTC))
	case 5:
		return clusto.Int(rnd.Int64() - rnd.Int64())
	}
	return clusto.String(strings[rnd.IntN(len(strings))])
}

// attrMatch returns a random question about attributes.
func (a *asker) attrMatch() clusto.AttrMatch {
	m := clusto.AttrMatch{Visible: a.one(4), ByEntity: a.one(3)}
	if a.one(3) {
		m.Entities = pickSome(a, a.ids, 4)
	} else if a.one(6) {
		m.Entities = a.ids
	}
	if a.one(12) {
		m.IDs = pickSome(a, a.rows, 4)
	}
	switch a.rnd.IntN(5) {
	case 0, 1:
		m.Key = clusto.Is(pick(a, append(keys, "none")))
	case 2:
		m.Key = clusto.Like(pick(a, []string{"*", "_*", "k*", "*o*e*", "?", "role"}))
	}
	if a.one(4) {
		m.Number = clusto.Cond[int64]{Op: clusto.CondOp(a.rnd.IntN(4)), Arg: a.rnd.Int64N(4)}
	}
	if a.one(4) {
		m.Subkey = clusto.Cond[string]{Op: clusto.CondOp(a.rnd.IntN(5)), Arg: pick(a, append(subkeys, "*", "m*"))}
	}
	if a.one(4) {
		m.Value = clusto.Cond[clusto.Value]{Op: clusto.CondOp(a.rnd.IntN(4)), Arg: value(a.rnd, a.ids[4:])}
	}
	if a.one(8) {
		for range a.rnd.IntN(12) {
			m.Values = append(m.Values, value(a.rnd, a.ids[4:]))
		}
	}
	if a.one(6) {
		m.RelatedTo = pickSome(a, a.ids[4:], 4)
	}
	if a.one(8) {
		m.MAC = &clusto.MAC{0, 0x16, 0x3e, 0, 0, 1}
	}
	if a.one(10) {
		m.Contains = pickSome(a, []string{"ront", "00", "GR", "ü", "", "%"}, 3)
	}
	return m
}

// match returns a random question about entities.
func (a *asker) match() clusto.Match {
	var m clusto.Match
	if a.one(4) {
		m.Names = pickSome(a, a.names, 12)
	}
	if a.one(4) {
		m.Types = pickSome(a, []string{"server", "pool", "none"}, 3)
	}
	if a.one(4) {
		m.Drivers = pickSome(a, []string{"basicserver", "pool", "none"}, 3)
	}
	if a.one(2) {
		m.Attrs = []clusto.AttrMatch{}
		for range a.rnd.IntN(4) {
			m.Attrs = append(m.Attrs, a.attrMatch())
		}
	}
	if a.one(3) {
		m.After, m.Limit = pick(a, a.ids), a.rnd.IntN(5)
	}
	return m
}
