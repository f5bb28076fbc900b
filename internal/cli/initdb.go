package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/client"
)

// InitReport is what InitDB did.
type InitReport struct {
	Where   string // names the database, without secrets
	Applied int    // migrations that were run
	// Doubled are names that more than one live entity has, which a database
	// of classic clusto may hold. All but the rule against them is in place.
	Doubled []string
}

func initdbCommand(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   "initdb",
		Short: "make a database, or bring one up to date",
		Long: `Makes the database that --dsn, CLUSTODSN or the configuration names. One that is
there, of classic clusto too, gets what it lacks: indexes and tables of our own.
Nothing in it is changed, classic scripts go on working beside us, and doing it
again does nothing.

If several entities of a classic database have one name, the database cannot
keep names unique by itself; these names are listed, and initdb should be run
again when they have been renamed.

Against a server it only asks whether the server's database is ready.`,
		Example: `  clusto initdb --dsn sqlite:///clusto.db
  CLUSTODSN=sqlite:////var/lib/clusto/clusto.db clusto initdb`,
		Annotations: exits(databaseExits, []exit{
			{statusNotFound, "the directory for the database does not exist"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := r.needDSN()
			if err != nil {
				return err
			}
			if s.IsServer() {
				return r.serverReady(cmd)
			}
			report, err := r.InitDB(cmd.Context(), s.Database())
			if err != nil {
				return err
			}
			return r.printInit(report)
		},
	}
}

// serverReady says that the database of a server is ready, which the server sees to
// itself.
func (r *run) serverReady(cmd *cobra.Command) error {
	return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
		info, err := c.Check(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(r.Stdout, "the %s database of %s is ready\n", info.Database, c.URL())
		return err
	})
}

func (r *run) printInit(report InitReport) error {
	did := "is up to date already"
	if report.Applied > 0 {
		did = "is ready"
	}
	if _, err := fmt.Fprintf(r.Stdout, "%s %s\n", report.Where, did); err != nil {
		return err
	}
	for _, name := range report.Doubled {
		fmt.Fprintf(r.Stderr, "clusto: several entities are called %q; rename all but one and run initdb again\n", name)
	}
	return nil
}
