package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// managerType is the type of resource managers.
const managerType = "resourcemanager"

// managerCommand is the commands about resource managers.
func managerCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "manager",
		Short: "show resource managers, and have them hand out what they have",
		Long: `A resource manager hands out addresses of a network, names or numbers, and remembers
to whom.`,
		Annotations: exits(databaseExits, changeExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(managerListCommand(r), managerShowCommand(r), managerUtilizationCommand(r), managerFreeCommand(r),
		managerCreateCommand(r), managerAllocateCommand(r), managerReleaseCommand(r), managerReserveCommand(r), managerUnreserveCommand(r))
	return cmd
}

func managerListCommand(r *run) *cobra.Command {
	var drivers []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the resource managers",
		Long:  `Lists the resource managers, with their networks and policies.`,
		Example: `  clusto manager list
  clusto manager list --driver ipmanager --json`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Managers(ctx, api.ListManagersParams{Driver: drivers, At: atText(cmd)})
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, list)
				}
				t := newTable("NAME", "DRIVER", "NETWORK", "POLICY")
				for _, m := range list.Managers {
					t.add(m.Name, m.Driver, networkText(m), m.Policy)
				}
				return r.print(t)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().StringSliceVar(&drivers, "driver", nil, "only managers of this driver, such as ipmanager")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	r.flagOf(cmd, "driver", driversOf(managerType))
	return cmd
}

func networkText(m api.Manager) string {
	if m.Network == nil {
		return ""
	}
	return m.Network.Prefix
}

func managerUtilizationCommand(r *run) *cobra.Command {
	var drivers []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "utilization [MANAGER...]",
		Short: "show how much of managers is in use",
		Long: `Shows of all resource managers, or of some, how much they have, how much of it is used
and reserved, how much is free, and the part that is not, in percent.`,
		Example: `  clusto manager utilization
  clusto manager utilization office --json`,
		Annotations:       exits(databaseExits, serverExits, []exit{{statusInvalid, "one is not a manager"}}),
		ValidArgsFunction: r.suggest(entitiesOf(managerType)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				managers, err := managersWithUsage(ctx, c, args, api.ListManagersParams{Driver: drivers, Usage: true, At: atText(cmd)})
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, managers)
				}
				return r.printUtilization(managers)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().StringSliceVar(&drivers, "driver", nil, "only managers of this driver, such as ipmanager")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	r.flagOf(cmd, "driver", driversOf(managerType))
	return cmd
}

// managersWithUsage returns some managers, or all that o selects.
func managersWithUsage(ctx context.Context, c *client.Client, names []string, o api.ListManagersParams) ([]api.Manager, error) {
	if len(names) == 0 {
		list, err := c.Managers(ctx, o)
		if err != nil {
			return nil, err
		}
		return list.Managers, nil
	}
	var all []api.Manager
	for _, name := range names {
		m, err := c.Manager(ctx, name, o.At)
		if err != nil {
			return nil, err
		}
		all = append(all, *m)
	}
	return all, nil
}

func (r *run) printUtilization(managers []api.Manager) error {
	paints := r.colors()
	t := newTable("NAME", "NETWORK", "SIZE", "USED", "RESERVED", "FREE", "TAKEN")
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	for _, m := range managers {
		if m.Usage == nil {
			t.add(m.Name, networkText(m), "", "", "", "", "cannot be counted")
			continue
		}
		u := m.Usage
		taken, full := takenText(*u)
		t.add(m.Name, networkText(m), number(u.Size), number(u.Used), number(u.Reserved), number(u.Free), taken)
		switch {
		case full >= 95:
			t.paint(6, paints.bad)
		case full >= 80:
			t.paint(6, paints.busy)
		default:
			t.paint(6, paints.good)
		}
	}
	return r.print(t)
}

// takenText returns the part of a manager that is not free, in percent.
func takenText(u api.Usage) (string, int) {
	if u.Size <= 0 {
		return "", 0
	}
	full := 100 * (1 - float64(u.Free)/float64(u.Size))
	return strconv.FormatFloat(full, 'f', 1, 64) + " %", int(full)
}

func managerShowCommand(r *run) *cobra.Command {
	var asJSON, owners bool
	cmd := &cobra.Command{
		Use:   "show MANAGER",
		Short: "show a resource manager",
		Long: `Shows a resource manager: its properties, how much of it is in use, what is reserved,
and with --owners what is in use by whom.`,
		Example: `  clusto manager show office
  clusto manager show --owners office`,
		Annotations:       exits(databaseExits, serverExits, []exit{{statusInvalid, "it is not a manager"}}),
		Args:              oneArg("MANAGER"),
		ValidArgsFunction: r.suggest(entitiesOf(managerType), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				shown := shownManager{}
				m, err := c.Manager(ctx, args[0], atText(cmd))
				if err != nil {
					return err
				}
				shown.Manager = *m
				if owners {
					shown.Allocations = []api.Allocation{}
					for a, err := range c.Allocations(ctx, args[0], client.AllocationFilter{At: atText(cmd)}) {
						if err != nil {
							return err
						}
						shown.Allocations = append(shown.Allocations, a)
					}
				}
				if asJSON {
					return writeJSON(r.Stdout, shown)
				}
				return r.printManager(shown)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&owners, "owners", false, "also what is in use, by whom")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// shownManager is a manager, and what it handed out if that was asked for.
type shownManager struct {
	api.Manager
	Allocations []api.Allocation `json:"allocations,omitempty"`
}

func (r *run) printManager(m shownManager) error {
	var b strings.Builder
	row := func(name, value string) { fmt.Fprintf(&b, "%-12s %s\n", name, value) }
	row("name", m.Name)
	row("driver", m.Driver)
	if n := m.Network; n != nil {
		row("network", n.Prefix)
		for _, part := range [][2]string{{"netmask", n.Netmask}, {"gateway", n.Gateway}, {"broadcast", n.Broadcast}} {
			if part[1] != "" {
				row(part[0], part[1])
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(m.Properties)) {
		if key != "netmask" && key != "gateway" {
			row(key, argumentText(m.Properties[key]))
		}
	}
	if u := m.Usage; u != nil {
		taken, _ := takenText(*u)
		row("usage", fmt.Sprintf("%d of %d used, %d reserved, %d free (%s taken)", u.Used, u.Size, u.Reserved, u.Free, taken))
	}
	for _, x := range m.Reservations {
		text := x.Text
		if x.Reason != "" {
			text += " (" + x.Reason + ")"
		}
		row("reserved", text)
	}
	if _, err := r.Stdout.Write([]byte(b.String())); err != nil || m.Allocations == nil {
		return err
	}
	fmt.Fprintln(r.Stdout)
	t := newTable("RESOURCE", "ENTITY", "PORT")
	for _, a := range m.Allocations {
		t.add(a.Resource, a.Entity, a.OsPort)
	}
	return r.print(t)
}

func managerFreeCommand(r *run) *cobra.Command {
	var o api.ListFreeRangesParams
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "free MANAGER",
		Short: "list the free ranges of a manager",
		Long:  `Lists what a manager could hand out, as ranges in ascending order, with how many each has.`,
		Example: `  clusto manager free office
  clusto manager free office --from 192.0.2.128 --limit 5`,
		Annotations: exits(databaseExits, serverExits, []exit{
			{statusInvalid, "it is not a manager"},
			{statusUnsupported, "what it hands out has no order"},
		}),
		Args:              oneArg("MANAGER"),
		ValidArgsFunction: r.suggest(entitiesOf(managerType), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				o.At = atText(cmd)
				free, err := c.FreeRanges(ctx, args[0], o)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, free)
				}
				t := newTable("FIRST", "LAST", "SIZE")
				for _, f := range free.Ranges {
					t.add(f.First, f.Last, strconv.FormatInt(f.Size, 10))
				}
				if err := r.print(t); err != nil || !free.More {
					return err
				}
				fmt.Fprintf(r.Stderr, "there is more: --limit %d shows twice as many\n", 2*o.Limit)
				return nil
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().IntVar(&o.Limit, "limit", 100, "how many ranges")
	cmd.Flags().StringVar(&o.From, "from", "", "the resource to begin at")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
