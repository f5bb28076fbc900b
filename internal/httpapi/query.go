package httpapi

import (
	"context"
	"errors"
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
