package sqlstore

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/clusto/clusto"
)

var _ clusto.ViewKeeper = (*Store)(nil)

// Views implements clusto.ViewKeeper, in one statement. A database that was not
// migrated has none.
func (s *Store) Views(ctx context.Context, m clusto.ViewMatch) (all []clusto.View, err error) {
	err = s.View(ctx, clusto.Live, func(x clusto.Reader) (err error) {
		all, err = accounts{x.(*reader)}.views(ctx, m)
		return err
	})
	return all, err
}

func (a accounts) views(ctx context.Context, m clusto.ViewMatch) (all []clusto.View, err error) {
	c := a.all()
	if m.Owners != nil {
		c.andTexts(`owner`, m.Owners)
	}
	if m.Names != nil {
		c.andTexts(`view_name`, m.Names)
	}
	sql := `SELECT owner, view_name, query_text, shown_columns, sorted_by, merge_attrs, changed, changed_by FROM clusto_views WHERE ` + string(c.sql)
	var broken error
	err = a.read(ctx, viewTable, sql, c, func(r row) {
		v := clusto.View{
			Owner: r.text(0), Name: r.text(1), Query: r.text(2), Sort: r.text(4), MergeAttrs: r.int(5) != 0,
			Changed: r.second(6), ChangedBy: r.text(7),
		}
		if err := json.Unmarshal([]byte(r.text(3)), &v.Columns); err != nil {
			broken = clusto.Errorf(clusto.ErrInvalid, "the columns of the view %q of %q: %w", v.Name, v.Owner, err)
		}
		all = append(all, v)
	})
	slices.SortFunc(all, func(a, b clusto.View) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Owner, b.Owner)) })
	return all, cmp.Or(err, broken)
}

// KeepView implements clusto.ViewKeeper. Rows are replaced in two statements
// because every database says "insert or update" its own way.
func (s *Store) KeepView(ctx context.Context, v clusto.View) error {
	if err := v.Validate(); err != nil {
		return err
	}
	columns, err := json.Marshal(append([]clusto.ViewColumn{}, v.Columns...))
	if err != nil {
		return err
	}
	if err := mustBeTexts("view "+v.Name, v.Owner, v.Name, v.Query, string(columns), v.Sort, v.ChangedBy); err != nil {
		return err
	}
	merge := int64(0)
	if v.MergeAttrs {
		merge = 1
	}
	return s.changeViews(ctx, func(a accountsTx) error {
		others, err := a.views(ctx, clusto.ViewMatch{Owners: []string{v.Owner}})
		if err != nil {
			return err
		}
		known := slices.ContainsFunc(others, func(o clusto.View) bool { return o.Name == v.Name })
		if len(others) >= clusto.MaxViews && !known {
			return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "there are %d views already, which is the limit", len(others)), "delete some that nobody uses")
		}
		if err := a.delete(ctx, viewTable, a.view(v.Owner, v.Name)); err != nil {
			return err
		}
		const sql = `INSERT INTO clusto_views (owner, view_name, query_text, shown_columns, sorted_by, merge_attrs, changed, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
		return a.insert(ctx, viewTable, sql, v.Owner, v.Name, v.Query, string(columns), v.Sort, merge, seconds(v.Changed), cut(v.ChangedBy, clusto.MaxUserLen))
	})
}

// ForgetView implements clusto.ViewKeeper.
func (s *Store) ForgetView(ctx context.Context, owner, name string) error {
	return s.changeViews(ctx, func(a accountsTx) error {
		found, err := a.views(ctx, clusto.ViewMatch{Owners: []string{owner}, Names: []string{name}})
		if err == nil && len(found) == 0 {
			err = clusto.Errorf(clusto.ErrNotFound, "there is no view %q", name)
		}
		if err != nil {
			return err
		}
		return a.delete(ctx, viewTable, a.view(owner, name))
	})
}

// changeViews changes views, which makes no version.
func (s *Store) changeViews(ctx context.Context, fn func(accountsTx) error) error {
	_, err := s.Update(ctx, clusto.Change{}, func(x clusto.Tx) error {
		t := x.(*tx)
		return fn(accountsTx{accounts{&t.reader}, t})
	})
	return err
}

// view returns the condition for the row of a view.
func (a accounts) view(owner, name string) *condition {
	c := a.r.where()
	c.andText(`owner`, owner)
	c.andText(`view_name`, name)
	return c
}
