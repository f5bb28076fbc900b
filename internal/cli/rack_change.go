package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// rackType is the type of racks.
const rackType = "rack"

func rackListCommand(r *run) *cobra.Command {
	var in string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the racks",
		Long: `Lists the racks, with their layouts, what they are in, how many devices they have and
how many units those take.`,
		Example: `  clusto rack list
  clusto rack list --in eqix-sv3`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				racks := []api.RackSummary{}
				for rack, err := range c.Racks(ctx, in, atText(cmd)) {
					if err != nil {
						return err
					}
					racks = append(racks, rack)
				}
				if asJSON {
					return writeJSON(r.Stdout, racks)
				}
				return r.printRacks(racks)
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().StringVar(&in, "in", "", "only racks in this container, at any depth")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	r.flagOf(cmd, "in", entitiesOf())
	return cmd
}

func (r *run) printRacks(racks []api.RackSummary) error {
	t := newTable("NAME", "DRIVER", "LAYOUT", "IN", "DEVICES", "UNITS")
	for _, rack := range racks {
		taken := rack.Highest - rack.Lowest + 1 - rack.Free
		t.add(rack.Name, rack.Driver, rack.Layout, strings.Join(rack.In, ", "), strconv.Itoa(len(rack.Devices)), strconv.Itoa(taken))
	}
	return r.print(t)
}

// optional returns the list that a field has, if it was asked for.
func optional[T any](list *[]T) []T {
	if list == nil {
		return nil
	}
	return *list
}

func rackAddServerCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "add-server RACK SERVER SWITCHPORT",
		Short: "put a server where its switch port says",
		Long: `Puts a server into the place in a rack that belongs to a port of the rack's switch, and
connects its ports, as the layout of the rack has it. That is what happens by itself
to a server that the switch reports.`,
		Example: `  clusto rack add-server sv3-001 web7 12
  clusto rack add-server --dry-run sv3-001 web7 12`,
		Annotations: exits(databaseExits, changeExits, []exit{{statusNotFound, "the rack has no layout, or that knows no such port"}}),
		Args:        argumentCount(false, "RACK", "SERVER", "SWITCHPORT"),
		ValidArgsFunction: r.suggest(entitiesOf(rackType), entitiesOf("server"), func(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
			return slotsOf(ctx, c, before[0])
		}, nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			port, err := strconv.Atoi(args[2])
			if err != nil || port < 1 {
				return clusto.WithHint(usagef("%s is not the number of a switch port", args[2]), "they count from 1")
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				names, err := lookupAll(ctx, c, args[:2])
				if err != nil {
					return err
				}
				if len(names) != 2 {
					return usagef("%s is not a server and its rack at once", names[0])
				}
				op := api.AddServer{Rack: names[0], Server: names[1], SwitchPort: port}
				return r.layoutChange(ctx, c, &w, w.change(cmd, args...), names[1]+" put into "+names[0], api.Operation{AddServer: &op})
			})
		},
	}
	w.add(cmd)
	return cmd
}

// slotsOf returns the switch ports that the layout of a rack knows.
func slotsOf(ctx context.Context, c *client.Client, rack string) ([]string, error) {
	shown, err := c.Rack(ctx, rack, "")
	if err != nil {
		return nil, err
	}
	layout, err := c.Layout(ctx, shown.Layout)
	if err != nil {
		return nil, err
	}
	var ports []string
	for _, slot := range layout.Slots {
		ports = append(ports, strconv.Itoa(slot.SwitchPort))
	}
	return ports, nil
}

// layoutChange has a layout do something, and tells its notes as well.
func (r *run) layoutChange(ctx context.Context, c *client.Client, w *writeFlags, ch client.Change, done string, op api.Operation) error {
	changed, err := c.Transact(ctx, api.Transaction{Operations: []api.Operation{op}}, ch)
	if err != nil {
		return err
	}
	for _, result := range changed.Results {
		for _, note := range result.Notes {
			fmt.Fprintln(r.Stderr, note)
		}
	}
	return r.tell(r.Stdout, w, changed, done)
}

// rackLayoutCommand is the commands about layouts of racks.
func rackLayoutCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "layout",
		Short: "list, show and apply rack layouts",
		Long: `A layout says which devices a kind of rack has, how they are cabled, and which place
belongs to which switch port.`,
		Annotations: exits(databaseExits, changeExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(layoutListCommand(r), layoutShowCommand(r), rackPreviewCommand(r), layoutApplyCommand(r))
	return cmd
}

func layoutListCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "list",
		Short:             "list the rack layouts",
		Long:              `Lists the rack layouts that are known, and where they come from.`,
		Example:           `  clusto rack layout list`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Layouts(ctx)
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, list)
				}
				t := newTable("NAME", "RACK", "ORIGIN")
				for _, l := range list.Layouts {
					t.add(l.Name, l.Rack, l.Origin)
				}
				return r.print(t)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func layoutShowCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "show LAYOUT",
		Short:             "show a rack layout",
		Long:              `Shows the fixed devices of a rack layout, and which place belongs to which switch port.`,
		Example:           `  clusto rack layout show 201001`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              oneArg("LAYOUT"),
		ValidArgsFunction: r.suggest(layoutsKnown, nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				layout, err := c.Layout(ctx, args[0])
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, layout)
				}
				return r.printLayout(layout)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *run) printLayout(l *api.Layout) error {
	fmt.Fprintf(r.Stdout, "layout %s of racks with the driver %s (%s)\n\n", l.Name, l.Rack, l.Origin)
	devices := newTable("UNITS", "ROLE", "NAME", "DRIVER", "CABLES")
	for _, d := range l.Devices {
		devices.add(unitsText(d.Units), d.Role, d.Name, d.Driver, cablesText(d.Cables))
	}
	if err := r.print(devices); err != nil {
		return err
	}
	fmt.Fprintln(r.Stdout)
	slots := newTable("SWITCH PORT", "UNITS", "DRIVER", "OUTLETS", "CABLES")
	for _, s := range l.Slots {
		slots.add(strconv.Itoa(s.SwitchPort), unitsText(s.Units), s.Driver, strings.Join(s.Outlets, ", "), cablesText(s.Cables))
	}
	return r.print(slots)
}

func cablesText(cables []api.LayoutCable) string {
	var texts []string
	for _, c := range cables {
		texts = append(texts, fmt.Sprintf("%s/%d to %s %s", c.Type, c.Port, c.To, c.ToPort))
	}
	return strings.Join(texts, ", ")
}

func rackPreviewCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "preview RACK [LAYOUT]",
		Short: "show what applying its layout would do to a rack",
		Long: `Shows step by step what "clusto rack layout apply" would do to a rack, with its own layout
or another, and changes nothing.`,
		Example: `  clusto rack preview sv3-001
  clusto rack preview sv3-001 201001`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentRange(1, "RACK", "LAYOUT"),
		ValidArgsFunction: r.suggest(entitiesOf(rackType), layoutsKnown, nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				op := api.ApplyLayout{Rack: args[0], Layout: strings.Join(args[1:], "")}
				changed, err := c.ApplyLayout(ctx, op, client.Change{DryRun: true})
				if err != nil {
					return err
				}
				if asJSON {
					return writeJSON(r.Stdout, changed)
				}
				return r.printSteps(changed)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the API's answer: the steps, the differences")
	return cmd
}

// printSteps prints what a layout would do; of one that cannot say that, the
// differences.
func (r *run) printSteps(changed *api.Changed) error {
	steps := slices.Concat(changed.Results[0].Steps, changed.Results[0].Notes)
	if len(steps) == 0 {
		return r.tell(r.Stdout, &writeFlags{}, changed, "")
	}
	_, err := fmt.Fprintln(r.Stdout, strings.Join(steps, "\n"))
	return err
}

func layoutApplyCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "apply RACK [LAYOUT]",
		Short: "make the fixed devices of a rack and cable them",
		Long: `Makes the fixed devices of a rack, puts them into their units and connects their ports,
as its layout says. What is done already is left alone, so that it may be done again.
A LAYOUT becomes the attribute racklayout of the rack.`,
		Example: `  clusto rack layout apply sv3-001
  clusto rack layout apply sv3-002 201001 --dry-run`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentRange(1, "RACK", "LAYOUT"),
		ValidArgsFunction: r.suggest(entitiesOf(rackType), layoutsKnown, nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				op := api.ApplyLayout{Rack: args[0], Layout: strings.Join(args[1:], "")}
				return r.layoutChange(ctx, c, &w, w.change(cmd, args...), "layout of "+args[0]+" applied", api.Operation{ApplyLayout: &op})
			})
		},
	}
	w.add(cmd)
	return cmd
}
