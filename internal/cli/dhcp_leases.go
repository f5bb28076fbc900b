package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// shownLeases is how many clients are shown unless asked for more.
const shownLeases = 100

func dhcpLeasesCommand(r *run) *cobra.Command {
	want := client.LeaseFilter{}
	var strangers, known, asJSON bool
	cmd := &cobra.Command{
		Use:   "leases",
		Short: "list the DHCP clients that have asked, the latest first",
		Long: `Lists the DHCP clients that have asked, with what they sent last and what they were
told: a line for each client, the latest first. Strangers are those that nothing
in the inventory is known by. What is kept is a minute old at most.`,
		Example: `  clusto dhcp leases
  clusto dhcp leases --strangers --since "1h ago"
  clusto dhcp leases --host web1 --json`,
		Annotations:       exits(databaseExits, []exit{{statusNotFound, "the name is unknown"}}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case strangers && known:
				return usagef("--strangers and --known leave nothing")
			case want.Limit < 1:
				return usagef("-n %d is less than one", want.Limit)
			case strangers:
				want.Only = api.Strangers
			case known:
				want.Only = api.Known
			}
			want.Since = moment(want.Since)
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				found, err := c.Leases(ctx, want)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, found.Leases)
				}
				return r.printLeases(found, want.Limit)
			})
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&strangers, "strangers", false, "only clients that are nothing in the inventory")
	flags.BoolVar(&known, "known", false, "only clients that are something in the inventory")
	flags.StringSliceVar(&want.Entity, "host", nil, "only what this `NAME` has asked, several if need be")
	flags.StringSliceVar(&want.Client, "client", nil, "only this client: a `MAC` address, or duid: or id: and hexadecimal digits")
	flags.StringVar(&want.Since, "since", "", "only those that have asked since this time")
	flags.IntVarP(&want.Limit, "limit", "n", shownLeases, "at most so many, up to 10000")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	complete(cmd, "host", r.completeEntities(clusto.Match{}, 0))
	return cmd
}

func (r *run) printLeases(found *api.LeaseList, limit int) error {
	t := newTable("SEEN", "HOST", "CLIENT", "SENT", "TOLD", "RELAY", "VENDOR CLASS")
	for _, l := range found.Leases {
		host := l.Entity
		if host == "" {
			host = "-"
		}
		t.add(localTime(l.At), host, l.Client, l.Message, toldText(&l), relayText(&l), l.Vendor)
	}
	if err := r.print(t); err != nil || !found.More {
		return err
	}
	_, err := fmt.Fprintf(r.Stderr, "there is more: -n %d shows twice as much\n", 2*limit)
	return err
}

// toldText says what a client was told.
func toldText(l *api.Lease) string {
	switch {
	case l.Outcome != "":
		return "nothing: " + l.Outcome
	case l.Address == "":
		return "settings"
	}
	return l.Address
}

// relayText says through which relay a client asked, and what that told about it.
func relayText(l *api.Lease) string {
	words := []string{}
	for _, word := range []string{l.Relay, l.Circuit, l.Remote} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

// seenText says when and how a host was seen last, "" for never.
func seenText(seen *[]api.Lease) string {
	if seen == nil || len(*seen) == 0 {
		return ""
	}
	l := &(*seen)[0]
	protocol := "DHCP"
	if l.Family == 6 {
		protocol = "DHCPv6"
	}
	text := fmt.Sprintf("%s, %s %s of %s, told %s", localTime(l.At), protocol, l.Message, l.Client, toldText(l))
	if via := relayText(l); via != "" {
		text += ", by relay " + via
	}
	return text
}
