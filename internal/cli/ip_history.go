package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func ipHistoryCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "history ADDRESS",
		Short: "show who has an address, and who had it before",
		Long: `Shows who has an address and who had it before, the latest first: from which version to
which, and by whom it was given and taken away. What managers gave is known as far as the
history goes back; an address that was written by hand is known while somebody has it.`,
		Example: `  clusto ip history 192.0.2.17
  clusto ip history --json 2001:db8::1 | jq -r '.holdings[].entity'`,
		Annotations:       exits(databaseExits, serverExits, []exit{{statusInvalid, "it is not an address"}}),
		Args:              oneArg("ADDRESS"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				past, err := c.AddressHistory(ctx, args[0], atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, past)
				}
				return r.printHoldings(past)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// printHoldings prints who had an address for people.
func (r *run) printHoldings(past *api.AddressHistory) error {
	if len(past.Holdings) == 0 {
		fmt.Fprintf(r.Stdout, "nobody has or had %s\n", past.Address)
		return nil
	}
	t := newTable("OF", "FROM", "GIVEN", "BY", "TO", "TAKEN", "BY", "MANAGER")
	for _, x := range past.Holdings {
		name := x.Entity
		if x.Now != "" && x.Now != name {
			name += " (now " + x.Now + ")"
		}
		from, given, by := versionCells(x.From)
		to, taken, takenBy := "", "", ""
		if x.To != nil {
			to, taken, takenBy = versionCells(*x.To)
		}
		t.add(name, from, given, by, to, taken, takenBy, x.Manager)
	}
	if err := r.print(t); err != nil || !past.More {
		return err
	}
	fmt.Fprintln(r.Stderr, "there were more, longer ago")
	return nil
}

// versionCells returns a version, its time and who made it, for a table.
func versionCells(v clusto.VersionInfo) (number, at, user string) {
	if !v.Time.IsZero() {
		at = localTime(v.Time)
	}
	return strconv.FormatInt(int64(v.Version), 10), at, v.User
}
