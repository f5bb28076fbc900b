package storetest

import (
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// moment is a time with microseconds.
var moment = time.Date(2012, 3, 1, 1, 2, 3, 456789000, time.UTC)

// fillWorld makes entities with attributes of every form, over several
// versions, some of them gone again.
func fillWorld(t *testing.T, s clusto.Store) {
	update(t, s, func(tx clusto.Tx) error {
		rack := create(t, tx, "rack", "rack", "basicrack")
		pool := create(t, tx, "pool", "pool", "pool")
		web := create(t, tx, "web", "server", "basicserver")
		db := create(t, tx, "db", "server", "basicvirtualserver")
		add(t, tx, contains(rack, web), contains(pool, web), contains(pool, db))
		add(t, tx, webAttrs(t, web, db)...)
		return nil
	})
	update(t, s, func(tx clusto.Tx) error {
		web, db := id(t, tx, "web"), id(t, tx, "db")
		add(t, tx,
			clusto.Attr{Entity: db, Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub("mac"), Value: clusto.String("0016.3E00.0002")},
			clusto.Attr{Entity: db, Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub("connection"), Value: clusto.RelationTo(web)},
			clusto.Attr{Entity: db, Key: "role", Value: clusto.String("database")},
			clusto.Attr{Entity: db, Key: "gone", Value: clusto.String("database")},
			clusto.Attr{Entity: db, Key: "count", Value: clusto.Int(7)},
		)
		create(t, tx, "removed", "server", "basicserver")
		return nil
	})
	update(t, s, func(tx clusto.Tx) error {
		if _, err := tx.DelAttrs(t.Context(), clusto.AttrMatch{Key: clusto.Is("gone")}); err != nil {
			return err
		}
		return tx.Delete(t.Context(), id(t, tx, "removed"))
	})
}

// webAttrs returns attributes of all forms.
func webAttrs(t *testing.T, web, db clusto.EntityID) []clusto.Attr {
	json, err := clusto.JSON([]byte(`{"b": [1, 2], "a": "x"}`))
	if err != nil {
		t.Fatal(err)
	}
	attr := func(key string, v clusto.Value) clusto.Attr { return clusto.Attr{Entity: web, Key: key, Value: v} }
	numbered := func(key string, n int, v clusto.Value) clusto.Attr {
		return clusto.Attr{Entity: web, Key: key, Number: clusto.Num(n), Value: v}
	}
	sub := func(key, subkey string, v clusto.Value) clusto.Attr {
		return clusto.Attr{Entity: web, Key: key, Subkey: clusto.Sub(subkey), Value: v}
	}
	return []clusto.Attr{
		attr("role", clusto.String("frontend")),
		attr("Role", clusto.String("Frontend")),
		attr("role", clusto.String("frontend")),
		attr("percent", clusto.String("100%")),
		attr("nothing", clusto.Value{}),
		attr("empty", clusto.String("")),
		attr("count", clusto.Int(7)),
		attr("count", clusto.String("7")),
		attr("zero", clusto.Int(0)),
		attr("seen", clusto.Time(moment)),
		attr("whole", clusto.Time(moment.Truncate(time.Second))),
		attr("opts", json),
		attr("opts", clusto.StoredJSON(`["x"]`)),
		attr("peer", clusto.RelationTo(db)),
		attr("_hidden", clusto.String("secret")),
		numbered("disk", 0, clusto.String("a")),
		numbered("disk", 1, clusto.String("b")),
		sub("disk", "size", clusto.Int(500)),
		sub("disk", "", clusto.Int(501)),
		sub("a_b", "s_t", clusto.String("under")),
		sub("axb", "sxt", clusto.String("letters")),
		sub("a-b", "s-t", clusto.String("dashes")),
		sub("bootstrap", "mac", clusto.String("00-16-3e-00-00-01")),
		sub("bootstrap", "other", clusto.String("00:16:3E:00:00:01")),
		sub("bootstrap", "mac", clusto.String("00163:e00:0001")), // the digits of an address, but none
		{Entity: web, Key: "port-nic-eth", Number: clusto.Num(1), Subkey: clusto.Sub("mac"), Value: clusto.String("00:16:3e:00:00:01")},
	}
}

// fillTree makes containers: a chain, a diamond and a cycle.
//
//	dc → rack1 → a, b      pool → b, a      loop1 ⇄ loop2 → a
//	dc → rack2 → c         outer → pool, rack2
//	lone
func fillTree(t *testing.T, s clusto.Store) {
	update(t, s, func(tx clusto.Tx) error {
		made := map[string]clusto.EntityID{}
		for _, name := range []string{"dc", "rack1", "rack2", "a", "b", "c", "pool", "outer", "loop1", "loop2", "lone"} {
			made[name] = create(t, tx, name, "thing", "generic")
		}
		for _, pair := range [][2]string{
			{"dc", "rack1"}, {"dc", "rack2"}, {"rack1", "a"}, {"rack1", "a"}, {"rack1", "b"}, {"rack2", "c"}, {"pool", "b"},
			{"pool", "a"}, {"outer", "pool"}, {"outer", "rack2"}, {"loop1", "loop2"}, {"loop2", "loop1"}, {"loop2", "a"},
		} {
			add(t, tx, contains(made[pair[0]], made[pair[1]]))
		}
		return nil
	})
}
