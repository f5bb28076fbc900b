package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
)

// testRedactDescription: what a description quotes of a value goes with it.
func testRedactDescription(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	hunter := clusto.String("hunter2")
	for i, row := range []struct {
		value      clusto.Value
		said, want string
	}{
		{hunter, "a new server", "a new server"},
		{hunter, "s.set_attr('password', 'hunter2') (x:2)", "s.set_attr('password', '[redacted]') (x:2)"},
		{hunter, "hunter2, hunter22 and xhunter2, hunter2", "[redacted], hunter22 and xhunter2, [redacted]"},
		{hunter, "s.set_attr('password', 'hun… (x:2)", "s.set_attr('password', '[redacted]… (x:2)"},
		{hunter, "s.set_attr('password', … (x:2)", "s.set_attr('password', … (x:2)"},
		{clusto.String("a"), "password is a", "password is [redacted]"},
		{clusto.String(""), "none", "none"},
		{clusto.String("it's"), `s.x = 'it\'s' (x:1)`, "s.x = '[redacted]' (x:1)"},
		{clusto.String(`a\b"c`), `s.x = "a\\b\"c" (x:1)`, `s.x = "[redacted]" (x:1)`},
		{clusto.Int(8), "memory 8 of 18 in 80", "memory [redacted] of 18 in 80"},
		{clusto.StoredJSON(`{"user": "root"}`), "s.set_attr('ipmi', {'user': 'root'})", "[redacted]"},
		{clusto.RelationTo(1), "1", "1"},
	} {
		var of clusto.EntityID
		change := func(fn func(tx clusto.Tx) error) clusto.Version {
			t.Helper()
			v, err := s.Update(ctx, clusto.Change{Description: row.said}, fn)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
		before := change(func(tx clusto.Tx) error {
			of = create(t, tx, fmt.Sprint("web", i), "server", "basicserver")
			return nil
		})
		change(func(tx clusto.Tx) error { add(t, tx, clusto.Attr{Entity: of, Key: "k", Value: row.value}); return nil })
		change(func(tx clusto.Tx) error {
			_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{of}, Key: clusto.Is("k")})
			return err
		})
		change(func(tx clusto.Tx) error {
			_, err := tx.Redact(ctx, of, "k", clusto.Cond[string]{})
			return err
		})
		var got []string
		view(t, s, clusto.Live, func(r clusto.Reader) error {
			for v, err := range past(t, r).FindVersions(ctx, clusto.VersionMatch{After: before - 1, To: before + 3}) {
				if err != nil {
					return err
				}
				got = append(got, v.Description)
			}
			return nil
		})
		wantSame(t, "descriptions", got, []string{row.said, row.want, row.want, row.said})
	}
}

func testRedact(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	const user = "user"
	var web, db clusto.EntityID
	password := func(of clusto.EntityID, subkey string, v clusto.Value) clusto.Attr {
		return clusto.Attr{Entity: of, Key: "password", Subkey: clusto.Sub(subkey), Value: v}
	}
	first := update(t, s, func(tx clusto.Tx) error {
		web, db = create(t, tx, "web", "server", "basicserver"), create(t, tx, "db", "server", "basicserver")
		add(t, tx,
			password(web, "root", clusto.String("secret")), password(web, "root", clusto.Int(42)), password(web, "root", clusto.Time(moment)),
			password(web, "root", clusto.StoredJSON(`["secret"]`)), password(web, "root", clusto.RelationTo(db)), password(web, "root", clusto.Value{}),
			password(web, user, clusto.String("secret")), password(db, "root", clusto.String("secret")),
			clusto.Attr{Entity: web, Key: "passwords", Value: clusto.String("secret")})
		return nil
	})
	old := clusto.AttrMatch{Key: clusto.Like("password*")}
	update(t, s, func(tx clusto.Tx) error {
		_, err := tx.DelAttrs(ctx, old)
		add(t, tx, password(web, "root", clusto.String("new")))
		return err
	})
	redact := func(tx clusto.Tx, subkey clusto.Cond[string], want int) {
		t.Helper()
		if n, err := tx.Redact(ctx, web, "password", subkey); n != want || err != nil {
			t.Errorf("Redact: %d, %v, want %d", n, err, want)
		}
	}
	// The value that was live until now is redacted in the change that ends it.
	v := update(t, s, func(tx clusto.Tx) error {
		if n, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{web}, Key: clusto.Is("password")}); n != 1 || err != nil {
			t.Errorf("DelAttrs: %d, %v", n, err)
		}
		add(t, tx, password(web, "root", clusto.String("newest")))
		err := tx.Nest(ctx, func(tx clusto.Tx) error { redact(tx, clusto.Cond[string]{}, 7); return errWanted })
		redact(tx, clusto.Is("root"), 6)
		if errors.Is(err, errWanted) {
			return nil
		}
		return err
	})
	checkRedacted(t, s, first, v-1, web)
	// A change that does nothing else is a version, unless nothing is left to redact.
	alone := update(t, s, func(tx clusto.Tx) error { redact(tx, clusto.Cond[string]{}, 1); return nil })
	none, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error { redact(tx, clusto.Cond[string]{}, 0); return nil })
	if alone != v+1 || none != 0 || err != nil {
		t.Errorf("redacting alone made versions %d and %d, %v, want %d and none", alone, none, err, v+1)
	}
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		record := func(v clusto.Version, n int) clusto.Edit {
			return clusto.Edit{Version: v, Kind: clusto.AttrsRedacted, Entity: web, Attr: clusto.Attr{Entity: web, Key: "password"}, Redacted: n}
		}
		var got []clusto.Edit
		for _, e := range editsOf(t, r, clusto.EditMatch{About: []clusto.EntityID{web}, Key: clusto.Is("password")}) {
			if e.Kind == clusto.AttrsRedacted {
				got = append(got, e)
			}
		}
		wantSame(t, "the record", got, []clusto.Edit{record(v, 6), record(alone, 1)})
		wantSame(t, "the edits of a version that redacts", editsOf(t, r, clusto.EditMatch{Only: []clusto.Version{alone}}), got[1:])
		about, err := clusto.Collect(past(t, r).FindVersions(ctx, clusto.VersionMatch{About: []clusto.EntityID{web}, After: v}))
		if len(about) != 1 || about[0].Version != alone {
			t.Errorf("versions about it: %+v", about)
		}
		return err
	})
	CheckEdits(t, s)
}

// checkRedacted looks at the old versions after the passwords of web with the
// subkey root were redacted.
func checkRedacted(t *testing.T, s clusto.Store, first, last clusto.Version, web clusto.EntityID) {
	t.Helper()
	for at, want := range map[clusto.Version]string{
		first: "[redacted] [redacted] [redacted] [redacted] [redacted] - secret secret secret",
		last:  "[redacted]", clusto.Live: "newest",
	} {
		view(t, s, at, func(r clusto.Reader) error {
			text := ""
			for i, a := range attrsOf(t, r, clusto.AttrMatch{Key: clusto.Like("password*")}) {
				if i > 0 {
					text += " "
				}
				switch {
				case a.Value.IsNone():
					text += "-"
				case a.Value.Kind() == clusto.KindString:
					text += a.Value.Str()
				default:
					text += "?"
				}
			}
			if text != want {
				t.Errorf("at %d: %s, want %s", at, text, want)
			}
			return nil
		})
	}
}
