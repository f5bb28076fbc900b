package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/query"
)

// maxColumns is how many columns a table may have.
const maxColumns = 100

// sheet is what a table shows of each entity.
type sheet struct {
	columns query.Columns
	line    func(query.Row) string
}

// newSheet reads the parameters format and column.
func newSheet(format string, columns []string) (sheet, error) {
	if err := atMost("column", columns, maxColumns); err != nil {
		return sheet{}, err
	}
	switch {
	case format != "" && columns != nil:
		return sheet{}, clusto.Errorf(clusto.ErrInvalid, "a table has either a format or columns, not both")
	case format != "":
		f, err := query.ParseFormat(format)
		if err != nil {
			return sheet{}, &parameterError{"format", err}
		}
		return sheet{f.Columns(), f.Line}, nil
	case columns == nil:
		columns = []string{fieldName}
	}
	c, err := query.NewColumns(columns...)
	if err != nil {
		return sheet{}, &parameterError{"column", err}
	}
	return sheet{c, func(row query.Row) string { return strings.Join(row.Texts(), "\t") }}, nil
}

// mostSorted is how many entities can be sorted by what must be asked about them:
// that takes some hundred bytes and a microsecond or two for each.
const mostSorted = 200_000

// order is what a table is sorted by.
type order struct {
	column     *query.Column // nil: the name
	descending bool
}

// newOrder reads the parameter sort.
func newOrder(sort string) (order, error) {
	var o order
	if sort == "" {
		return o, nil
	}
	name, descending := strings.CutPrefix(sort, "-")
	columns, err := query.NewColumns(name)
	if err != nil {
		return o, &parameterError{"sort", err}
	}
	return order{&columns[0], descending}, nil
}

// sort sorts what a query has found, which comes by name.
func (o order) sort(ctx context.Context, inv *clusto.Inventory, found []clusto.Entity, options query.Options) error {
	switch {
	case o.column == nil:
		return nil
	case len(found) > mostSorted && !o.column.Cheap():
		return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%d entities are too many to be sorted by %s, %d are possible", len(found), o.column.Name(), mostSorted),
			"make the query narrower, or sort by name, type or driver")
	}
	return o.column.Sort(ctx, inv, found, o.descending, options)
}

// rows is which rows of a table are asked for.
type rows struct{ offset, limit int }

// newRows reads the parameters offset and limit. Without limit all are asked for.
func newRows(r *http.Request, offset, limit int) (rows, error) {
	if offset < 0 {
		return rows{}, clusto.Errorf(clusto.ErrInvalid, "the parameter offset cannot be %d: it is from 0 on", offset)
	}
	most, err := limitOf(r, limit, 0, maxLimit)
	return rows{offset, most}, err
}

// of returns the rows of those that were found.
func (r rows) of(found []clusto.Entity) []clusto.Entity {
	found = found[min(r.offset, len(found)):]
	if r.limit > 0 {
		found = found[:min(r.limit, len(found))]
	}
	return found
}

// QueryTable answers queryTable.
func (s *Server) QueryTable(w http.ResponseWriter, r *http.Request, params api.QueryTableParams) {
	var table api.Table
	asked := &question{now: s.options.Now, text: params.Query, merge: params.MergeAttrs}
	parsed, parseErr := asked.parse()
	show, showErr := newSheet(params.Format, params.Column)
	order, orderErr := newOrder(params.Sort)
	wanted, err := newRows(r, params.Offset, params.Limit)
	if err = cmp.Or(parseErr, showErr, orderErr, err); err == nil {
		err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
			found, err := parsed.Run(r.Context(), inv, asked.options())
			if err == nil {
				err = order.sort(r.Context(), inv, found, asked.options())
			}
			if err != nil {
				return err
			}
			table, err = show.table(r.Context(), inv, wanted.of(found), asked.options())
			table.Total = len(found)
			return err
		})
	}
	table.Warnings = asked.warnings
	s.reply(w, r, table, err)
}

// table returns what the table has of some entities.
func (s sheet) table(ctx context.Context, inv *clusto.Inventory, found []clusto.Entity, o query.Options) (api.Table, error) {
	rows, err := s.columns.Rows(ctx, inv, found, o)
	if err != nil {
		return api.Table{}, err
	}
	version, err := inv.Version(ctx)
	table := api.Table{Columns: s.columns.Names(), Rows: make([]api.Row, len(rows)), Version: int64(version)}
	for i, row := range rows {
		shown := api.Row{Name: found[i].Name, Text: s.line(row), Cells: []api.Argument{}}
		for j, cell := range row {
			text, err := s.columns[j].MarshalCell(cell)
			if err != nil {
				return table, fmt.Errorf("%s of %s: %w", s.columns[j].Name(), found[i].Name, err)
			}
			shown.Cells = append(shown.Cells, text)
		}
		table.Rows[i] = shown
	}
	return table, err
}
