package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/history"
)

func redactCommand(r *run) *cobra.Command {
	var message string
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
			if !yes {
				if err := r.confirm(fmt.Sprintf("Take the old values of %s of %s out of the history for ever?", attr, name)); err != nil {
					return err
				}
			}
			return r.redact(cmd, message, name, attr)
		},
	}
	cmd.Flags().StringVarP(&message, "message", "m", "", "why, for the log")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// redact takes the old values of an attribute of what is or was called name out
// of the history.
func (r *run) redact(cmd *cobra.Command, message, name, attr string) error {
	key, subkey, _ := strings.Cut(attr, ".")
	values, live := 0, false
	made, err := r.update(cmd, changeFlags{message: message}, fmt.Sprintf("redact %s of %s", attr, name), func(ctx context.Context, tx clusto.Tx) error {
		lives, err := history.Find(ctx, tx, name)
		if err != nil {
			return err
		}
		now := clusto.AttrMatch{Entities: history.IDs(lives), Key: clusto.Is(key)}
		if subkey != "" {
			now.Subkey = clusto.Is(subkey)
		}
		if _, live, err = clusto.First(tx.Attrs(ctx, now)); err != nil {
			return err
		}
		values, err = history.Redact(ctx, tx, now.Entities, key, subkey)
		if err != nil || values > 0 {
			return err
		}
		err = clusto.Errorf(clusto.ErrNotFound, "the history has no old value of %s of %s", attr, name)
		if live {
			return clusto.WithHint(err, "it has a value now: change or delete that, then redact what it was")
		}
		return err
	})
	if err != nil {
		return err
	}
	what := "old values"
	if values == 1 {
		what = "old value"
	}
	fmt.Fprintf(r.Stdout, "%d %s of %s of %s taken out of the history\nversion %d\n", values, what, attr, name, made)
	if live {
		fmt.Fprintf(r.Stdout, "what it has now stays\n")
	}
	return nil
}
