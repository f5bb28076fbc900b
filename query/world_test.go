package query_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// now is the time at which queries run.
var now = time.Date(2024, 5, 3, 12, 0, 0, 0, time.UTC)

// openWorld opens a new database with the world of testdata.
func openWorld(tb testing.TB) clusto.Store {
	tb.Helper()
	text, err := os.ReadFile("testdata/world.txt")
	if err != nil {
		tb.Fatal(err)
	}
	store := dbtest.New(tb, sqlstore.Options{})
	_, err = store.Update(tb.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		w := &builder{tb: tb, tx: tx, ids: map[string]clusto.EntityID{}}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				w.line(line)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return store
}

// builder makes a world line by line.
type builder struct {
	tb  testing.TB
	tx  clusto.Tx
	ids map[string]clusto.EntityID
}

func (w *builder) check(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func (w *builder) line(line string) {
	w.tb.Helper()
	words := strings.SplitN(line, " ", 5)
	switch words[0] {
	case "entity":
		e, err := w.tx.Create(w.tb.Context(), words[1], words[2], words[3])
		w.check(err)
		w.ids[e.Name] = e.ID
	case "in":
		units := strings.Fields(strings.Join(words[3:], " "))
		if len(units) == 0 {
			w.add(clusto.Attr{Entity: w.id(words[1]), Key: clusto.KeyContains, Number: clusto.Num(len(w.ids)), Value: clusto.RelationTo(w.id(words[2]))})
		}
		for _, unit := range units {
			n, err := strconv.Atoi(unit)
			w.check(err)
			w.add(clusto.Attr{Entity: w.id(words[1]), Key: clusto.KeyContains, Number: clusto.Num(n), Subkey: clusto.Sub("ru"), Value: clusto.RelationTo(w.id(words[2]))})
		}
	case "attr":
		a := clusto.Attr{Entity: w.id(words[1])}
		key, number, numbered := strings.Cut(words[2], "#")
		if numbered {
			n, err := strconv.Atoi(number)
			w.check(err)
			a.Number = clusto.Num(n)
		}
		var sub string
		var hasSub bool
		if a.Key, sub, hasSub = strings.Cut(key, "."); hasSub {
			a.Subkey = clusto.Sub(sub)
		}
		a.Value = w.value(words[3], strings.Join(words[4:], ""))
		w.add(a)
	default:
		w.tb.Fatalf("what is %q?", line)
	}
}

func (w *builder) add(a clusto.Attr) {
	w.tb.Helper()
	w.check(w.tx.AddAttrs(w.tb.Context(), a))
}

func (w *builder) id(name string) clusto.EntityID {
	w.tb.Helper()
	id, ok := w.ids[name]
	if !ok {
		w.tb.Fatalf("no entity %s", name)
	}
	return id
}

func (w *builder) value(kind, text string) clusto.Value {
	w.tb.Helper()
	switch kind {
	case "int":
		n, err := strconv.ParseInt(text, 10, 64)
		w.check(err)
		return clusto.Int(n)
	case "datetime":
		t, err := time.Parse(clusto.TimeLayout, text)
		w.check(err)
		return clusto.Time(t)
	case "json":
		v, err := clusto.JSON([]byte(text))
		w.check(err)
		return v
	case "relation":
		return clusto.RelationTo(w.id(text))
	case "none":
		return clusto.Value{}
	}
	return clusto.String(text)
}

// view calls fn with a reader of the live rows.
func view(tb testing.TB, store clusto.Store, fn func(clusto.Reader)) {
	tb.Helper()
	if err := store.View(tb.Context(), clusto.Live, func(r clusto.Reader) error { fn(r); return nil }); err != nil {
		tb.Fatal(err)
	}
}

// namesOf returns the names of entities in their order.
func namesOf(entities []clusto.Entity) []string {
	names := make([]string, len(entities))
	for i, e := range entities {
		names[i] = e.Name
	}
	return names
}
