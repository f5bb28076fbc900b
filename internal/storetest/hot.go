package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// AskHot asks everything that must be fast in an inventory of any size, about
// the entities 7 and 8, in a reader or a transaction. A database's test looks at
// the plans of the statements that this runs.
func AskHot(t *testing.T, r clusto.Reader) {
	t.Helper()
	ctx := t.Context()
	one, two := []clusto.EntityID{7}, []clusto.EntityID{7, 8}
	var errs []error
	for _, match := range hotMatches(t, one, two) {
		_, err := clusto.Collect(r.Attrs(ctx, match))
		_, err2 := clusto.Collect(r.Find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{match}}))
		_, err3 := clusto.Collect(r.Find(ctx, clusto.Match{Attrs: []clusto.AttrMatch{match, {Entities: two}}, Types: []string{"server"}}))
		errs = append(errs, err, err2, err3)
	}
	for _, of := range [][]clusto.EntityID{one, two} {
		for _, deep := range []bool{false, true} {
			_, err := r.Contents(ctx, of, deep)
			_, err2 := r.Parents(ctx, of, deep)
			errs = append(errs, err, err2)
			if in, ok := r.(clusto.Intersecter); ok {
				_, err := in.InEach(ctx, of, deep)
				errs = append(errs, err)
			}
		}
		_, err := r.Entities(ctx, of...)
		errs = append(errs, err)
	}
	_, err := r.Entity(ctx, "nobody")
	if errors.Is(err, clusto.ErrNotFound) {
		err = nil
	}
	_, err2 := clusto.Collect(r.Find(ctx, clusto.Match{Names: []string{"a", "b"}}))
	for _, types := range [][]string{nil, {"server"}} {
		_, err := clusto.Collect(r.Find(ctx, clusto.Match{Types: types, After: 7, Limit: 2}))
		errs = append(errs, err)
	}
	_, _, err3 := r.Counter(ctx, 7, "x")
	_, err4 := r.Version(ctx)
	_, err5 := clusto.Collect(r.Versions(ctx, 3))
	if err := errors.Join(append(errs, err, err2, err3, err4, err5, hotHistory(t, r))...); err != nil {
		t.Fatal(err)
	}
}

// hotMatches are the conditions on attributes that some index must serve.
func hotMatches(t *testing.T, one, two []clusto.EntityID) []clusto.AttrMatch {
	t.Helper()
	mac, err := clusto.ParseMAC("02:00:00:00:00:01")
	if err != nil {
		t.Fatal(err)
	}
	key := clusto.Is(clusto.KeyContains)
	return []clusto.AttrMatch{
		{IDs: []clusto.AttrID{7}}, {IDs: []clusto.AttrID{7, 8}},
		{Entities: one}, {Entities: two}, {Entities: one, Key: key}, {Entities: two, Key: key}, {Entities: one, Visible: true},
		{Entities: one, Key: key, Number: clusto.Is[int64](1), Subkey: clusto.IsAbsent[string]()},
		{Entities: one, Key: key, RelatedTo: two}, {Entities: two, Key: key, RelatedTo: one}, {Entities: two, RelatedTo: two},
		{RelatedTo: one}, {RelatedTo: two}, {RelatedTo: one, Key: key}, {RelatedTo: two, Key: key, ByEntity: true},
		{Value: clusto.Is(clusto.Int(1))}, {Key: clusto.Is("ip"), Value: clusto.Is(clusto.Int(1))},
		{Key: clusto.Is("ip"), Values: []clusto.Value{clusto.Int(1), clusto.Int(2)}},
		{Key: clusto.Is("ip"), Subkey: clusto.Is("ipstring"), Value: clusto.Is(clusto.String("10.0.0.1"))},
		{Key: clusto.Is("ip"), Values: []clusto.Value{clusto.String("x"), clusto.String("y")}},
		{Key: clusto.Is("peer"), Value: clusto.Is(clusto.RelationTo(1))},
		{Subkey: clusto.Is("mac"), MAC: &mac}, {Key: clusto.Is("port-nic-eth"), Subkey: clusto.Is("mac"), MAC: &mac},
	}
}

// hotHistory asks what must be fast about history.
func hotHistory(t *testing.T, r clusto.Reader) error {
	ctx := t.Context()
	h, err := clusto.Past(r)
	errs := []error{err}
	for _, only := range [][]clusto.Version{nil, {3}, {2, 3}} {
		for _, of := range [][]clusto.EntityID{nil, {7}, {7, 8}} {
			for _, key := range []clusto.Cond[string]{{}, clusto.Is("ip")} {
				_, err := clusto.Collect(h.Edits(ctx, clusto.EditMatch{Only: only, After: 2, To: 4, About: of, Key: key}))
				errs = append(errs, err)
			}
			for _, to := range []clusto.Version{0, 4} {
				_, err := clusto.Collect(h.Edits(ctx, clusto.EditMatch{Only: only, After: 2, To: to, About: of, Kinds: []clusto.EditKind{clusto.EntityChanged}}))
				errs = append(errs, err)
			}
			_, err := clusto.Collect(h.FindVersions(ctx, clusto.VersionMatch{Only: only, About: of, After: 1, NewestFirst: true, Limit: 2}))
			errs = append(errs, err)
		}
	}
	text := []clusto.Value{clusto.String("10.0.0.1")}
	for _, of := range [][]clusto.EntityID{nil, {7}} {
		_, err := clusto.Collect(h.Edits(ctx, clusto.EditMatch{About: of, Key: clusto.Is("ip"), Values: text}))
		errs = append(errs, err)
	}
	for _, m := range []clusto.VersionMatch{{Since: time.Unix(1, 0)}, {Until: time.Unix(1, 0)}, {User: "x", Grep: "x"}} {
		_, err := clusto.Collect(h.FindVersions(ctx, m))
		errs = append(errs, err)
	}
	for _, m := range []clusto.LifeMatch{
		{IDs: []clusto.EntityID{7}}, {IDs: []clusto.EntityID{7, 8}}, {Names: []string{"a"}}, {Names: []string{"a", "b"}},
		{SuccessorsOf: []clusto.EntityID{7}}, {SuccessorsOf: []clusto.EntityID{7, 8}},
	} {
		_, err := clusto.Collect(h.Lives(ctx, m))
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// ChangeHot changes the entities 7, 8 and 9 in every way.
func ChangeHot(t *testing.T, tx clusto.Tx) error {
	ctx := t.Context()
	_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{8}})
	_, err2 := tx.Redact(ctx, 8, "ip", clusto.Is("ipstring"))
	_, err3 := tx.Redact(ctx, 8, "ip", clusto.Cond[string]{})
	_, _, err4 := tx.Receipt(ctx, "k")
	return errors.Join(err, err2, err3, err4, tx.Rename(ctx, 7, "renamed"), tx.SetCounter(ctx, 9, "x", 5),
		tx.Delete(ctx, 8), tx.Delete(ctx, 9), tx.KeepReceipt(ctx, "k", ""))
}
