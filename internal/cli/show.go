package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/client"
)

func showCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show VERSION",
		Short: "show what a version changed",
		Long: `Shows one version: who made it, when and why, and all that it changed. What is new
is marked with +, what is gone with -, what is different with ~. Names are those
that things had then.

The version is a number, or "live" for the newest; a time names the newest version
that was there then, and 120~1 the one before 120.`,
		Example: `  clusto show 120
  clusto show live
  clusto show "2026-11-20 14:00"
  clusto show --json 120`,
		Annotations:       exits(databaseExits, pastExits),
		Args:              oneArg("VERSION"),
		ValidArgsFunction: r.completeVersions(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				shown, err := c.Show(ctx, moment(args[0]))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, shown)
				}
				return shown.WriteText(r.Stdout, time.Local)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// versionsToComplete is how many of the newest versions are offered.
const versionsToComplete = 20

// completeVersions completes arguments, at most as many as limit says, with the
// newest versions. No limit is 0.
func (r *run) completeVersions(limit int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		const inThisOrder = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
		var words []string
		if limit > 0 && len(args) >= limit {
			return nil, inThisOrder
		}
		err := r.ask(cmd, func(ctx context.Context, c *client.Client) error {
			page, err := c.LogPage(ctx, client.LogFilter{Limit: versionsToComplete})
			if err != nil {
				return err
			}
			for _, v := range page.Versions {
				words = append(words, cobra.CompletionWithDesc(versionText(v.Version), firstLine(v.Description)))
			}
			return nil
		})
		if err != nil {
			return nil, inThisOrder
		}
		return words, inThisOrder
	}
}
