// Package jsonl writes the inventory as JSON Lines and reads it: one entity a
// line, sorted by name, with all its attributes, hidden ones included. Two
// databases with the same contents give the same bytes.
package jsonl

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/clusto/clusto"
)

// Entity is a line of an export.
type Entity struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
	Attrs  []Attr `json:"attrs"`
}

// Attr is an attribute of an export. Number and Subkey are nil if there is
// none. Value is null, a number, a text, decoded JSON, a datetime as
// 2012-02-29T23:59:58 in UTC, or the name of the entity that a relation refers
// to; Datatype says which.
type Attr struct {
	Key      string          `json:"key"`
	Number   *int64          `json:"number"`
	Subkey   *string         `json:"subkey"`
	Datatype clusto.Kind     `json:"datatype"`
	Value    json.RawMessage `json:"value"`
}

// batch is how many entities' attributes are in memory at a time.
const batch = 1000

// Export writes everything that r shows to w. Besides the names of all entities
// it holds the attributes of a thousand of them in memory, however many there
// are.
func Export(ctx context.Context, r clusto.Reader, w io.Writer) error {
	entities, err := clusto.Collect(r.Find(ctx, clusto.Match{}))
	if err != nil {
		return err
	}
	names := make(map[clusto.EntityID]string, len(entities))
	for _, e := range entities {
		names[e.ID] = e.Name
	}
	slices.SortFunc(entities, func(a, b clusto.Entity) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	out := bufio.NewWriter(w)
	for some := range slices.Chunk(entities, batch) {
		if err := export(ctx, r, out, some, names); err != nil {
			return err
		}
	}
	return out.Flush()
}

// export writes some entities. names has the names of all.
func export(ctx context.Context, r clusto.Reader, w io.Writer, some []clusto.Entity, names map[clusto.EntityID]string) error {
	ids := make([]clusto.EntityID, len(some))
	for i, e := range some {
		ids[i] = e.ID
	}
	attrs := make(map[clusto.EntityID][]clusto.Attr, len(some))
	for a, err := range r.Attrs(ctx, clusto.AttrMatch{Entities: ids}) {
		if err != nil {
			return err
		}
		attrs[a.Entity] = append(attrs[a.Entity], a)
	}
	for _, e := range some {
		own := attrs[e.ID]
		slices.SortStableFunc(own, func(a, b clusto.Attr) int { return compare(a, b, names) })
		line := Entity{Name: e.Name, Type: e.Type, Driver: e.Driver, Attrs: make([]Attr, 0, len(own))}
		for _, a := range own {
			written, err := attrOf(a, names)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", e.Name, a.Name(), err)
			}
			line.Attrs = append(line.Attrs, written)
		}
		text, err := encode(line)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name, err)
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// compare is clusto.CompareAttrs, with relations in the order of the names
// they refer to: IDs differ from one database to the next.
func compare(a, b clusto.Attr, names map[clusto.EntityID]string) int {
	to, other := a.Value.Relation(), b.Value.Relation()
	if to == 0 || other == 0 {
		return clusto.CompareAttrs(a, b)
	}
	a.Value, b.Value = clusto.String(names[to]), clusto.String(names[other])
	return clusto.CompareAttrs(a, b)
}

func attrOf(a clusto.Attr, names map[clusto.EntityID]string) (Attr, error) {
	value, err := valueOf(a.Value, names)
	if err != nil {
		return Attr{}, err
	}
	written := Attr{Key: a.Key, Datatype: a.Value.Kind(), Value: value}
	if n, ok := a.Number.Get(); ok {
		written.Number = &n
	}
	if s, ok := a.Subkey.Get(); ok {
		written.Subkey = &s
	}
	return written, nil
}

// valueOf returns v as JSON. Stored json that is none, which classic clusto
// would not read either, becomes the text that it is.
func valueOf(v clusto.Value, names map[clusto.EntityID]string) ([]byte, error) {
	switch {
	case v.IsNone():
		return []byte("null"), nil
	case v.Kind() == clusto.KindInt:
		return encode(v.Int64())
	case v.Kind() == clusto.KindTime:
		return encode(clusto.FormatTime(v.Time()))
	case v.Kind() == clusto.KindRelation:
		return encode(names[v.Relation()])
	case v.Kind() == clusto.KindJSON && json.Valid([]byte(v.Str())):
		return []byte(v.Str()), nil
	}
	return encode(v.Str())
}

// encode returns v as JSON with a line end, with <, > and & as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
