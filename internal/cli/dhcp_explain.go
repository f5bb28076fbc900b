package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func dhcpExplainCommand(r *run) *cobra.Command {
	var want api.ExplainDhcpParams
	var six, asJSON bool
	var arch []string
	cmd := &cobra.Command{
		Use:   "explain [MAC|NAME]",
		Short: "say what a DHCP client would be told, and why",
		Long: `Says what a DHCP client would be told, step by step: who it is in the inventory,
which network it is in, which of its addresses belongs there, and which option
comes from which of its containers. What is missing is named, with the command
that puts it right. Nothing is sent.

The client is a MAC address in any spelling, or the name of a host, whose first
MAC address is meant. --relay says through which relay it asks, and so in which
network it is; --circuit-id and --remote-id, which are texts or 0x and hexadecimal
digits, what the relay tells about the port. Without a MAC address the client is
known by these alone.`,
		Example: `  clusto dhcp explain 00:16:3e:00:00:01
  clusto dhcp explain web1 --relay 10.0.0.1 --vendor-class PXEClient:Arch:00007 --arch 7
  clusto dhcp explain --relay 10.0.0.1 --circuit-id Eth1/7 --remote-id sw1
  clusto dhcp explain -6 --id 00030001020000000001 --link 2001:db8::1
  clusto dhcp explain web1 --json | jq -r '.options[] | "\(.name) \(.value)"'`,
		Annotations: exits(databaseExits, pastExits, []exit{
			{statusOK, "the client would get an answer"},
			{statusNotFound, "the name is unknown"},
			{statusFindings, "the client would get no answer"},
		}),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			want.At = atText(cmd)
			if six {
				want.Family = 6
			}
			for _, a := range arch {
				n, err := strconv.ParseUint(a, 10, 16)
				if err != nil {
					return usagef("--arch %s is not the number of an architecture, such as 7", a)
				}
				want.Arch = append(want.Arch, int(n))
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) (err error) {
				if len(args) > 0 {
					if want.Mac, err = macOf(ctx, c, args[0], want.At); err != nil {
						return err
					}
				}
				answer, err := c.ExplainDHCP(ctx, want)
				if err != nil {
					return err
				}
				if asJSON {
					err = writeJSON(r.Stdout, answer)
				} else {
					err = r.printExplanation(answer)
				}
				if err == nil && !answer.Answered {
					err = errUnanswered(answer.Reason)
				}
				return err
			})
		},
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
	}
	flags := cmd.Flags()
	flags.BoolVarP(&six, "ipv6", "6", false, "it asks by DHCPv6")
	flags.StringVar(&want.Relay, "relay", "", "the `ADDRESS` of the relay that it asks through")
	flags.StringVar(&want.Link, "link", "", "an `ADDRESS` of the network that it is in (default that of the relay)")
	flags.StringVar(&want.CircuitId, "circuit-id", "", "the circuit ID (DHCPv6: interface ID) that the relay tells")
	flags.StringVar(&want.RemoteId, "remote-id", "", "the remote ID that the relay tells")
	flags.StringVar(&want.VendorClass, "vendor-class", "", "its vendor class, such as PXEClient:Arch:00007")
	flags.StringVar(&want.UserClass, "user-class", "", "its user class, such as iPXE")
	flags.StringSliceVar(&arch, "arch", nil, "the number of its firmware's architecture, such as 7 for UEFI on x86-64")
	flags.StringVar(&want.Id, "id", "", "its client identifier or DUID, in hexadecimal digits")
	flags.StringVar(&want.Uuid, "uuid", "", "its machine identifier, in hexadecimal digits")
	flags.StringVar(&want.Hostname, "hostname", "", "the name that it gives itself")
	flags.StringVar(&want.Interface, "interface", "", "the interface of the server by which it asks")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	atFlag(cmd)
	return cmd
}

// macOf returns the MAC address that a text is, or the first that the entity of
// that name has.
func macOf(ctx context.Context, c *client.Client, text, at string) (string, error) {
	if mac, err := clusto.ParseMAC(text); err == nil {
		return mac.String(), nil
	}
	e, err := c.Entity(ctx, text, client.EntityOptions{Expand: []string{"attrs"}, At: at})
	if err != nil {
		return "", err
	}
	attrs := attrsOf(e)
	i := slices.IndexFunc(attrs, func(a attr) bool {
		_, err := clusto.ParseMAC(a.text())
		return err == nil && a.Subkey.Or("") == "mac"
	})
	if i < 0 {
		return "", clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s has no MAC address", text),
			"give it one: clusto port set %s nic-eth/1 mac=00:16:3e:00:00:01", text)
	}
	return attrs[i].text(), nil
}

func (r *run) printExplanation(e *api.DhcpExplanation) error {
	if err := r.printStory("", e.Steps); err != nil {
		return err
	}
	if !e.Answered {
		_, err := fmt.Fprintf(r.Stdout, "\n%s\n", r.colors().bad("no answer: "+e.Reason))
		return err
	}
	whom := e.Host
	if e.Controller {
		whom = "the management controller of " + whom
	}
	told := "its settings"
	if len(e.Addresses) > 0 {
		told = strings.Join(e.Addresses, ", ")
	}
	if _, err := fmt.Fprintf(r.Stdout, "\n%s is told %s, for %s\n", whom, told, lifeText(e.Lease)); err != nil {
		return err
	}
	t := newTable("OPTION", "NAME", "VALUE")
	for _, field := range []struct{ name, value string }{{"next server", e.NextServer}, {"server name", e.ServerName}, {"boot file", e.BootFile}} {
		if field.value != "" {
			t.add("", field.name, field.value)
		}
	}
	for _, o := range e.Options {
		t.add(strconv.Itoa(o.Code), o.Name, o.Value)
	}
	return r.print(t)
}

// endless is the number of seconds that stands for ever (RFC 2131 section 3.3).
const endless = 1<<32 - 1

func lifeText(seconds int64) string {
	if seconds >= endless {
		return "ever"
	}
	return (time.Duration(seconds) * time.Second).String()
}
