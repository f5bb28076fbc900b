package cli

import (
	"io"

	"github.com/spf13/cobra"
)

// Demo is what the flags say about the demonstration.
type Demo struct {
	Dir   string // where the database is made
	Once  bool   // end when all has been shown
	HTTP  string // where to serve the pages, HOST:PORT; "" is the first free port from 1162 on
	Out   io.Writer
	Width int // columns of the terminal
}

func demoCommand(r *run) *cobra.Command {
	var options Demo
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "see clusto at work, with a company to look around in",
		Long: `Shows the main job in an empty directory, without anything else running: makes a
database there, describes a datacenter with a rack, and lets a company grow in it:
two datacenters with some hundred servers, and three weeks of changes. Then the
receiver of SNMP traps is started on a free port of this machine, and an imitated
switch reports new machines over UDP. The servers are named, racked, cabled and
addressed by themselves, as you can see.

Afterwards it serves the web pages and the HTTP API until Ctrl-C, and prints the
address to open; the switch goes on reporting a machine every now and then. That is
at 127.0.0.1:1162, or at the next port that is free; --http names another. Whoever
can use this machine can read and change everything there. --once ends when all
has been shown, and serves nothing. The database stays.`,
		Example: `  mkdir try && cd try && clusto demo
  clusto demo --once --dir try`,
		Annotations: exits([]exit{
			{statusExists, "the directory has a database of the demonstration already"},
			{statusNotFound, "there is no such directory"},
			{statusReadOnly, "the directory cannot be written"},
			{statusUnavailable, "the disk is full, or no port can be opened"},
			{statusOK, "all was shown; or ended by Ctrl-C while it served"},
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
	cmd.Flags().StringVar(&options.HTTP, "http", "", "HOST:PORT to serve the pages on (default 127.0.0.1:1162 or the next free port)")
	cmd.Flags().BoolVar(&options.Once, "once", false, "end when all has been shown")
	return cmd
}
