package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// keptAttrs are the keys of the attributes that a server keeps when it is not used any more
// (classic: commands/deallocate.py), besides all those of ports: without them cables
// would have one end.
var keptAttrs = []string{"ip", "system", "memory", "disk", "processor"}

// deallocation is what "clusto deallocate" is asked for.
type deallocation struct {
	writeFlags
	pool             string
	keep             []string
	reboot, shutdown bool
}

func deallocateCommand(r *run) *cobra.Command {
	var d deallocation
	cmd := &cobra.Command{
		Use:   "deallocate SERVER...",
		Short: "put servers back into the pool of unused ones",
		Long: `Takes servers out of all their pools, deletes their attributes but those of the machine
itself (` + strings.Join(keptAttrs, ", ") + `, and of its ports), and puts them into the pool of
unused ones; all or none. It asks before, unless --yes is given.`,
		Example: `  clusto deallocate web7
  clusto deallocate --yes --keep-attrs owner,ticket web7 192.0.2.18
  clusto deallocate --pool spare --shutdown web7`,
		Annotations:       exits(databaseExits, changeExits, powerExits),
		Args:              someArgs("SERVER"),
		ValidArgsFunction: r.suggest(entitiesOf("server")),
		RunE: func(cmd *cobra.Command, args []string) error {
			if d.reboot && d.shutdown {
				return usagef("--reboot and --shutdown exclude each other")
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error { return d.run(ctx, r, cmd, c, args) })
		},
	}
	d.add(cmd)
	d.addYes(cmd, "force-yes")
	flags := cmd.Flags()
	flags.StringVar(&d.pool, "pool", unallocated, "the pool to put them into")
	flags.StringSliceVar(&d.keep, "keep-attrs", nil, "keys of more attributes to keep")
	flags.BoolVar(&d.reboot, "reboot", false, "then switch their power off and on again")
	flags.BoolVar(&d.shutdown, "shutdown", false, "then switch their power off")
	r.flagOf(cmd, "pool", entitiesOf(poolType))
	return cmd
}

// run puts servers back.
func (d *deallocation) run(ctx context.Context, r *run, cmd *cobra.Command, c *client.Client, terms []string) error {
	pool, err := findPool(ctx, c, d.pool)
	if err != nil {
		return err
	}
	var names []string
	for _, term := range terms {
		e, err := lookUp(ctx, c, term, "")
		if err != nil {
			return err
		}
		if e.Type != "server" {
			return otherType(e.Name, e.Type, "server", "clusto list --type server shows the servers")
		}
		if !slices.Contains(names, e.Name) {
			names = append(names, e.Name)
		}
	}
	var ops []api.Operation
	for _, name := range names {
		e, err := c.Entity(ctx, name, client.EntityOptions{Fields: []string{"attrs", "parents", "addresses"}})
		if err != nil {
			return err
		}
		if !d.json {
			fmt.Fprintln(r.Stdout, withAddressText(*e)) // as classic does
		}
		ops = append(ops, d.operations(*e, pool)...)
	}
	if err := d.agreed(r, "Deallocate %s?", nameList(names)); err != nil {
		return err
	}
	ch := d.change(cmd, names...)
	if len(ops) == 0 {
		err = r.tell(r.Stderr, &d.writeFlags, &api.Changed{DryRun: d.dryRun, Results: []api.OperationResult{}}, "")
	} else if changed, errChange := c.Transact(ctx, api.Transaction{Operations: ops}, ch); errChange != nil {
		return errChange
	} else {
		err = r.tell(r.Stderr, &d.writeFlags, changed, nameList(names)+" put into "+pool)
	}
	if err != nil {
		return err
	}
	return d.power(ctx, r, c, ch, names)
}

// power switches the power of servers that were put back, if that is wanted.
func (d *deallocation) power(ctx context.Context, r *run, c *client.Client, ch client.Change, names []string) error {
	switch {
	case d.reboot:
		return r.switchPower(ctx, c, &d.writeFlags, ch, api.Reboot, names)
	case d.shutdown:
		return r.switchPower(ctx, c, &d.writeFlags, ch, api.Off, names)
	}
	return nil
}

// withAddressText returns a server with its addresses, as classic prints it.
func withAddressText(e api.Entity) string {
	if addresses := addressTexts(e); len(addresses) > 0 {
		return e.Name + " >> " + strings.Join(addresses, " ")
	}
	return e.Name
}

// operations returns what puts a server back.
func (d *deallocation) operations(e api.Entity, pool string) []api.Operation {
	var ops []api.Operation
	inside := false
	for _, p := range optional(e.Parents) {
		switch {
		case p.Depth != 1 || p.Type != poolType:
		case p.Name == pool:
			inside = true
		default:
			ops = append(ops, api.Operation{Remove: &api.Remove{Entity: e.Name, Container: p.Name}})
		}
	}
	var keys []string
	for _, a := range optional(e.Attrs) {
		kept := slices.Contains(keptAttrs, a.Key) || slices.Contains(d.keep, a.Key) || strings.HasPrefix(a.Key, "port-")
		if !kept && !slices.Contains(keys, a.Key) {
			keys = append(keys, a.Key)
		}
	}
	for _, key := range keys {
		ops = append(ops, api.Operation{DeleteAttrs: &api.DeleteAttrs{Entity: e.Name, Key: key}})
	}
	if !inside {
		ops = append(ops, api.Operation{Insert: &api.Insert{Entity: e.Name, Container: pool}})
	}
	return ops
}
