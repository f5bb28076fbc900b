package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func redactCommand(r *run) *cobra.Command {
	var flags changeFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   "redact NAME KEY[.SUBKEY]",
		Short: "take a secret out of the history",
		Long: `Replaces the old values of an attribute by ` + clusto.RedactedValue + ` wherever the history has them, of
what is and of what was called so, and in the descriptions of the versions that set
or removed them. This cannot be undone. That it was done, by whom and why, is a
version of its own.

The value that the attribute has now stays: change or delete it first. Backups,
exports and replicas of the database are not touched.`,
		Example: `  clusto redact web7 password
  clusto redact --dry-run web7 password
  clusto redact web7 ipmi.password --yes -m "leaked in a ticket"`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "nothing is or was called so, or it has no old values of that key"},
			{statusUnsupported, "the database keeps no history"},
		}),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("%s takes a NAME and a KEY, and got %d arguments", cmd.CommandPath(), len(args))
			}
			return nil
		},
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, attr := args[0], args[1]
			if !yes && !flags.dryRun {
				if err := r.confirm(fmt.Sprintf("Take the old values of %s of %s out of the history for ever?", attr, name)); err != nil {
					return err
				}
			}
			return r.redact(cmd, flags, name, attr)
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// redact takes the old values of an attribute of what is or was called name out
// of the history.
func (r *run) redact(cmd *cobra.Command, flags changeFlags, name, attr string) error {
	what := api.Redact{Entity: name}
	key, subkey, found := strings.Cut(attr, ".")
	if what.Key = key; found {
		what.Subkey = &subkey
	}
	return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
		done, err := c.Redact(ctx, what, client.Change{
			Description: cmp.Or(flags.message, fmt.Sprintf("redact %s of %s", attr, name)), DryRun: flags.dryRun,
		})
		if err != nil {
			return err
		}
		for _, result := range done.Results {
			what := fmt.Sprintf("%s of %s of %s", counted(result.Count, "old value"), attr, name)
			if done.DryRun {
				fmt.Fprintf(r.Stdout, "%s would be taken out of the history\n", what)
				continue
			}
			fmt.Fprintf(r.Stdout, "%s taken out of the history\nversion %d\n", what, done.Version)
			for _, note := range result.Notes {
				fmt.Fprintln(r.Stdout, note)
			}
		}
		return nil
	})
}
