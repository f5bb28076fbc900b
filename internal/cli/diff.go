package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func diffCommand(r *run) *cobra.Command {
	var asJSON, inWords bool
	cmd := &cobra.Command{
		Use:   "diff FROM TO [NAME]",
		Short: "show what is different between two versions",
		Long: `Shows what is different at the version TO from what was at FROM: + is new, - is
gone, ~ is different. What was changed and changed back in between is no
difference. With a name only what is different about that: it itself, its
attributes, and what others have of it.

FROM and TO are versions or times; "live" is now. With --words it tells thing by thing
what was moved, connected and allocated, in place of the attributes that say so.`,
		Example: `  clusto diff 100 120
  clusto diff yesterday live
  clusto diff "2 days ago" live web7
  clusto diff --json 120~1 120`,
		Annotations: exits(databaseExits, pastExits, []exit{{statusNotFound, "nothing is or was called so"}}),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 || len(args) > 3 {
				return fmt.Errorf("%s takes FROM, TO and perhaps a NAME, and got %d arguments", cmd.CommandPath(), len(args))
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) < 2 {
				return r.completeVersions(0)(cmd, args, word)
			}
			return r.completeEntities(clusto.Match{}, 3)(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				if inWords && !asJSON {
					told, err := toldInFull(ctx, c, api.TellDiffParams{From: moment(args[0]), To: moment(args[1]), About: args[2:]})
					if err != nil {
						return err
					}
					return told.WriteText(r.Stdout)
				}
				d, err := c.Diff(ctx, api.DiffParams{From: moment(args[0]), To: moment(args[1]), About: args[2:]})
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, d)
				}
				return d.WriteText(r.Stdout)
			})
		},
	}
	cmd.Flags().BoolVar(&inWords, "words", false, "tell it in words")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
