package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func exportCommand(r *run) *cobra.Command {
	var name string
	var columns []string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "print the whole inventory as JSON Lines or as a table",
		Long: `Prints every entity on a line of its own, as JSON, sorted by name:

  {"name": …, "type": …, "driver": …, "attrs": [
    {"key": …, "number": …, "subkey": …, "datatype": …, "value": …}, …]}

Hidden attributes and clustometa, which is clusto's own, are included. Number,
subkey and value are null where there is none. The datatype is int, string,
datetime, json or relation; a relation is the name of the entity it refers to, a
datetime is in UTC. Attributes are sorted by key, number, subkey and value, so
that two exports can be compared line by line. All is of one moment, whatever
others write meanwhile, and memory does not grow with the attributes.

--format csv prints a table instead, an entity a row: name, type, driver, the
containers it is in, and a column for each attribute that any entity has. What is
hidden is left out unless --columns asks for it. clusto import reads both.`,
		Example: `  clusto export > inventory.jsonl
  clusto export | jq -r 'select(.type == "server") | .name'
  clusto export --format csv --columns 'driver,parent,unit,system.*' > servers.csv
  clusto export --at 2026-11-20 > then.jsonl
  diff <(clusto export --dsn sqlite:///old.db) <(clusto export)`,
		Annotations:       exits(databaseExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name != formatJSONL && name != formatCSV {
				return clusto.WithHint(usagef("--format %s is not known", name), "use %s, %s", formatJSONL, formatCSV)
			}
			if columns != nil && name != formatCSV {
				return clusto.WithHint(usagef("only tables have columns"), "add --format csv")
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) (err error) {
				file, err := c.Export(ctx, client.ExportOptions{Format: api.ExportParamsFormat(name), Column: columns, At: atText(cmd)})
				if err != nil {
					return fmt.Errorf("export: %w", err)
				}
				defer func() { err = errors.Join(err, file.Close()) }()
				if _, err := io.Copy(r.Stdout, file); err != nil {
					return fmt.Errorf("export: %w", err)
				}
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&name, "format", formatJSONL, "how to print: jsonl, csv")
	flags.StringSliceVar(&columns, "columns", nil, "which columns of a table; * stands for any text")
	complete(cmd, "format", cobra.FixedCompletions([]string{formatJSONL, formatCSV}, cobra.ShellCompDirectiveNoFileComp))
	atFlag(cmd)
	return cmd
}
