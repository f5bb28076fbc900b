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

// ipCommand is the commands about addresses.
func ipCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ip",
		Short: "list addresses, give them and take them away",
		Long: `Addresses, IPv4 and IPv6, come from IP managers, each of which has a network. See also
"clusto manager".`,
		Annotations: exits(databaseExits, changeExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(ipListCommand(r), ipShowCommand(r), ipHistoryCommand(r), ipNextCommand(r), ipBindCommand(r), ipReleaseCommand(r))
	return cmd
}

func ipListCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list ITEM",
		Short: "list the addresses that something has",
		Long: `Lists the addresses that an entity has, in the order in which it got them, with their
manager and what the operating system calls the port.`,
		Example: `  clusto ip list web7
  clusto ip list --at yesterday web7`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              oneArg("ITEM"),
		ValidArgsFunction: r.suggest(entitiesOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				e, err := lookUp(ctx, c, args[0], atText(cmd))
				if err != nil {
					return err
				}
				addresses, err := c.Addresses(ctx, e.Name, atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, addresses)
				}
				t := newTable("ADDRESS", "NETWORK", "MANAGER", "PORT")
				for _, a := range addresses.Addresses {
					t.add(a.Address, a.Cidr, a.Manager, a.OsPort)
				}
				return r.print(t)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func ipShowCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ADDRESS",
		Short: "show who has an address, and whose it is",
		Long:  `Shows who has an address, to which managers it belongs, and whether it is reserved.`,
		Example: `  clusto ip show 192.0.2.17
  clusto ip show --json 2001:db8::1`,
		Annotations:       exits(databaseExits, serverExits, []exit{{statusInvalid, "it is not an address"}}),
		Args:              oneArg("ADDRESS"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				info, err := c.Address(ctx, args[0], atText(cmd))
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, info)
				}
				r.printAddress(info)
				return nil
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// printAddress prints what is known of an address for people.
func (r *run) printAddress(info *api.AddressInfo) {
	paints := r.colors()
	owner := paints.good("nobody")
	if len(info.Entities) > 0 {
		var names []string
		for _, e := range info.Entities {
			names = append(names, fmt.Sprintf("%s (%s)", e.Name, e.Type))
		}
		owner = paints.busy(strings.Join(names, ", "))
	}
	managers := "none"
	if len(info.Managers) > 0 {
		managers = strings.Join(info.Managers, ", ")
	}
	fmt.Fprintf(r.Stdout, "%-9s %s\n%-9s %s\n%-9s %s\n", "address", info.Address, "of", owner, "manager", managers)
	if info.Reserved != "" {
		fmt.Fprintf(r.Stdout, "%-9s %s\n", "reserved", info.Reserved)
	}
}

func ipNextCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "next MANAGER",
		Short: "show the lowest free address of a manager",
		Long: `Shows the lowest address that a manager has free, and takes nothing: who is sure to get
it binds it, which with the policy "next" may give another one.`,
		Example: `  clusto ip next office
  clusto ip bind web7 "$(clusto ip next office)"`,
		Annotations: exits(databaseExits, serverExits, []exit{
			{statusInvalid, "it is not a manager of addresses"},
			{statusExhausted, "the manager has nothing left"},
		}),
		Args:              oneArg("MANAGER"),
		ValidArgsFunction: r.suggest(entitiesOf(managerType), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				free, err := c.FreeRanges(ctx, args[0], api.ListFreeRangesParams{Limit: 1})
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, free)
				}
				if len(free.Ranges) == 0 {
					return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%s has nothing left", args[0]),
						"clusto manager show %s tells what is reserved", args[0])
				}
				fmt.Fprintln(r.Stdout, free.Ranges[0].First)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON: the first free range")
	return cmd
}

func ipBindCommand(r *run) *cobra.Command {
	var w writeFlags
	var b api.BindAddress
	cmd := &cobra.Command{
		Use:   "bind ITEM [ADDRESS]",
		Short: "give something an address",
		Long: `Gives an entity an address, or the next free one of a manager: of the one that
--manager names, else of the one that the attribute ipmanager of the entity or of its
containers refers to. --port says what the operating system calls the port.`,
		Example: `  clusto ip bind web7 192.0.2.17
  clusto ip bind web7 192.0.2.17 --port eth0
  clusto ip bind web7 --manager office
  clusto ip bind web7 --dry-run`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentRange(1, "ITEM", "ADDRESS"),
		ValidArgsFunction: r.suggest(entitiesOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				name, err := lookupName(ctx, c, args[0])
				if err != nil {
					return err
				}
				b.Entity, b.Address = name, strings.Join(args[1:], "")
				return r.allocated(ctx, c, &w, w.change(cmd, args...), name, api.Operation{Bind: &b})
			})
		},
	}
	w.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&b.Manager, "manager", "", "the manager that the address comes from")
	flags.StringVar(&b.OsPort, "port", "", "what the operating system calls the port, such as eth0")
	r.flagOf(cmd, "manager", entitiesOf(managerType))
	return cmd
}

// allocated has something handed out to an entity, and says what.
func (r *run) allocated(ctx context.Context, c *client.Client, w *writeFlags, ch client.Change, to string, op api.Operation) error {
	changed, err := c.Transact(ctx, api.Transaction{Operations: []api.Operation{op}}, ch)
	if err != nil {
		return err
	}
	done := to
	if len(changed.Results) > 0 && changed.Results[0].Resource != "" {
		done = changed.Results[0].Resource + " given to " + to
	}
	return r.tell(r.Stdout, w, changed, done)
}

func ipReleaseCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "release ITEM ADDRESS...",
		Short: "take addresses away from something",
		Long:  `Takes addresses away from an entity, all or none. They are free again.`,
		Example: `  clusto ip release web7 192.0.2.17
  clusto ip release --dry-run web7 192.0.2.17 192.0.2.18`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "ITEM", "ADDRESS"),
		ValidArgsFunction: r.suggest(entitiesOf(), addressesOf),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				name, err := lookupName(ctx, c, args[0])
				if err != nil {
					return err
				}
				var ops []api.Operation
				for _, address := range args[1:] {
					ops = append(ops, api.Operation{Release: &api.ReleaseAddress{Entity: name, Address: address}})
				}
				return r.transact(ctx, c, &w, w.change(cmd, args...), nameList(args[1:])+" taken from "+name, ops...)
			})
		},
	}
	w.add(cmd)
	return cmd
}
