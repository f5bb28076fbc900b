package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

func listCommand(r *run) *cobra.Command {
	var types, drivers []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Aliases: []string{"list-all"},
		Short:   "list the names of entities",
		Long: `Lists the names of all entities, one on a line, sorted; --type and --driver limit
the list. Each may be given several times, and lists with commas are understood.`,
		Example: `  clusto list
  clusto list --type server
  clusto list --driver cisco4948,cisco2960
  clusto list --type rack --json`,
		Annotations: exits(databaseExits, []exit{{statusNotFound, "there is no such type or driver"}}),
		Args:        noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.view(cmd, func(ctx context.Context, inv *clusto.Inventory) error {
				entities, err := clusto.Collect(inv.Find(ctx, clusto.Match{Types: types, Drivers: drivers}))
				if err != nil {
					return err
				}
				if err := r.checkKnown(ctx, inv, entities, types, drivers); err != nil {
					return err
				}
				slices.SortFunc(entities, byName)
				return r.printList(entities, asJSON)
			})
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	atFlag(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&types, "type", nil, "only entities of this type, such as server or rack")
	flags.StringSliceVar(&drivers, "driver", nil, "only entities of this driver, such as basicserver")
	flags.BoolVar(&asJSON, "json", false, "print JSON: name, type and driver")
	complete(cmd, "type", r.completeWords(r.Drivers.Types, func(e clusto.Entity) string { return e.Type }))
	complete(cmd, "driver", r.completeWords(r.driverNames, func(e clusto.Entity) string { return e.Driver }))
	return cmd
}

func byName(a, b clusto.Entity) int {
	if a.Name < b.Name {
		return -1
	}
	return 1
}

// listed is an entity of the list as JSON has it.
type listed struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
}

func (r *run) printList(entities []clusto.Entity, asJSON bool) error {
	if asJSON {
		list := make([]listed, 0, len(entities))
		for _, e := range entities {
			list = append(list, listed{e.Name, e.Type, e.Driver})
		}
		return writeJSON(r.Stdout, list)
	}
	out := bufio.NewWriter(r.Stdout)
	for _, e := range entities {
		fmt.Fprintln(out, e.Name)
	}
	return out.Flush()
}

// driverNames returns the names of the drivers that are known.
func (r *run) driverNames() []string {
	var all []string
	for _, d := range r.Drivers.Drivers() {
		all = append(all, d.Name)
	}
	return all
}

// checkKnown returns ErrNotFound if one of types or drivers is neither that of
// a found entity nor a known one. A driver may come from the library, which is
// loaded only when something else is not enough to know.
func (r *run) checkKnown(ctx context.Context, inv *clusto.Inventory, found []clusto.Entity, types, drivers []string) error {
	var usedTypes, usedDrivers []string
	for _, e := range found {
		usedTypes, usedDrivers = append(usedTypes, e.Type), append(usedDrivers, e.Driver)
	}
	unknown := func() error {
		if err := known("type", types, append(usedTypes, r.Drivers.Types()...)); err != nil {
			return err
		}
		return known("driver", drivers, append(usedDrivers, r.driverNames()...))
	}
	if unknown() == nil {
		return nil
	}
	if err := r.LoadLibrary(ctx, *r.setting, r.store); err != nil {
		return err
	}
	for e, err := range inv.Find(ctx, clusto.Match{}) {
		if err != nil {
			return err
		}
		usedTypes, usedDrivers = append(usedTypes, e.Type), append(usedDrivers, e.Driver)
	}
	return unknown()
}

// known returns ErrNotFound if one of wanted is not among the words there are.
func known(what string, wanted, words []string) error {
	slices.Sort(words)
	words = slices.Compact(words)
	for _, w := range wanted {
		if !slices.Contains(words, w) {
			err := clusto.Errorf(clusto.ErrNotFound, "no %s is called %q", what, w)
			if hint := nearest.Question(nearest.Names(w, words)...); hint != "" {
				return clusto.WithHint(err, "%s", hint)
			}
			return clusto.WithHint(err, "clusto list --json shows the %ss that are in use", what)
		}
	}
	return nil
}
