package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/history"
)

func showCommand(r *run) *cobra.Command {
	var asJSON, inWords bool
	cmd := &cobra.Command{
		Use:   "show VERSION",
		Short: "show what a version changed",
		Long: `Shows one version: who made it, when and why, and all that it changed. What is new
is marked with +, what is gone with -, what is different with ~. Names are those
that things had then.

The version is a number, or "live" for the newest; a time names the newest version
that was there then, and 120~1 the one before 120.

With --words it tells thing by thing what was moved, connected and allocated, in
place of the attributes that say so.`,
		Example: `  clusto show 120
  clusto show live
  clusto show "2026-11-20 14:00"
  clusto show --words 120
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
				if inWords {
					told, err := toldInFull(ctx, c, api.TellDiffParams{To: versionText(shown.Version)})
					if err != nil {
						return err
					}
					shown.Diff = &history.Diff{}
					if err := shown.WriteText(r.Stdout, time.Local); err != nil {
						return err
					}
					return told.WriteText(r.Stdout)
				}
				return shown.WriteText(r.Stdout, time.Local)
			})
		},
	}
	cmd.Flags().BoolVar(&inWords, "words", false, "tell it in words")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// toldInFull asks for all pages of what is different, in words.
func toldInFull(ctx context.Context, c *client.Client, want api.TellDiffParams) (*history.Telling, error) {
	want.Limit = 1000
	told := &history.Telling{}
	for {
		page, err := c.TellPage(ctx, want)
		if err != nil {
			return nil, err
		}
		told.Things, told.Redacted = append(told.Things, page.Things...), append(told.Redacted, page.Redacted...)
		if page.Next == "" {
			return told, nil
		}
		want.Cursor = page.Next
	}
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
