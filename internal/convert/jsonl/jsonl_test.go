package jsonl_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/convert/jsonl"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// export returns the export of a store.
func export(t *testing.T, store clusto.Store) []byte {
	t.Helper()
	var b bytes.Buffer
	err := store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		return jsonl.Export(t.Context(), r, &b)
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// small opens a copy of the database that classic clusto wrote.
func small(t *testing.T) clusto.Store {
	t.Helper()
	return dbtest.Open(t, classictest.Copy(t), sqlstore.Options{})
}

// TestExportOfClassic compares with what classic clusto says about each entity.
func TestExportOfClassic(t *testing.T) {
	t.Parallel()
	type entity struct {
		Type, Driver string
		Attrs        [][]any
	}
	var want struct{ Entities map[string]entity }
	classictest.Expected(t, &want)
	var names []string
	got := map[string]entity{}
	for line := range bytes.Lines(export(t, small(t))) {
		var e struct {
			Name, Type, Driver string
			Attrs              []struct {
				Key, Datatype         string
				Number, Subkey, Value any
			}
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		names = append(names, e.Name)
		attrs := [][]any{}
		for _, a := range e.Attrs {
			attrs = append(attrs, []any{a.Key, a.Number, a.Subkey, a.Datatype, a.Value})
		}
		got[e.Name] = entity{e.Type, e.Driver, attrs}
	}
	if !slices.IsSorted(names) {
		t.Errorf("entities are not sorted by name: %v", names)
	}
	// The fixture sorts equal keys, numbers and subkeys by datatype and text.
	for _, e := range []map[string]entity{got, want.Entities} {
		for _, one := range e {
			slices.SortStableFunc(one.Attrs, func(a, b []any) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	}
	if diff := gocmp.Diff(want.Entities, got); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestExportOfEveryKind writes each kind of value and wants these very bytes.
func TestExportOfEveryKind(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	store := classictest.New(t)
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		z, err := tx.Create(ctx, "zebra", "generic", "entity")
		if err != nil {
			return err
		}
		e, err := tx.Create(ctx, "Ärger <&>", "generic", "entity")
		if err != nil {
			return err
		}
		data, err := clusto.JSON([]byte(`{"b": [1, null], "a": "<"}`))
		if err != nil {
			return err
		}
		when := time.Date(2012, 2, 29, 23, 59, 58, 0, time.UTC)
		attrs := []clusto.Attr{
			{Key: "k", Number: clusto.Num(1), Value: clusto.Int(1 << 60)},
			{Key: "k", Subkey: clusto.Sub("s"), Value: clusto.RelationTo(z.ID)},
			{Key: "k", Subkey: clusto.Sub("s"), Value: clusto.RelationTo(e.ID)},
			{Key: "k", Value: clusto.Time(when.Add(1500 * time.Nanosecond))},
			{Key: "k", Value: clusto.String("t")},
			{Key: "k"},
			{Key: "j", Value: data},
			{Key: "_hidden", Value: clusto.Time(when)},
		}
		for i := range attrs {
			attrs[i].Entity = e.ID
		}
		return tx.AddAttrs(ctx, attrs...)
	})
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"name":"clustometa","type":"clustometa","driver":"clustometa","attrs":[{"key":"schemaversion","number":null,"subkey":"property","datatype":"int","value":3}]}
{"name":"zebra","type":"generic","driver":"entity","attrs":[]}
{"name":"Ärger <&>","type":"generic","driver":"entity","attrs":[{"key":"_hidden","number":null,"subkey":null,"datatype":"datetime","value":"2012-02-29T23:59:58"},{"key":"j","number":null,"subkey":null,"datatype":"json","value":{"b":[1,null],"a":"<"}},{"key":"k","number":null,"subkey":null,"datatype":"string","value":null},{"key":"k","number":null,"subkey":null,"datatype":"datetime","value":"2012-02-29T23:59:58.000001"},{"key":"k","number":null,"subkey":null,"datatype":"string","value":"t"},{"key":"k","number":null,"subkey":"s","datatype":"relation","value":"zebra"},{"key":"k","number":null,"subkey":"s","datatype":"relation","value":"Ärger <&>"},{"key":"k","number":1,"subkey":null,"datatype":"int","value":1152921504606846976}]}
`
	if diff := gocmp.Diff(want, string(export(t, store))); diff != "" {
		t.Errorf("want -, got +\n%s", diff)
	}
}

// TestExportInBatches exports more entities than are in memory at a time, with
// statements that grow with the batches and not with the entities.
func TestExportInBatches(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	statements := 0
	store := dbtest.New(t, sqlstore.Options{OnStatement: func(string) { statements++ }})
	const servers = 2500
	_, err := store.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
		for i := range servers {
			e, err := tx.Create(ctx, fmt.Sprintf("s%04d", i), "server", "basicserver")
			if err != nil {
				return err
			}
			if err := tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "n", Value: clusto.Int(int64(i))}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	statements = 0
	lines := strings.Split(strings.TrimSpace(string(export(t, store))), "\n")
	if len(lines) != servers+1 {
		t.Errorf("got %d lines, want %d", len(lines), servers+1)
	}
	if last := lines[len(lines)-1]; !strings.Contains(last, `"s2499"`) || !strings.Contains(last, `"value":2499`) {
		t.Errorf("the last line is %s", last)
	}
	if statements > 20 {
		t.Errorf("%d statements for three batches", statements)
	}
}

// TestExportToFullDisk checks that a failing writer is noticed.
func TestExportToFullDisk(t *testing.T) {
	t.Parallel()
	full := errors.New("no space")
	err := small(t).View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		return jsonl.Export(t.Context(), r, writerFunc(func([]byte) (int, error) { return 0, full }))
	})
	if !errors.Is(err, full) {
		t.Errorf("got error %v, want %v", err, full)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

var _ io.Writer = writerFunc(nil)
