package sqlstore

import (
	"context"
	"database/sql/driver"
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
	sql, args := r.attrsQuery(m)
	order := ` ORDER BY 1`
	if m.ByEntity {
		order = ` ORDER BY 2, 1`
	}
	rest := remainder(m)
	return r.query(ctx, sql+order, args, func(row row) (bool, error) {
		a, err := row.attr()
		if err != nil || rest != nil && !rest.Matches(a) {
			return err == nil, err
		}
		return give(a), nil
	})
}

// attrsQuery returns the statement for attrs, but for its order. What an entity
// has in sight is looked up in each range of such keys: pools have thousands of
// hidden ones.
func (r *reader) attrsQuery(m *clusto.AttrMatch) (sql string, args []driver.Value) {
	path := pathOf(m)
	ranges := []string{""}
	if m.Visible && m.Key.Op == clusto.Any && path == ByOwner {
		ranges = r.s.dialect.Visible(keyColumn)
		all := *m
		all.Visible = false
		m = &all
	}
	for i, keys := range ranges {
		c := r.where()
		c.attrs(m, path)
		if keys != "" {
			c.and(keys)
		}
		r.valid(c, "a")
		if i > 0 {
			sql += ` UNION ALL `
		}
		sql += `SELECT ` + r.s.attrColumns + ` FROM ` + r.s.dialect.Attrs(path, r.at == clusto.Live) + ` WHERE ` + string(c.sql)
		args = append(args, c.args...)
	}
	return sql, args
}

// remainder returns what of m the statement did not decide, or nil if nothing.
func remainder(m *clusto.AttrMatch) *clusto.AttrMatch {
	if !inexact(m) {
		return nil
	}
	return &clusto.AttrMatch{Value: m.Value, Values: m.Values, Contains: m.Contains, MAC: m.MAC}
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
