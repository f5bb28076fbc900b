package cli

import (
	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

// ScriptChild is the command that the server starts to run scripts of a remote user.
const ScriptChild = "script-child"

// scriptChildCommand is hidden: nobody calls it by hand.
func scriptChildCommand(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   ScriptChild,
		Short: "run scripts for the server",
		Long: `Runs the scripts of one remote user. The server starts it, and tells it over
standard input which database to open, for whom, and what to run. It is of no use
in a shell: "clusto run" and "clusto shell" are.`,
		Hidden:            true,
		Annotations:       exits(),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return clusto.WithHint(r.ScriptChild(cmd.Context()), "the server calls this command; clusto shell and clusto run are for people")
		},
	}
}
