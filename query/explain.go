package query

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// Plan tells how a query, or a part of it, is answered.
type Plan struct {
	Query   string  `json:"query,omitempty"`   // the condition, in canonical form; "" if the plan has steps
	Method  Method  `json:"method"`            // how it is answered, in one word
	How     string  `json:"how"`               // and in a sentence
	Without bool    `json:"without,omitempty"` // what it finds is taken away
	Steps   []*Plan `json:"steps,omitempty"`   // in the order in which they are run
	Ran     *Ran    `json:"ran,omitempty"`     // what came of it; nil if it was not run
}

// Ran tells what came of running a part of a query.
type Ran struct {
	Entities  int     `json:"entities"`          // that it found, among those that were left
	Questions int     `json:"questions"`         // to the database, those of its parts included
	Seconds   float64 `json:"seconds"`           // that it took
	Skipped   bool    `json:"skipped,omitempty"` // nothing was left to look at
}

// Method is how a part of a query is answered.
type Method string

// The methods, from the cheapest on.
const (
	MethodName     Method = "name"     // entities by name, type or driver
	MethodValue    Method = "value"    // attributes by value
	MethodContents Method = "contents" // what is in containers
	MethodKey      Method = "key"      // attributes by key, looked through
	MethodScan     Method = "scan"     // all entities, looked through
	MethodAll      Method = "all"      // each of its steps
	MethodAny      Method = "any"      // any of its steps
	MethodNot      Method = "not"      // not its step
)

// Explain returns how the query would be answered.
func (q *Query) Explain(o Options) *Plan { return q.planned(&o).plan() }

// planned returns the first step, and sets what o leaves open.
func (q *Query) planned(o *Options) step {
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	p := &planner{options: *o}
	return p.step(q.root)
}

// Analyze is [Query.Run] and tells how it was answered.
func (q *Query) Analyze(ctx context.Context, r clusto.Reader, o Options) ([]clusto.Entity, *Plan, error) {
	first := q.planned(&o)
	run := &runner{reader: r, query: q, options: o, seen: map[clusto.EntityID]clusto.Entity{}}
	selected, err := run.run(ctx, first, nil)
	if err != nil {
		return nil, first.plan(), err
	}
	found, err := run.sorted(ctx, selected)
	return found, first.plan(), err
}

// WriteText writes the plan as a tree for people.
func (p *Plan) WriteText(w io.Writer) error {
	var rows [][2]string
	p.rows("", "", &rows)
	width := 0
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(row[0]))
	}
	for _, row := range rows {
		pad := strings.Repeat(" ", width-utf8.RuneCountInString(row[0]))
		if _, err := fmt.Fprintf(w, "%s%s  %s\n", row[0], pad, row[1]); err != nil {
			return err
		}
	}
	return nil
}

// questions returns how many conditions are asked for one by one.
func (p *Plan) questions() int {
	if len(p.Steps) == 0 {
		return 1
	}
	n := 0
	for _, s := range p.Steps {
		n += s.questions()
	}
	return n
}

// rows adds a row for p and each of its steps: the tree on the left, what
// there is to say on the right.
func (p *Plan) rows(branch, indent string, rows *[][2]string) {
	left := branch
	if p.Without {
		left += "without "
	}
	switch p.Method {
	case MethodAll:
		left += "all of"
	case MethodAny:
		left += "any of"
	case MethodNot:
		left += "not"
	default:
		left += p.Query
	}
	*rows = append(*rows, [2]string{left, p.How + p.Ran.text()})
	for i, s := range p.Steps {
		if i == len(p.Steps)-1 {
			s.rows(indent+"└─ ", indent+"   ", rows)
		} else {
			s.rows(indent+"├─ ", indent+"│  ", rows)
		}
	}
}

func (r *Ran) text() string {
	switch {
	case r == nil:
		return ""
	case r.Skipped:
		return " (skipped: nothing was left)"
	}
	return fmt.Sprintf(" (found %d in %s, questions: %d)", r.Entities,
		time.Duration(r.Seconds*float64(time.Second)).Round(10*time.Microsecond), r.Questions)
}
