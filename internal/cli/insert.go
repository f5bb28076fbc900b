package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func insertCommand(r *run) *cobra.Command {
	var w writeFlags
	var unit, side string
	cmd := &cobra.Command{
		Use:   "insert CONTAINER THING...",
		Short: "put things into a container",
		Long: `Puts one thing or several into a container: a datacenter, a cage, a rack, a pool; all
or none. In a rack each goes into a unit, which --unit names: a device of several
units takes those above as well, and of several devices each stands on the one before
it. One that takes half the width of its units goes to a --side of them, as seen from the
front, and one that takes no unit hangs at a --side of the rack.`,
		Example: `  clusto insert sv3-001 web7 --unit 7
  clusto insert sv3-001 web7 web8 web9 --unit 7
  clusto insert sv3-001 node1 --unit 7 --side left
  clusto insert sv3-001 pdu1 --side right
  clusto insert eqix-sv3 sv3-001 sv3-002
  clusto insert --dry-run sv3-001:7 web7`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "CONTAINER", "THING"),
		ValidArgsFunction: r.suggest(entitiesOf(), entitiesOf()),
		RunE: func(cmd *cobra.Command, args []string) error {
			place := parsePlace(args[0])
			if unit != "" {
				units, err := parseUnits(unit)
				if err != nil {
					return err
				}
				place = api.NewPlace{Container: args[0], RackUnits: units}
			}
			if at, err := clusto.ParseSide(side); err != nil {
				return err
			} else if at != "" {
				place.Side = api.RackSide(at)
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				ops, names, err := insertions(ctx, c, &place, args[1:])
				if err != nil {
					return err
				}
				return r.transact(ctx, c, &w, w.change(cmd, args...), nameList(names)+" put into "+place.Container, ops...)
			})
		},
	}
	w.add(cmd)
	cmd.Flags().StringVarP(&unit, "unit", "u", "", "in a rack: the unit, or the units: 7, 7-9")
	cmd.Flags().StringVar(&side, "side", "", "in a rack: left or right, as seen from the front")
	return cmd
}

// insertions returns what puts things into a container. Of several devices in a rack each
// gets as many units as its driver has, from the first unit on.
func insertions(ctx context.Context, c *client.Client, place *api.NewPlace, terms []string) ([]api.Operation, []string, error) {
	container, err := lookupName(ctx, c, place.Container)
	if err != nil {
		return nil, nil, err
	}
	place.Container = container
	names, err := lookupAll(ctx, c, terms)
	if err != nil {
		return nil, nil, err
	}
	if len(place.RackUnits) > 1 && len(names) > 1 {
		return nil, nil, clusto.WithHint(usagef("%s are units for one device, not for %d", unitsText(place.RackUnits), len(names)),
			"name the first unit, and they stand one above the other")
	}
	var ops []api.Operation
	units := place.RackUnits
	for _, name := range names {
		ops = append(ops, api.Operation{Insert: &api.Insert{Entity: name, Container: container, RackUnits: units, Side: place.Side}})
		if len(units) == 1 && len(names) > 1 {
			height, err := heightOf(ctx, c, name)
			if err != nil {
				return nil, nil, err
			}
			units = api.RackUnits{units[0] + height}
		}
	}
	return ops, names, nil
}

// heightOf returns how many rack units a device takes. Of one that does not exist that is
// one: the transaction says what is wrong.
func heightOf(ctx context.Context, c *client.Client, name string) (int, error) {
	e, err := c.Entity(ctx, name, client.EntityOptions{Fields: []string{"driver"}})
	if clusto.KindOf(err) == clusto.ErrNotFound {
		return 1, nil
	}
	if err != nil {
		return 0, err
	}
	d, err := c.Driver(ctx, e.Driver)
	if err != nil {
		return 0, err
	}
	return max(1, d.RackUnits), nil
}

func removeCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "remove CONTAINER THING...",
		Short: "take things out of a container",
		Long:  `Takes one thing or several out of a container, all or none. They stay in the inventory.`,
		Example: `  clusto remove sv3-001 web7
  clusto remove --dry-run web web7 web8`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "CONTAINER", "THING"),
		ValidArgsFunction: r.suggest(entitiesOf(), contentsOf),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				container, err := lookupName(ctx, c, args[0])
				if err != nil {
					return err
				}
				names, err := lookupAll(ctx, c, args[1:])
				if err != nil {
					return err
				}
				var ops []api.Operation
				for _, name := range names {
					ops = append(ops, api.Operation{Remove: &api.Remove{Entity: name, Container: container}})
				}
				return r.transact(ctx, c, &w, w.change(cmd, args...), nameList(names)+" taken out of "+container, ops...)
			})
		},
	}
	w.add(cmd)
	return cmd
}
