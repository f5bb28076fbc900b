package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/query"
)

// queryRun is what the flags of query say.
type queryRun struct {
	format                    string
	columns                   []string
	json, csv, explain, merge bool
}

func queryCommand(r *run) *cobra.Command {
	f := &queryRun{}
	cmd := &cobra.Command{
		Use:   "query QUERY",
		Short: "find entities by a query",
		Long: `Prints the names of the entities that a query selects, one on a line, sorted.

  type = server and (attr system.cpucount >= 16 or attr system.memory >= 32G)
      and datacenter = sv3 - pool = retired

A condition is a field, an operator and a value; and, or, not, - and parentheses
join conditions. The fields are name, hostname, type, driver, pool, datacenter,
rack, cage, zone, parent, role, ip, mac, and attr KEY.SUBKEY#NUMBER. The operators
are = != < <= > >= startswith endswith contains like matches in in_cidr exists, all
but = also with not. docs/query.md tells all.

--format says what to print of each instead of the name: %name, %rack,
%attr(system.serial) and so on stand for what there is. --columns prints a table.
What may not be meant is said on standard error.`,
		Example: `  clusto query 'type = server and pool = web'
  clusto query 'rack = sv3-001' --format '%name %ru %attr(system.serial)'
  clusto query 'ip in_cidr 10.2.0.0/16' --columns name,ip,rack
  clusto query 'merged owner = operations' --csv
  clusto query 'pool = web and name like web*' --explain`,
		Annotations: exits(databaseExits, []exit{{statusInvalid, "the query or the format is not understood"}}),
		Args:        someArgs("QUERY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.format != "" && f.columns != nil {
				return usagef("what is printed follows either from --format or from --columns, not both")
			}
			if f.json && f.csv || f.explain && (f.csv || f.format != "" || f.columns != nil) {
				return usagef("--json, --csv and --explain print something else each; of these only --explain --json go together")
			}
			text := strings.Join(args, " ")
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				if f.explain {
					return pointedAt(f.tell(ctx, r, c, api.ExplainQueryParams{Query: text, MergeAttrs: f.merge, At: atText(cmd)}))
				}
				return pointedAt(f.print(ctx, r, c, api.QueryTableParams{
					Query: text, Format: f.format, Column: f.columns, MergeAttrs: f.merge, At: atText(cmd),
				}))
			})
		},
		ValidArgsFunction: r.completeQuery,
	}
	atFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "", "what to print of each, such as '%name %rack %attr(system.serial)'")
	flags.StringSliceVar(&f.columns, "columns", nil, "print a table of these `COLUMNS`: name,rack,attr(system.serial)")
	flags.BoolVar(&f.json, "json", false, "print JSON: name, type and driver, or the columns")
	flags.BoolVar(&f.csv, "csv", false, "print CSV: name, type and driver, or the columns")
	flags.BoolVar(&f.explain, "explain", false, "print how the query is answered, and what that takes")
	flags.BoolVarP(&f.merge, "merge-attrs", "m", false, "attr looks at the attributes of all containers too")
	complete(cmd, "columns", completeColumns)
	complete(cmd, "format", cobra.NoFileCompletions)
	return cmd
}

// print prints what the query finds.
func (f *queryRun) print(ctx context.Context, r *run, c *client.Client, ask api.QueryTableParams) error {
	if ask.Format == "" && ask.Column == nil && (f.json || f.csv) {
		ask.Column = []string{"name", "type", "driver"}
	}
	told, err := c.Table(ctx, ask)
	if err != nil {
		return err
	}
	warn(r.Stderr, told.Warnings)
	switch {
	case f.json:
		return printObjects(r.Stdout, told)
	case f.csv:
		return csv.NewWriter(r.Stdout).WriteAll(append([][]string{told.Columns}, cellTexts(told)...))
	case ask.Column != nil:
		t := newTable(told.Columns...)
		for _, row := range cellTexts(told) {
			t.add(row...)
		}
		return r.print(t)
	}
	out := bufio.NewWriter(r.Stdout)
	for _, row := range told.Rows {
		fmt.Fprintln(out, row.Text)
	}
	return out.Flush()
}

// tell prints how the query is answered.
func (f *queryRun) tell(ctx context.Context, r *run, c *client.Client, ask api.ExplainQueryParams) error {
	plan, err := c.Explain(ctx, ask)
	if err != nil {
		return err
	}
	warn(r.Stderr, plan.Warnings)
	if f.json {
		return writeJSON(r.Stdout, plan)
	}
	return plan.Plan.WriteText(r.Stdout)
}

// warn prints what in a query may not be meant.
func warn(w io.Writer, warnings []query.Warning) {
	for _, warning := range warnings {
		fmt.Fprintf(w, "warning: %s\n", warning)
	}
}

// printObjects prints a JSON object for each row.
func printObjects(w io.Writer, told *api.Table) error {
	rows := make([]json.RawMessage, len(told.Rows))
	for i, row := range told.Rows {
		object := []byte{'{'}
		for j, column := range told.Columns {
			name, err := json.Marshal(column)
			if err != nil {
				return err
			}
			if j > 0 {
				object = append(object, ',')
			}
			object = append(append(append(object, name...), ':'), row.Cells[j]...)
		}
		rows[i] = append(object, '}')
	}
	return writeJSON(w, rows)
}

// cellTexts returns the rows of a table as texts.
func cellTexts(told *api.Table) [][]string {
	var rows [][]string
	for _, row := range told.Rows {
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = cellText(cell)
		}
		rows = append(rows, cells)
	}
	return rows
}

// cellText returns the values of a cell, joined by commas.
func cellText(cell json.RawMessage) string {
	var values []json.RawMessage
	if json.Unmarshal(cell, &values) != nil {
		values = []json.RawMessage{cell}
	}
	list := make([]string, len(values))
	for i, value := range values {
		if string(value) != "null" && json.Unmarshal(value, &list[i]) != nil {
			list[i] = string(value)
		}
	}
	return strings.Join(list, ",")
}

// pointedAt returns err, with the place in the query or the format if it is about
// one.
func pointedAt(err error) error {
	answer, ok := errors.AsType[*client.Error](err)
	if !ok || answer.Problem.Column == 0 {
		return err
	}
	line := []rune(answer.Problem.Value)
	before := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, string(line[:min(answer.Problem.Column-1, len(line))]))
	return fmt.Errorf("%s: %w\n%s\n%s^", answer.Problem.Thing, err, answer.Problem.Value, before)
}
