package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert/jsonl"
)

func exportCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "print the whole inventory as JSON Lines",
		Long: `Prints every entity on a line of its own, as JSON, sorted by name:

  {"name": …, "type": …, "driver": …, "attrs": [
    {"key": …, "number": …, "subkey": …, "datatype": …, "value": …}, …]}

Hidden attributes and clustometa, which is clusto's own, are included. Number,
subkey and value are null where there is none. The datatype is int, string,
datetime, json or relation; a relation is the name of the entity it refers to, a
datetime is in UTC. Attributes are sorted by key, number, subkey and value, so
that two exports can be compared line by line. All is of one moment, whatever
others write meanwhile, and memory does not grow with the attributes.`,
		Example: `  clusto export > inventory.jsonl
  clusto export | jq -r 'select(.type == "server") | .name'
  clusto export --at 2026-11-20 > then.jsonl
  diff <(clusto export --dsn sqlite:///old.db) <(clusto export)`,
		Annotations:       exits(databaseExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.view(cmd, func(ctx context.Context, inv *clusto.Inventory) error {
				if err := jsonl.Export(ctx, inv, r.Stdout); err != nil {
					return fmt.Errorf("export: %w", err)
				}
				return nil
			})
		},
	}
	atFlag(cmd)
	return cmd
}
