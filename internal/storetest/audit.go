package storetest

import (
	"testing"

	"github.com/clusto/clusto"
)

// testAudit: what a store shows of its rows is what it answers, as long as
// nothing is wrong, and rows can be ended by their numbers.
func testAudit(t *testing.T, s clusto.Store) {
	fillWorld(t, s)
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		auditor, ok := r.(clusto.Auditor)
		if !ok {
			t.Skip("the store does not show its rows")
		}
		wantAudit(t, auditor)
		return nil
	})
	version := update(t, s, func(tx clusto.Tx) error {
		mender := tx.(clusto.Mender)
		web, db := id(t, tx, "web"), id(t, tx, "db")
		add(t, tx, clusto.Attr{Entity: web, Key: "fresh", Value: clusto.Int(1)}, clusto.Attr{Entity: web, Key: "kept", Value: clusto.Int(2)})
		if err := tx.SetCounter(t.Context(), db, "count", 7); err != nil {
			return err
		}
		wantAudit(t, mender) // what is pending too
		counters, err := clusto.Collect(mender.AuditCounters(t.Context()))
		wantSame(t, "counters", counters, []clusto.StoredCounter{{Entity: db, Key: "count", Value: 7}})
		if err != nil {
			return err
		}
		if err := mender.DropCounter(t.Context(), db, "count"); err != nil {
			return err
		}
		if _, found, err := tx.Counter(t.Context(), db, "count"); found || err != nil {
			t.Errorf("the counter that was dropped: %v, %v", found, err)
		}
		ended := attrsOf(t, tx, clusto.AttrMatch{Entities: []clusto.EntityID{web}, Key: clusto.Like("*r*")})
		var ids []clusto.AttrID
		for _, a := range ended {
			ids = append(ids, a.ID)
		}
		n, err := mender.EndAttrs(t.Context(), append(ids, 1<<40)...)
		if n != len(ids) || len(ids) < 2 || err != nil {
			t.Errorf("EndAttrs of %d: %d, %v", len(ids), n, err)
		}
		wantSame(t, "what is left in the transaction", attrsOf(t, tx, clusto.AttrMatch{Entities: []clusto.EntityID{web}, Key: clusto.Like("*r*")}), []clusto.Attr(nil))
		return nil
	})
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		m := clusto.AttrMatch{Entities: []clusto.EntityID{id(t, r, "web")}, Key: clusto.Like("*r*")}
		wantSame(t, "what is left", attrsOf(t, r, m), []clusto.Attr(nil))
		wantAudit(t, r.(clusto.Auditor))
		return nil
	})
	view(t, s, version-1, func(r clusto.Reader) error {
		m := clusto.AttrMatch{Entities: []clusto.EntityID{id(t, r, "web")}, Key: clusto.Is("role")}
		if got := attrsOf(t, r, m); len(got) == 0 {
			t.Error("what was ended is not in the history")
		}
		return nil
	})
}

// wantAudit checks that the rows are the attributes.
func wantAudit(t *testing.T, r clusto.Auditor) {
	t.Helper()
	rows, err := clusto.Collect(r.AuditAttrs(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	var got []clusto.Attr
	for _, row := range rows {
		if row.Misfit != "" {
			t.Errorf("%s of entity %d: %s", row.Name(), row.Entity, row.Misfit)
		}
		got = append(got, row.Attr)
	}
	want := attrsOf(t, r, clusto.AttrMatch{})
	if len(got) != len(want) {
		t.Fatalf("%d rows, want %d", len(got), len(want))
	}
	for i := range want {
		a, b := got[i], want[i]
		if !a.Value.Equal(b.Value) {
			t.Errorf("%s: got %v, want %v", b.Name(), a.Value, b.Value)
		}
		a.Value, b.Value = clusto.Value{}, clusto.Value{}
		if a != b {
			t.Errorf("got %+v, want %+v", a, b)
		}
	}
}
