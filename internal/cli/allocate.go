package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// unallocated is the pool of servers that nobody uses, unless a command is told
// another.
const unallocated = "unallocated"

// allocation is what "clusto allocate" is asked for.
type allocation struct {
	writeFlags
	least  capacity
	parent string
	from   string
	to     []string
	create bool
}

func allocateCommand(r *run) *cobra.Command {
	var a allocation
	cmd := &cobra.Command{
		Use:   "allocate [NUMBER]",
		Short: "take servers out of a pool of unused ones",
		Long: `Takes servers, one unless a NUMBER is given, out of a pool of unused ones and puts them
into other pools: of those in a datacenter or a rack which have an address and at least
what is asked for, the smallest. It prints the first address of each. Either all are found, or
nothing is done.

What a server has is said by its attributes: system.memory in megabytes,
system.cpucount, system.disk in gigabytes, and a disk.size for each disk.`,
		Example: `  clusto allocate -t web -p eqix-sv3
  clusto allocate -m 16 -c 8 -t web -t production -p sv3-001 2
  clusto allocate -d 500 -s 2 -t db -C -p eqix-sv3 --dry-run`,
		Annotations: exits(databaseExits, changeExits, []exit{{statusExhausted, "there are not as many such servers"}}),
		Args: func(cmd *cobra.Command, args []string) error {
			if a.parent == "" || len(a.to) == 0 {
				return fmt.Errorf("%s needs --parent and --to-pool", cmd.CommandPath())
			}
			return argumentRange(0, "NUMBER")(cmd, args)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			number := 1
			if len(args) > 0 {
				var err error
				if number, err = strconv.Atoi(args[0]); err != nil || number < 1 {
					return usagef("%q is not a number of servers", args[0])
				}
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error { return a.run(ctx, r, cmd, c, number) })
		},
	}
	a.flags(r, cmd)
	return cmd
}

func (a *allocation) flags(r *run, cmd *cobra.Command) {
	a.addLong(cmd)
	flags := cmd.Flags()
	flags.Int64VarP(&a.least.memory, "memory", "m", 0, "at least so many gigabytes of memory")
	flags.Int64VarP(&a.least.cores, "cores", "c", 0, "at least so many cores")
	flags.Int64VarP(&a.least.disk, "disk", "d", 0, "at least so many gigabytes of disk")
	flags.Int64VarP(&a.least.spindles, "spindles", "s", 0, "at least so many disks")
	flags.StringArrayVarP(&a.to, "to-pool", "t", nil, "a pool to put them into; may be given several times")
	flags.BoolVarP(&a.create, "create-pools", "C", false, "make the pools that do not exist")
	flags.StringVarP(&a.from, "from-pool", "f", unallocated, "the pool to take them out of")
	flags.StringVarP(&a.parent, "parent", "p", "", "what they are to be in: a datacenter, a rack")
	r.flagOf(cmd, "to-pool", entitiesOf(poolType))
	r.flagOf(cmd, "from-pool", entitiesOf(poolType))
	r.flagOf(cmd, "parent", entitiesOf(rackType, "datacenter", "cage", "zone", "location"))
}

// run chooses servers and moves them from pool to pool.
func (a *allocation) run(ctx context.Context, r *run, cmd *cobra.Command, c *client.Client, number int) error {
	parent, err := lookUp(ctx, c, a.parent, "")
	if err != nil {
		return err
	}
	from, err := findPool(ctx, c, a.from)
	if err != nil {
		return err
	}
	ops, err := a.pools(ctx, c)
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		chosen, err := chooseServers(ctx, c, parent.Name, from, a.least, number)
		if err != nil {
			return err
		}
		changed, err := c.Transact(ctx, api.Transaction{Operations: append(ops, a.moves(from, chosen)...)}, a.change(cmd, namesOf(chosen)...))
		switch {
		case err == nil:
			return a.print(r, changed, from, chosen)
		case attempt == maxAttempts || !errors.Is(err, clusto.ErrNotFound):
			return err
		} // somebody else took one of them meanwhile
	}
}

// maxAttempts is how many times servers are chosen again that others took meanwhile.
const maxAttempts = 20

// moves returns what moves servers from a pool into the others.
func (a *allocation) moves(from string, chosen []api.Entity) []api.Operation {
	var ops []api.Operation
	for _, e := range chosen {
		ops = append(ops, api.Operation{Remove: &api.Remove{Entity: e.Name, Container: from}})
		for _, pool := range a.to {
			ops = append(ops, api.Operation{Insert: &api.Insert{Entity: e.Name, Container: pool}})
		}
	}
	return ops
}

// print prints an address of each server on standard output, as classic does, and
// the result beside that.
func (a *allocation) print(r *run, changed *api.Changed, from string, chosen []api.Entity) error {
	if !a.json && !a.dryRun {
		for _, e := range chosen {
			fmt.Fprintln(r.Stdout, addressTexts(e)[0])
		}
	}
	done := fmt.Sprintf("%s taken out of %s and put into %s", nameList(namesOf(chosen)), from, strings.Join(a.to, ", "))
	return r.tell(r.Stderr, &a.writeFlags, changed, done)
}

func namesOf(entities []api.Entity) []string {
	var names []string
	for _, e := range entities {
		names = append(names, e.Name)
	}
	return names
}

// pools returns what makes the pools that are not there and may be made; of others it
// returns an error.
func (a *allocation) pools(ctx context.Context, c *client.Client) ([]api.Operation, error) {
	known, err := namesThatAre(ctx, c, a.to)
	if err != nil {
		return nil, err
	}
	var ops []api.Operation
	for _, pool := range a.to {
		switch {
		case known[pool]:
			if _, err := findPool(ctx, c, pool); err != nil {
				return nil, err
			}
		case a.create:
			ops = append(ops, api.Operation{Create: &api.CreateEntity{Name: pool, Driver: "pool"}})
		default:
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no pool %q", pool), "--create-pools makes it")
		}
	}
	return ops, nil
}
