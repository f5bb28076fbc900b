package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func dhcpReplayCommand(r *run) *cobra.Command {
	var asJSON, why bool
	cmd := &cobra.Command{
		Use:   "replay FILE",
		Short: "say what recorded DHCP packets would be answered",
		Long: `Reads packets that tcpdump, Wireshark or "clusto dhcp watch --write" has recorded
(pcap or pcapng; - is standard input), and says what each request would be
answered, by the inventory of now or of another version. Nothing is sent, so what a
change does to real clients can be seen before and after it.`,
		Example: `  tcpdump -w boot.pcap port 67 or port 547
  clusto dhcp replay boot.pcap
  clusto dhcp replay boot.pcap --at yesterday --why`,
		Annotations: exits(databaseExits, pastExits, []exit{
			{statusNotFound, "there is no such file"},
			{statusInvalid, "the file is no recording"},
			{statusFindings, "a request would get no answer"},
		}),
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := r.Stdin
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if errors.Is(err, fs.ErrNotExist) {
					err = clusto.Errorf(clusto.ErrNotFound, "there is no file %s", args[0])
				}
				if err != nil {
					return err
				}
				defer f.Close()
				file = f
			}
			return r.replay(cmd, file, asJSON, why)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&why, "why", false, "also say of each how the decision was made")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	atFlag(cmd)
	return cmd
}

func (r *run) replay(cmd *cobra.Command, file io.Reader, asJSON, why bool) error {
	var answer *api.DhcpReplay
	err := r.ask(cmd, func(ctx context.Context, c *client.Client) (err error) {
		answer, err = c.ReplayDHCP(ctx, file, atText(cmd))
		return err
	})
	if err != nil {
		return err
	}
	unanswered := 0
	for i := range answer.Packets {
		p := &answer.Packets[i]
		if p.Reply == "" {
			unanswered++
		}
		if asJSON {
			continue
		}
		if err := r.printPacket(p); err != nil {
			return err
		}
		if err := r.printRecorded(p.Recorded); err != nil {
			return err
		}
		if why {
			if err := r.printStory("    ", p.Steps); err != nil {
				return err
			}
		}
	}
	if asJSON {
		err = writeJSON(r.Stdout, answer)
	} else {
		_, err = fmt.Fprintf(r.Stdout, "%s, %d without an answer\n", count(len(answer.Packets), "request", "requests"), unanswered)
	}
	if err == nil && unanswered > 0 {
		err = errUnanswered(fmt.Sprintf("%d requests", unanswered))
	}
	return err
}

// printRecorded prints what was answered then, where that is not the same as now.
func (r *run) printRecorded(then []api.DhcpRecorded) error {
	for _, a := range then {
		if len(a.Differences) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(r.Stdout, "    recorded was %s by %s, which differs:\n", a.Reply, a.Server); err != nil {
			return err
		}
		for _, d := range a.Differences {
			if _, err := fmt.Fprintf(r.Stdout, "      %s: %s, now %s\n", d.Field, cmp.Or(d.Recorded, "none"), cmp.Or(d.Ours, "none")); err != nil {
				return err
			}
		}
	}
	return nil
}
