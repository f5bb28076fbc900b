package sqlstore

import (
	"context"
	"iter"

	"github.com/clusto/clusto"
)

func (r *reader) Attrs(ctx context.Context, m clusto.AttrMatch) iter.Seq2[clusto.Attr, error] {
	return ranged(ctx, r, func(give func(clusto.Attr) bool) error {
		return r.attrs(ctx, &m, give)
	})
}

// attrs gives the attributes that m selects, in one statement.
func (r *reader) attrs(ctx context.Context, m *clusto.AttrMatch, give func(clusto.Attr) bool) error {
	if none(m) {
		return nil
	}
	path := pathOf(m)
	c := r.where()
	c.attrs(m, path)
	r.valid(c, "a")
	order := ` ORDER BY a.attr_id`
	if m.ByEntity {
		order = ` ORDER BY a.entity_id, a.attr_id`
	}
	sql := `SELECT ` + r.s.attrColumns + ` FROM ` + r.s.dialect.Attrs(path, r.at == clusto.Live) +
		` WHERE ` + string(c.sql) + order
	rest := remainder(m)
	return r.query(ctx, sql, c.args, func(row row) (bool, error) {
		a, err := row.attr()
		if err != nil || rest != nil && !rest.Matches(a) {
			return err == nil, err
		}
		return give(a), nil
	})
}

// remainder returns what of m the statement did not decide, or nil if nothing.
func remainder(m *clusto.AttrMatch) *clusto.AttrMatch {
	if !inexact(m) {
		return nil
	}
	return &clusto.AttrMatch{Value: m.Value, Values: m.Values, MAC: m.MAC}
}

// collectAttrs returns what attrs gives.
func (r *reader) collectAttrs(ctx context.Context, m *clusto.AttrMatch) ([]clusto.Attr, error) {
	var all []clusto.Attr
	err := r.attrs(ctx, m, func(a clusto.Attr) bool {
		all = append(all, a)
		return true
	})
	return all, err
}
