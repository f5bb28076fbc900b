package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
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
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				want := client.Filter{Type: types, Driver: drivers, At: atText(cmd), Limit: listedAtOnce}
				want.Fields = []string{"type", "driver"}
				entities := []listed{}
				for e, err := range c.Entities(ctx, want) {
					if err != nil {
						return err
					}
					entities = append(entities, listed{e.Name, e.Type, e.Driver})
				}
				if err := checkKnown(ctx, c, entities, types, drivers, want.At); err != nil {
					return err
				}
				slices.SortStableFunc(entities, func(a, b listed) int { return strings.Compare(a.Name, b.Name) })
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
	complete(cmd, "type", r.completeTypes)
	complete(cmd, "driver", r.completeDrivers)
	return cmd
}

// listedAtOnce is how many entities a command asks for at once that lists many.
const listedAtOnce = 10000

// listed is an entity of the list as JSON has it.
type listed struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Driver string `json:"driver"`
}

func (r *run) printList(entities []listed, asJSON bool) error {
	if asJSON {
		return writeJSON(r.Stdout, entities)
	}
	out := bufio.NewWriter(r.Stdout)
	for _, e := range entities {
		fmt.Fprintln(out, e.Name)
	}
	return out.Flush()
}

// checkKnown returns ErrNotFound if one of types or drivers is neither that of
// a found entity nor a known one. What is known is asked for only if what was
// found is not enough to know.
func checkKnown(ctx context.Context, c *client.Client, found []listed, types, drivers []string, at string) error {
	var usedTypes, usedDrivers []string
	for _, e := range found {
		usedTypes, usedDrivers = append(usedTypes, e.Type), append(usedDrivers, e.Driver)
	}
	if known("type", types, usedTypes) == nil && known("driver", drivers, usedDrivers) == nil {
		return nil
	}
	list, err := c.Types(ctx, at)
	if err != nil {
		return err
	}
	for _, t := range list.Types {
		usedTypes, usedDrivers = append(usedTypes, t.Name), append(usedDrivers, t.Drivers...)
	}
	return cmp.Or(known("type", types, usedTypes), known("driver", drivers, usedDrivers))
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
			return clusto.WithHint(err, "clusto %s list shows the %ss that are known", what, what)
		}
	}
	return nil
}
