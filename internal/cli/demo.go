package cli

import (
	"io"

	"github.com/spf13/cobra"
)

// Demo is what the flags say about the demonstration.
type Demo struct {
	Dir   string // where the database is made
	Once  bool   // end when all has been shown
	Out   io.Writer
	Width int // columns of the terminal
}

func demoCommand(r *run) *cobra.Command {
	var options Demo
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "see new servers put themselves into a rack",
		Long: `Shows the main job in an empty directory, without anything else running: makes a
database there, describes a datacenter with a rack, starts the receiver of SNMP
traps on a free port of this machine, and lets an imitated switch report new
machines over UDP. The servers are named, racked, cabled and addressed by
themselves, as you can see.

Afterwards it goes on listening until Ctrl-C, so that you can look around with
clusto's other commands; --once ends it. The database stays.`,
		Example: `  mkdir try && cd try && clusto demo
  clusto demo --once --dir try`,
		Annotations: exits([]exit{
			{statusExists, "the directory has a database of the demonstration already"},
			{statusNotFound, "there is no such directory"},
			{statusReadOnly, "the directory cannot be written"},
			{statusUnavailable, "the disk is full, or no port can be opened"},
			{statusInterrupted, "interrupted before it had shown all"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options.Out, options.Width = r.Stdout, r.terminalWidth()
			return r.RunDemo(cmd.Context(), options)
		},
	}
	cmd.Flags().StringVar(&options.Dir, "dir", ".", "where to make the database")
	cmd.Flags().BoolVar(&options.Once, "once", false, "end when all has been shown")
	return cmd
}
