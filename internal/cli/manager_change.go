package cli

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func managerCreateCommand(r *run) *cobra.Command {
	var w writeFlags
	var set []string
	var network, gateway string
	cmd := &cobra.Command{
		Use:   "create DRIVER NAME",
		Short: "make a resource manager",
		Long: `Makes a resource manager: an ipmanager with its network, which --network and --gateway
give, a simplenamemanager or simpleentitynamemanager with a basename and digits, a
simplenummanager with next and maxnum, or a plain resourcemanager.`,
		Example: `  clusto manager create ipmanager office --network 192.0.2.0/24 --gateway 192.0.2.1
  clusto manager create simpleentitynamemanager servernames --set basename=s --set digits=4
  clusto manager create simplenummanager vlans --set next=100 --set maxnum=199`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(false, "DRIVER", "NAME"),
		ValidArgsFunction: r.suggest(driversOf(managerType), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			properties, err := networkProperties(network, gateway)
			if err != nil {
				return err
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				d, err := c.Driver(ctx, args[0])
				if err != nil {
					return err
				}
				if d.Type != managerType {
					return otherType("the driver "+d.Name, "driver of the type "+d.Type, "driver of managers", "clusto manager create --help names some")
				}
				return r.create(ctx, c, &w, w.change(cmd, args...),
					newThings{driver: args[0], names: args[1:], set: append(properties, set...)})
			})
		},
	}
	w.add(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&set, "set", nil, "a property or an attribute: `KEY=VALUE`; may be given several times")
	flags.StringVar(&network, "network", "", "of an ipmanager: its network, such as 192.0.2.0/24 or 2001:db8::/64")
	flags.StringVar(&gateway, "gateway", "", "of an ipmanager: its gateway, which is not handed out")
	r.flagOf(cmd, "set", propertiesOf)
	return cmd
}

// networkProperties returns the properties of an ipmanager, as --set has them.
func networkProperties(network, gateway string) ([]string, error) {
	var set []string
	if network != "" {
		prefix, err := netip.ParsePrefix(network)
		if err != nil {
			return nil, clusto.WithHint(usagef("--network %s is not a network", network), "write it as 192.0.2.0/24 or 2001:db8::/64")
		}
		mask := "string:" + strconv.Itoa(prefix.Bits())
		if prefix.Addr().Is4() {
			mask = dottedMask(prefix.Bits())
		}
		set = append(set, "baseip=string:"+prefix.Masked().Addr().String(), "netmask="+mask)
	}
	if gateway != "" {
		if _, err := netip.ParseAddr(gateway); err != nil {
			return nil, usagef("--gateway %s is not an address", gateway)
		}
		set = append(set, "gateway=string:"+gateway)
	}
	return set, nil
}

// dottedMask returns the mask of an IPv4 network as classic clusto has it.
func dottedMask(bits int) string {
	mask := ^uint32(0) << (32 - bits)
	return netip.AddrFrom4([4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}).String()
}

func managerAllocateCommand(r *run) *cobra.Command {
	var w writeFlags
	a := api.Allocate{}
	cmd := &cobra.Command{
		Use:   "allocate MANAGER [ITEM]",
		Short: "have a manager hand something out",
		Long: `Hands out the next free resource of a manager to an entity, or the one that --resource
names. A manager of names of entities makes the entity: --driver says what.`,
		Example: `  clusto manager allocate office web7
  clusto manager allocate vlans web7 --resource 142
  clusto manager allocate servernames --driver penguinserver`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentRange(1, "MANAGER", "ITEM"),
		ValidArgsFunction: r.suggest(entitiesOf(managerType), entitiesOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.Manager = args[0]
			if (len(args) == 2) == (a.Driver != "") {
				return clusto.WithHint(usagef("%s needs either an ITEM or --driver", cmd.CommandPath()),
					"the ITEM gets the resource; the driver is that of an entity to make")
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				if a.Driver != "" {
					return r.allocateNew(ctx, c, &w, w.change(cmd, args...), a)
				}
				name, err := lookupName(ctx, c, args[1])
				if err != nil {
					return err
				}
				a.For = name
				return r.allocated(ctx, c, &w, w.change(cmd, args...), name, api.Operation{Allocate: &a})
			})
		},
	}
	w.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&a.Resource, "resource", "", "the wanted one; without it the next free one")
	flags.BoolVar(&a.Reserved, "reserved", false, "the wanted one may be reserved")
	flags.StringVar(&a.Driver, "driver", "", "of a manager of names of entities: the driver of what to make")
	r.flagOf(cmd, "driver", driversOf())
	return cmd
}

// allocateNew has a manager make an entity.
func (r *run) allocateNew(ctx context.Context, c *client.Client, w *writeFlags, ch client.Change, a api.Allocate) error {
	changed, err := c.Transact(ctx, api.Transaction{Operations: []api.Operation{{Allocate: &a}}}, ch)
	if err != nil {
		return err
	}
	name := ""
	if len(changed.Results) > 0 {
		name = changed.Results[0].Entity
	}
	return r.tell(r.Stdout, w, changed, name+" made")
}

func managerReleaseCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "release MANAGER ITEM [RESOURCE...]",
		Short: "give back what a manager handed out",
		Long: `Takes resources of a manager away from an entity; without a RESOURCE all that it has
from the manager, for which it asks before, unless --yes is given.`,
		Example: `  clusto manager release vlans web7 142
  clusto manager release --yes office web7`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "MANAGER", "ITEM"),
		ValidArgsFunction: r.suggest(entitiesOf(managerType), ownersOf, resourcesOf),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				name, err := lookupName(ctx, c, args[1])
				if err != nil {
					return err
				}
				resources := args[2:]
				if len(resources) == 0 {
					if err := w.agreed(r, "Take all that %s has from %s away?", name, args[0]); err != nil {
						return err
					}
					resources = []string{""}
				}
				var ops []api.Operation
				for _, resource := range resources {
					ops = append(ops, api.Operation{Deallocate: &api.Deallocate{Manager: args[0], Entity: name, Resource: resource}})
				}
				what := nameList(resources)
				if what == "" {
					what = "all of " + args[0]
				}
				return r.transact(ctx, c, &w, w.change(cmd, args...), what+" taken from "+name, ops...)
			})
		},
	}
	w.add(cmd)
	w.addYes(cmd)
	return cmd
}

// ownersOf suggests who has something from the manager that is the first argument.
func ownersOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	var names []string
	for a, err := range c.Allocations(ctx, before[0], client.AllocationFilter{}) {
		if err != nil {
			return nil, err
		}
		names = append(names, a.Entity)
	}
	return names, nil
}

// resourcesOf suggests what the second argument has from the manager that is the first.
func resourcesOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	var resources []string
	for a, err := range c.Allocations(ctx, before[0], client.AllocationFilter{}) {
		if err != nil {
			return nil, err
		}
		if a.Entity == before[1] {
			resources = append(resources, a.Resource)
		}
	}
	return resources, nil
}

func managerReserveCommand(r *run) *cobra.Command {
	var w writeFlags
	var reason string
	cmd := &cobra.Command{
		Use:   "reserve MANAGER FIRST [LAST]",
		Short: "keep resources of a manager from being handed out",
		Long: `Reserves a resource, those from the first to the last, or a network: they are handed out
only to who names them and says --reserved. Who has one already keeps it.`,
		Example: `  clusto manager reserve office 192.0.2.240 192.0.2.250 --reason printers
  clusto manager reserve office 192.0.2.16/28`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentRange(2, "MANAGER", "FIRST", "LAST"),
		ValidArgsFunction: r.suggest(entitiesOf(managerType), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				op := api.Reserve{Manager: args[0], First: args[1], Last: strings.Join(args[2:], ""), Reason: reason}
				return r.transact(ctx, c, &w, w.change(cmd, args...), strings.Join(args[1:], " to ")+" of "+args[0]+" reserved", api.Operation{Reserve: &op})
			})
		},
	}
	w.add(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "what for")
	return cmd
}

func managerUnreserveCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:               "unreserve MANAGER FIRST [LAST]",
		Short:             "end a reservation",
		Long:              `Ends a reservation, which is named as it was made; "clusto manager show" shows them.`,
		Example:           `  clusto manager unreserve office 192.0.2.240 192.0.2.250`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentRange(2, "MANAGER", "FIRST", "LAST"),
		ValidArgsFunction: r.suggest(entitiesOf(managerType), reservationsOf, nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				op := api.Unreserve{Manager: args[0], First: args[1], Last: strings.Join(args[2:], "")}
				return r.transact(ctx, c, &w, w.change(cmd, args...), strings.Join(args[1:], " to ")+" of "+args[0]+" not reserved any more", api.Operation{Unreserve: &op})
			})
		},
	}
	w.add(cmd)
	return cmd
}

// reservationsOf suggests the first resources of what the manager that is the first
// argument has reserved.
func reservationsOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	m, err := c.Manager(ctx, before[0], "")
	if err != nil {
		return nil, err
	}
	var words []string
	for _, x := range m.Reservations {
		words = append(words, x.First)
	}
	return words, nil
}
