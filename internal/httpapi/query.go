package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/query"
)

// question is a query of a request, and what is to be said about it.
type question struct {
	text     string
	merge    bool // "attr" looks at the attributes of the containers too
	now      func() time.Time
	warnings []query.Warning
}

// options returns how the query is run. Warnings are kept.
func (q *question) options() query.Options {
	return query.Options{
		Now: q.now(), MergeAttrs: q.merge,
		Warn: func(w query.Warning) { q.warnings = append(q.warnings, w) },
	}
}

// parse reads the query.
func (q *question) parse() (*query.Query, error) {
	parsed, err := query.Parse(q.text)
	if err != nil {
		return nil, &parameterError{"query", err}
	}
	q.warnings = parsed.Warnings()
	return parsed, nil
}

// entities returns what the query selects, by name.
func (q *question) entities(ctx context.Context, inv *clusto.Inventory) ([]clusto.Entity, error) {
	parsed, err := q.parse()
	if err != nil {
		return nil, err
	}
	return parsed.Run(ctx, inv, q.options())
}

// parameterError is a mistake in a text of the query language that a parameter has.
type parameterError struct {
	parameter string
	err       error
}

func (e *parameterError) Error() string { return e.err.Error() }
func (e *parameterError) Unwrap() error { return e.err }

// tell adds to a problem where in the text the mistake is.
func (e *parameterError) tell(p *api.Problem) {
	p.Thing = e.parameter
	if mistake, ok := errors.AsType[*query.Error](e.err); ok {
		p.Column = mistake.Column()
		p.Value, _, _ = strings.Cut(mistake.Caret(), "\n") // the line that is wrong
	}
}

// ExplainQuery answers explainQuery: it runs the query and tells how.
func (s *Server) ExplainQuery(w http.ResponseWriter, r *http.Request, params api.ExplainQueryParams) {
	var answer api.QueryPlan
	asked := &question{now: s.options.Now, text: params.Query, merge: params.MergeAttrs}
	parsed, err := asked.parse()
	if err == nil {
		err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) error {
			found, plan, err := parsed.Analyze(r.Context(), inv, asked.options())
			answer = api.QueryPlan{Query: parsed.String(), Plan: *plan, Rows: len(found), Warnings: asked.warnings}
			return err
		})
	}
	s.reply(w, r, answer, err)
}

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

// QueryTable answers queryTable.
func (s *Server) QueryTable(w http.ResponseWriter, r *http.Request, params api.QueryTableParams) {
	var table api.Table
	asked := &question{now: s.options.Now, text: params.Query, merge: params.MergeAttrs}
	parsed, parseErr := asked.parse()
	show, err := newSheet(params.Format, params.Column)
	if err = cmp.Or(parseErr, err); err == nil {
		err = s.view(r.Context(), params.At, func(inv *clusto.Inventory) (err error) {
			table, err = show.table(r.Context(), inv, parsed, asked.options())
			return err
		})
	}
	table.Warnings = asked.warnings
	s.reply(w, r, table, err)
}

// table runs a query and returns what it finds as the API shows it.
func (s sheet) table(ctx context.Context, inv *clusto.Inventory, q *query.Query, o query.Options) (api.Table, error) {
	found, err := q.Run(ctx, inv, o)
	if err != nil {
		return api.Table{}, err
	}
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
