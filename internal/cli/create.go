package cli

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func createCommand(r *run) *cobra.Command {
	var w writeFlags
	var set, in []string
	cmd := &cobra.Command{
		Use:   "create DRIVER NAME...",
		Short: "make entities",
		Long: `Makes one entity or several of a driver, all or none. --set gives each a property of
the driver, such as baseip, or any attribute, as KEY[.SUBKEY][#NUMBER]=VALUE; --in
puts each into a container, in a rack into the unit behind the colon.

` + valueHelp,
		Example: `  clusto create basicserver web7
  clusto create penguinserver web7 --set system.memory=16384 --in sv3-001:7
  clusto create ipmanager office --set baseip=192.0.2.0 --set netmask=255.255.255.0
  clusto create basicserver web8 web9 --in web --dry-run`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              argumentCount(true, "DRIVER", "NAME"),
		ValidArgsFunction: r.suggest(driversOf(), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.create(ctx, c, &w, w.change(cmd, args...), newThings{driver: args[0], names: args[1:], set: set, in: in})
			})
		},
	}
	w.add(cmd)
	cmd.Flags().StringArrayVar(&set, "set", nil, "a property or an attribute: `KEY=VALUE`; may be given several times")
	cmd.Flags().StringArrayVar(&in, "in", nil, "a container, perhaps with rack units: `CONTAINER[:UNIT]`; may be given several times")
	r.flagOf(cmd, "set", propertiesOf)
	r.flagOf(cmd, "in", entitiesOf())
	return cmd
}

// valueHelp says how values are written.
const valueHelp = `A value is written as it is: 442 is a number, vlan a text; string:442 is a text,
relation:web1 refers to an entity, datetime:2026-11-22, json:[1,2] and none: are the
others.`

// newThings are entities to make.
type newThings struct {
	driver  string
	names   []string
	set, in []string
}

// create makes entities.
func (r *run) create(ctx context.Context, c *client.Client, w *writeFlags, ch client.Change, things newThings) error {
	model, err := things.model(ctx, c)
	if err != nil {
		return err
	}
	var ops []api.Operation
	for _, name := range things.names {
		e := model
		e.Name = name
		ops = append(ops, api.Operation{Create: &e})
	}
	return r.transact(ctx, c, w, ch, nameList(things.names)+" made", ops...)
}

// model returns what the entities have in common.
func (n *newThings) model(ctx context.Context, c *client.Client) (api.CreateEntity, error) {
	e := api.CreateEntity{Driver: n.driver}
	d, err := c.Driver(ctx, n.driver)
	if err != nil {
		return e, err
	}
	for _, text := range n.set {
		a, err := parseAttr(text)
		if err != nil {
			return e, err
		}
		if isProperty := slices.ContainsFunc(d.Properties, func(p api.Property) bool { return p.Name == a.String() }); isProperty {
			if !a.hasValue {
				return e, clusto.WithHint(usagef("--set %s: the property has no value", text), "write --set %s=VALUE", text)
			}
			if e.Properties == nil {
				e.Properties = map[string]json.RawMessage{}
			}
			if e.Properties[a.key], err = writtenArgument(a.value); err != nil {
				return e, err
			}
			continue
		}
		attr, err := a.newAttr()
		if err != nil {
			return e, err
		}
		e.Attrs = append(e.Attrs, attr)
	}
	for _, text := range n.in {
		place := parsePlace(text)
		if place.Container, err = lookupName(ctx, c, place.Container); err != nil {
			return e, err
		}
		e.In = append(e.In, place)
	}
	return e, nil
}
