package sqlstore

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"github.com/clusto/clusto"
)

// Edits implements clusto.History.
func (r *reader) Edits(ctx context.Context, m clusto.EditMatch) iter.Seq2[clusto.Edit, error] {
	return ranged(ctx, r, func(give func(clusto.Edit) bool) error { return r.edits(ctx, &m, give) })
}

// Edits implements clusto.History; what the transaction has done so far comes
// under the version being made.
func (t *tx) Edits(ctx context.Context, m clusto.EditMatch) iter.Seq2[clusto.Edit, error] {
	return ranged(ctx, &t.reader, func(give func(clusto.Edit) bool) error {
		if err := t.flush(); err != nil {
			return err
		}
		return t.edits(ctx, &m, give)
	})
}

// edits gives what m selects, in one statement.
func (r *reader) edits(ctx context.Context, m *clusto.EditMatch, give func(clusto.Edit) bool) error {
	if nothing(m) {
		return nil
	}
	q, err := r.changes(m, false)
	if err != nil {
		return err
	}
	return r.query(ctx, q.text(` UNION ALL `)+` ORDER BY 1, 2, 3`, q.args, func(row row) (bool, error) {
		edit := row.edit()
		if m.Values != nil && !slices.ContainsFunc(m.Values, edit.Attr.Value.Equal) {
			return true, nil // JSON is compared by its meaning, which SQL cannot
		}
		return give(edit), nil
	})
}

// edit returns the edit in r: its version, its place, the number of its row,
// the columns of an attribute, and three more of an entity.
func (r row) edit() clusto.Edit {
	const place, attr, entity, name, number, typ, driver, made, is = 1, 3, 4, 5, 6, 7, 8, 11, 12
	e := clusto.Edit{Version: clusto.Version(r.int(0)), Entity: clusto.EntityID(r.int(entity))}
	whole := clusto.Entity{ID: e.Entity, Version: clusto.Version(r.int(made))}
	whole.Name, whole.Type, whole.Driver = r.text(name), r.text(typ), r.text(driver)
	after := whole
	after.Name, after.Type, after.Driver = r.text(is), r.text(is+1), r.text(is+2)
	switch r.int(place) {
	case placeAttrEnded:
		e.Kind, e.Attr = clusto.AttrEnded, r[attr:].pastAttr()
	case placeAttrMade:
		e.Kind, e.Attr = clusto.AttrMade, r[attr:].pastAttr()
	case placeEntityEnded:
		e.Kind, e.Was = clusto.EntityEnded, whole
	case placeEntityMade:
		e.Kind, e.Is = clusto.EntityMade, after
	case placeEntityChanged:
		e.Kind, e.Was, e.Is = clusto.EntityChanged, whole, after
	case placeAttrsRedacted:
		e.Kind, e.Redacted = clusto.AttrsRedacted, int(r.int(number))
		e.Attr = clusto.Attr{Entity: e.Entity, Key: r.text(name)}
	}
	return e
}

// pastAttr returns the attribute in r. A value that contradicts its datatype is
// taken for the text that stands there: nothing mends what is past, and it must not
// hide all else that happened.
func (r row) pastAttr() clusto.Attr {
	const number, text = 6, 7
	a, err := r.attr()
	if err != nil {
		a.Value = clusto.String(cmp.Or(r.text(text), r.text(number)))
	}
	return a
}
