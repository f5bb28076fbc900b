package cli

import (
	"context"
	"encoding/csv"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// viewExits are the statuses of commands about views.
var viewExits = []exit{{statusNotFound, "there is no view of that name"}}

func viewCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "view",
		Short: "questions that are asked often",
		Long: `A view is a query with a name, and the columns that are shown of what it finds. Where
users sign in, each has views of their own, and there are those that all share; else
all are shared. The lists of the web pages have the same views.`,
		Annotations: exits(databaseExits),
		RunE:        group,
	}
	cmd.AddCommand(viewListCommand(r), viewSaveCommand(r), viewShowCommand(r), viewDeleteCommand(r))
	return cmd
}

// completeViews completes the name of a view.
func (r *run) completeViews() cobra.CompletionFunc {
	return only(1, r.completeAccounts(0, func(ctx context.Context, c *client.Client) ([]string, error) {
		list, err := c.Views(ctx)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, v := range list.Views {
			names = append(names, v.Name)
		}
		return names, nil
	}))
}

func viewListCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "list",
		Short:             "list saved views",
		Long:              "Lists your views, and those that all share.",
		Example:           `  clusto view list`,
		Annotations:       exits(databaseExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Views(ctx)
				if err != nil || asJSON {
					return printJSON(r, list, err)
				}
				var rows [][]string
				for _, v := range list.Views {
					rows = append(rows, []string{v.Name, map[bool]string{true: "all", false: "you"}[v.Shared], strings.Join(columnNames(&v), ","), v.Query})
				}
				return printColumns(r.Stdout, []string{"NAME", "FOR", "COLUMNS", "QUERY"}, rows)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func columnNames(v *api.View) []string {
	var names []string
	for _, c := range v.Columns {
		names = append(names, c.Column)
	}
	return names
}

func viewSaveCommand(r *run) *cobra.Command {
	var v api.NewView
	var columns []string
	var shared bool
	cmd := &cobra.Command{
		Use:   "save NAME QUERY",
		Short: "save a view",
		Long: `Saves a query under a name, with the columns that are to be shown and the one that
rows are sorted by; a minus before that turns the order round. A view of the same
name is replaced. --shared saves it for all, which needs the permission "write view"
where users sign in.`,
		Example: `  clusto view save racked 'type = server and rack exists' --columns name,rack,ru --sort rack
  clusto view save --shared old-kernels 'attr kernel like 4.*' --columns 'name,attr(kernel)'`,
		Annotations: exits(databaseExits, []exit{{statusInvalid, "the query or a column is not understood"}, {statusDenied, "you may not save views for all"}}),
		Args:        someArgs("NAME QUERY"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef("view save takes a name and a query")
			}
			v.Query = strings.Join(args[1:], " ")
			for _, column := range columns {
				v.Columns = append(v.Columns, clusto.ViewColumn{Column: column})
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				_, err := c.PutView(ctx, args[0], shared, v)
				return r.say(pointedAt(err), "view %s saved", args[0])
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&columns, "columns", nil, "show these `COLUMNS`: name,rack,attr(system.serial)")
	flags.StringVar(&v.Sort, "sort", "", "sort by this `COLUMN`, after a minus the other way round")
	flags.BoolVarP(&v.MergeAttrs, "merge-attrs", "m", false, "attr looks at the attributes of all containers too")
	flags.BoolVar(&shared, "shared", false, "save it for all")
	complete(cmd, "columns", completeColumns)
	complete(cmd, "sort", completeColumns)
	return cmd
}

// viewNamed returns a view: one's own, or else that which all share.
func viewNamed(ctx context.Context, c *client.Client, name string, shared bool) (*api.View, error) {
	if !shared {
		v, err := c.View(ctx, name, false)
		if !errors.Is(err, clusto.ErrNotFound) {
			return v, err
		}
	}
	return c.View(ctx, name, true)
}

func viewShowCommand(r *run) *cobra.Command {
	var shared, asJSON, asCSV bool
	cmd := &cobra.Command{
		Use:   "show NAME",
		Short: "print the table of a view",
		Long: `Prints what the query of a view finds now, or at --at, as the view says. Of two views
of one name it takes yours, unless --shared is given.`,
		Example:     `  clusto view show racked --csv`,
		Annotations: exits(databaseExits, viewExits, []exit{{statusInvalid, "the view is not understood any more"}}),
		Args:        oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON && asCSV {
				return usagef("--json and --csv print something else each")
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				v, err := viewNamed(ctx, c, args[0], shared)
				if err != nil {
					return err
				}
				told, err := c.Table(ctx, api.QueryTableParams{
					Query: v.Query, Column: columnNames(v), Sort: v.Sort, MergeAttrs: v.MergeAttrs, At: atText(cmd),
				})
				if err != nil {
					return pointedAt(err)
				}
				warn(r.Stderr, told.Warnings)
				switch {
				case asJSON:
					return printObjects(r.Stdout, told)
				case asCSV:
					return csv.NewWriter(r.Stdout).WriteAll(append([][]string{told.Columns}, cellTexts(told)...))
				}
				t := newTable(told.Columns...)
				for _, row := range cellTexts(told) {
					t.add(row...)
				}
				return r.print(t)
			})
		},
		ValidArgsFunction: r.completeViews(),
	}
	atFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&shared, "shared", false, "the view that all share")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.BoolVar(&asCSV, "csv", false, "print CSV")
	return cmd
}

func viewDeleteCommand(r *run) *cobra.Command {
	var shared bool
	cmd := &cobra.Command{
		Use:         "delete NAME",
		Short:       "forget a view",
		Long:        `Forgets a view of yours or, with --shared, one that all share. What it shows stays as it is.`,
		Example:     `  clusto view delete racked`,
		Annotations: exits(databaseExits, viewExits, []exit{{statusDenied, "you may not delete views of all"}}),
		Args:        oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.say(c.DeleteView(ctx, args[0], shared), "view %s deleted", args[0])
			})
		},
		ValidArgsFunction: r.completeViews(),
	}
	cmd.Flags().BoolVar(&shared, "shared", false, "the view that all share")
	return cmd
}
