package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// shownOutcomes is how many outcomes are shown unless asked for more.
const shownOutcomes = 100

func trapsCommand(r *run) *cobra.Command {
	var watch, asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "traps",
		Short: "show what came of the traps of switches",
		Long: `Shows what the trap daemon of a server did lately, the latest last: what it made, and
what it dropped and why, with how often; then its counts since it started. What
changed nothing is only counted. The DSN must be the address of a server that runs
"clusto serve --snmptrap", and who asks must be an administrator.

--watch shows what comes from now on, until it is interrupted.`,
		Example: `  clusto traps --dsn https://clusto.example.com
  clusto traps --watch
  clusto traps --json | jq -r '.outcomes[] | select(.reason == "unknown switch") | .source'`,
		Annotations: exits(databaseExits, []exit{
			{statusOK, "or ended by SIGINT or SIGTERM"},
			{statusUnsupported, "the server receives no traps, or the DSN names a database"},
			{statusDenied, "only an administrator may see it"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("-n %d is less than one", limit)
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				if watch {
					return r.watchTraps(ctx, c, asJSON)
				}
				report, err := c.Traps(ctx, limit)
				switch {
				case err != nil:
					return err
				case asJSON:
					return writeJSON(r.Stdout, report)
				}
				return r.printTraps(report)
			})
		},
	}
	flags := cmd.Flags()
	flags.BoolVarP(&watch, "watch", "w", false, "show what comes from now on")
	flags.IntVarP(&limit, "limit", "n", shownOutcomes, "at most so many outcomes, up to 1000")
	flags.BoolVar(&asJSON, "json", false, "print JSON; with --watch a line for each outcome")
	return cmd
}

// watchTraps shows what comes of traps until ctx ends.
func (r *run) watchTraps(ctx context.Context, c *client.Client, asJSON bool) error {
	out := json.NewEncoder(r.Stdout)
	for e, err := range c.WatchTraps(ctx) {
		switch {
		case ctx.Err() != nil:
			return nil // which is how watching ends
		case err != nil:
			return err
		case e.Missed > 0:
			fmt.Fprintf(r.Stderr, "%d outcomes came too fast to be shown\n", e.Missed)
			continue
		case e.Outcome == "":
			fmt.Fprintln(r.Stderr, "watching; Ctrl-C ends it")
			continue
		case asJSON:
			err = out.Encode(&e.TrapOutcome)
		default:
			_, err = fmt.Fprintln(r.Stdout, e.At.Local().Format("15:04:05.000")+"  "+outcomeText(&e.TrapOutcome))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// printTraps prints a report, the latest outcome last.
func (r *run) printTraps(report *api.TrapReport) error {
	if !report.On {
		_, err := fmt.Fprintln(r.Stdout, "this server receives no traps; clusto serve --snmptrap HOST:PORT switches that on")
		return err
	}
	var b strings.Builder
	for i := len(report.Outcomes) - 1; i >= 0; i-- {
		o := &report.Outcomes[i]
		b.WriteString(localTime(o.At) + "  " + outcomeText(o) + "\n")
		if o.Hint != "" {
			b.WriteString(strings.Repeat(" ", 21) + "-> " + o.Hint + "\n")
		}
	}
	n := report.Counts
	fmt.Fprintf(&b, "%d traps on %s since %s: %d created, %d racked, %d recorded, %d unchanged\n",
		n.Traps, report.Listen, localTime(*report.Since), n.Created, n.Racked, n.Recorded, n.Unchanged)
	for _, d := range report.Dropped {
		fmt.Fprintf(&b, "%d dropped: %s\n", d.Count, d.Reason)
	}
	_, err := r.Stdout.Write([]byte(b.String()))
	return err
}

// outcomeText says what came of a trap.
func outcomeText(o *api.TrapOutcome) string {
	from := o.Source
	if o.Switch != "" {
		from = o.Switch + " (" + o.Source + ")"
	}
	if o.Port != 0 {
		from += fmt.Sprintf(" port %d vlan %d %s", o.Port, o.Vlan, o.Mac)
	}
	text := from + ": " + string(o.Outcome)
	switch o.Outcome {
	case api.TrapDropped:
		text += ", " + o.Reason
		if o.Detail != "" {
			text += ": " + o.Detail
		}
		if o.Count > 1 {
			text += fmt.Sprintf(" (%d times)", o.Count)
		}
		return text
	case api.TrapCreated:
		text += fmt.Sprintf(" %s, a %s in %s", o.Entity, o.Driver, o.Rack)
	case api.TrapRacked:
		text += " " + o.Entity + " in " + o.Rack
	default:
		text += " at " + o.Entity
	}
	if o.Address != "" {
		text += ", " + o.Address
	}
	if o.Note != "" {
		text += " (" + o.Note + ")"
	}
	return text
}
