package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// portCommand is the commands about ports.
func portCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "port",
		Short: "list, connect and disconnect ports",
		Long: `A device has ports of some types, which count from 1. A port is written TYPE/PORT, such
as nic-eth/1, or with the name of an outlet, pwr-nema-5/aa3.`,
		Annotations: exits(databaseExits, changeExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(portListCommand(r), portConnectCommand(r), portDisconnectCommand(r), portTraceCommand(r), portSetCommand(r))
	return cmd
}

func portListCommand(r *run) *cobra.Command {
	var o api.ListPortsParams
	var free, connected, asJSON bool
	cmd := &cobra.Command{
		Use:   "list DEVICE",
		Short: "list the ports of a device",
		Long:  `Lists the ports of a device, what each is connected to, and what else is known of it.`,
		Example: `  clusto port list web7
  clusto port list --free --type nic-eth sw1
  clusto port list --json sw1 | jq '.ports[] | select(.peer)'`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              oneArg("DEVICE"),
		ValidArgsFunction: r.suggest(entitiesOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.At = atText(cmd)
			switch {
			case free && connected:
				return usagef("no port is both --free and --connected")
			case free:
				o.State = api.Free
			case connected:
				o.State = api.Connected
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				e, err := lookUp(ctx, c, args[0], o.At)
				if err != nil {
					return err
				}
				ports, err := c.Ports(ctx, e.Name, o)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, ports)
				}
				return r.printPorts(ports.Ports)
			})
		},
	}
	atFlag(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.Type, "type", "", "only ports of this type, such as nic-eth")
	flags.BoolVar(&free, "free", false, "only free ports")
	flags.BoolVar(&connected, "connected", false, "only connected ports")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	r.flagOf(cmd, "type", portTypesOf)
	return cmd
}

// printPorts prints ports for people.
func (r *run) printPorts(ports []api.Port) error {
	paints := r.colors()
	t := newTable("PORT", "CONNECTED TO", "ATTRIBUTES")
	for _, p := range ports {
		name := fmt.Sprintf("%s/%d", p.Type, p.Port)
		if p.Outlet != "" {
			name += " (" + p.Outlet + ")"
		}
		var attrs []string
		for _, key := range slices.Sorted(maps.Keys(p.Attrs)) {
			attrs = append(attrs, key+"="+argumentText(p.Attrs[key]))
		}
		if p.Peer == nil {
			t.add(name, "free", strings.Join(attrs, " "))
			t.paint(1, paints.good)
			continue
		}
		t.add(name, peerText(p.Peer), strings.Join(attrs, " "))
	}
	return r.print(t)
}

func portConnectCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "connect DEVICE TYPE/PORT OTHER [TYPE/]PORT...",
		Short: "connect ports by cables",
		Long: `Connects a port of a device with one of another by a cable; several cables may be
named one after the other, and all are connected or none. The type of the other port
may be left out: it is the same.`,
		Example: `  clusto port connect web7 nic-eth/1 sw1 nic-eth/12
  clusto port connect web7 pwr-nema-5/1 pdu1 aa3
  clusto port connect web7 nic-eth/1 sw1 12 web8 nic-eth/1 sw1 13`,
		Annotations: exits(databaseExits, changeExits),
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || len(args)%4 != 0 {
				return fmt.Errorf("%s takes DEVICE TYPE/PORT OTHER PORT for each cable, and got %s", cmd.CommandPath(), counted(len(args), "argument"))
			}
			return nil
		},
		ValidArgsFunction: r.suggestPorts(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				var ops []api.Operation
				var done []string
				for cable := range slices.Chunk(args, 4) {
					from, err := portOf(ctx, c, cable[0], cable[1], "")
					if err != nil {
						return err
					}
					to, err := portOf(ctx, c, cable[2], cable[3], from.Type)
					if err != nil {
						return err
					}
					ops = append(ops, api.Operation{Connect: &api.Connect{From: from, To: to}})
					done = append(done, portText(from)+" connected to "+portText(to))
				}
				return r.transact(ctx, c, &w, w.change(cmd, args...), nameList(done), ops...)
			})
		},
	}
	w.add(cmd)
	return cmd
}

// portOf returns a port of what a term stands for.
func portOf(ctx context.Context, c *client.Client, term, text, otherType string) (api.PortRef, error) {
	name, err := lookupName(ctx, c, term)
	if err != nil {
		return api.PortRef{}, err
	}
	return parsePort(name, text, otherType)
}

func portDisconnectCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "disconnect DEVICE TYPE/PORT...",
		Short: "take cables away",
		Long:  `Takes away the cables of ports of a device, from both ends; all or none.`,
		Example: `  clusto port disconnect web7 nic-eth/1
  clusto port disconnect --dry-run web7 nic-eth/1 nic-eth/2`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "DEVICE", "TYPE/PORT"),
		ValidArgsFunction: r.suggest(entitiesOf(), portsOf(api.Connected)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				var ops []api.Operation
				var done []string
				for _, text := range args[1:] {
					p, err := portOf(ctx, c, args[0], text, "")
					if err != nil {
						return err
					}
					ops = append(ops, api.Operation{Disconnect: &p})
					done = append(done, portText(p))
				}
				return r.transact(ctx, c, &w, w.change(cmd, args...), nameList(done)+" disconnected", ops...)
			})
		},
	}
	w.add(cmd)
	return cmd
}

func portTraceCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "trace DEVICE TYPE/PORT",
		Short: "follow a cable from end to end",
		Long: `Follows the cable of a port, and where it ends in a device that passes it through, such
as a patch panel, goes on behind it, to both ends: a line for each cable.`,
		Example:           `  clusto port trace web7 nic-eth/1`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              argumentCount(false, "DEVICE", "TYPE/PORT"),
		ValidArgsFunction: r.suggest(entitiesOf(), portsOf(api.Connected), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				p, err := portOf(ctx, c, args[0], args[1], "")
				if err != nil {
					return err
				}
				trace, err := c.Trace(ctx, p, atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, trace)
				}
				if len(trace.Cables) == 0 {
					fmt.Fprintf(r.Stderr, "%s is free\n", portText(p))
				}
				t := newTable("FROM", "TO")
				for _, cable := range trace.Cables {
					t.add(peerText(&cable.From), peerText(&cable.To))
				}
				return r.print(t)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func portSetCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "set DEVICE TYPE/PORT NAME=VALUE...",
		Short: "set what is known of a port",
		Long: `Sets attributes of a port, such as mac, vlan or osportname. NAME= without a value
deletes one.

` + valueHelp,
		Example: `  clusto port set web7 nic-eth/1 mac=00:11:22:33:44:55 osportname=eth0
  clusto port set sw1 nic-eth/12 vlan=442
  clusto port set sw1 nic-eth/12 vlan=`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "DEVICE", "TYPE/PORT", "NAME=VALUE"),
		ValidArgsFunction: r.suggest(entitiesOf(), portsOf(""), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			attrs := map[string]json.RawMessage{}
			for _, text := range args[2:] {
				key, value, ok := strings.Cut(text, "=")
				if !ok || key == "" {
					return clusto.WithHint(usagef("%q is not NAME=VALUE", text), "such as vlan=442; vlan= deletes it")
				}
				attrs[key] = json.RawMessage("null")
				if value == "" {
					continue
				}
				var err error
				if attrs[key], err = writtenArgument(value); err != nil {
					return err
				}
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				p, err := portOf(ctx, c, args[0], args[1], "")
				if err != nil {
					return err
				}
				return r.transact(ctx, c, &w, w.change(cmd, args[:2]...), portText(p)+" changed",
					api.Operation{SetPortAttrs: &api.SetPortAttrs{Port: p, Attrs: attrs}})
			})
		},
	}
	w.add(cmd)
	return cmd
}
