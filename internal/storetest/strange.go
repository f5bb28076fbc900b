package storetest

import (
	"errors"
	"testing"

	"github.com/clusto/clusto"
)

// testStrange asks for texts that no database has, as devices send them, and
// describes changes with them: nothing fails for that.
func testStrange(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	for i, strange := range []string{"a\x00b", "a\xffb", "\xed\xa0\x80"} {
		change := clusto.Change{User: "u" + strange, Description: "d" + strange}
		v, err := s.Update(ctx, change, func(tx clusto.Tx) error {
			if _, err := tx.Entity(ctx, strange); !errors.Is(err, clusto.ErrNotFound) {
				t.Errorf("Entity(%q): %v, want ErrNotFound", strange, err)
			}
			if got := find(t, tx, clusto.Match{Names: []string{strange, strange + "x", clusto.MetaEntity}}); len(got) != 1 {
				t.Errorf("Find with %q: %v, want %s", strange, got, clusto.MetaEntity)
			}
			if got := find(t, tx, clusto.Match{Types: []string{strange}}); len(got) != 0 {
				t.Errorf("Find of the type %q: %v", strange, got)
			}
			for _, m := range []clusto.AttrMatch{
				{Key: clusto.Is(strange)}, {Key: clusto.Like(strange + "*")}, {Subkey: clusto.Is(strange)},
				{Value: clusto.Is(clusto.String(strange))}, {Values: []clusto.Value{clusto.String(strange), clusto.String("x" + strange)}},
			} {
				if got := attrsOf(t, tx, m); len(got) != 0 {
					t.Errorf("Attrs(%+v): %v", m, got)
				}
			}
			if _, found, err := tx.Counter(ctx, 1, strange); found || err != nil {
				t.Errorf("Counter(%q): %v, %v", strange, found, err)
			}
			create(t, tx, "after"+string(rune('0'+i)), "server", "basicserver")
			return nil
		})
		if v == 0 || err != nil {
			t.Errorf("a change by %q: version %d, %v", change.User, v, err)
		}
	}
}
