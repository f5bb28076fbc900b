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

// poolType is the type of pools.
const poolType = "pool"

// poolCommand is the commands about pools.
func poolCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pool",
		Short: "show, make and delete pools, and say what is in them",
		Long: `A pool is a set of entities, and of other pools. What is known about a pool holds for
all that is in it.`,
		Annotations: exits(databaseExits, changeExits),
		Args:        cobra.ArbitraryArgs,
		RunE:        group,
	}
	cmd.AddCommand(poolShowCommand(r), poolOverlapsCommand(r), poolCreateCommand(r), poolDeleteCommand(r), poolInsertCommand(r), poolRemoveCommand(r))
	return cmd
}

// findPool returns the name of the pool called name, or ErrInvalid if that is
// something else.
func findPool(ctx context.Context, c *client.Client, name string) (string, error) {
	e, err := lookUp(ctx, c, name, "")
	if err != nil {
		return "", err
	}
	if e.Type != poolType {
		return "", otherType(e.Name, e.Type, poolType, "clusto list --type pool shows the pools")
	}
	return e.Name, nil
}

func poolShowCommand(r *run) *cobra.Command {
	var deep, asJSON bool
	cmd := &cobra.Command{
		Use:   "show POOL",
		Short: "show what is in a pool",
		Long:  `Shows what is in a pool, by name, with the type of each.`,
		Example: `  clusto pool show web
  clusto pool show --recursive production
  clusto pool show --json web | jq '.entities[].name'`,
		Annotations:       exits(databaseExits, serverExits, []exit{{statusInvalid, "it is not a pool"}}),
		Args:              oneArg("POOL"),
		ValidArgsFunction: r.suggest(entitiesOf(poolType), nil),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				pool, err := findPool(ctx, c, args[0])
				if err != nil {
					return err
				}
				contents, err := c.Contents(ctx, pool, api.ListContentsParams{Deep: deep, At: atText(cmd)})
				if err != nil {
					return err
				}
				slices.SortFunc(contents.Entities, func(a, b api.Placement) int { return strings.Compare(a.Name, b.Name) })
				if asJSON {
					return writeJSON(r.Stdout, contents)
				}
				fmt.Fprintf(r.Stdout, "Printing the contents of pool %s\n", pool) // as classic does
				for _, e := range contents.Entities {
					fmt.Fprintf(r.Stdout, "%s (%s)\n", e.Name, e.Type)
				}
				return nil
			})
		},
	}
	atFlag(cmd)
	cmd.Flags().BoolVar(&deep, "recursive", false, "also what is in that, at any depth")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func poolCreateCommand(r *run) *cobra.Command {
	var w writeFlags
	var driver string
	cmd := &cobra.Command{
		Use:   "create POOL...",
		Short: "make pools",
		Long: `Makes empty pools. What is in an exclusive_pool can be in no other pool, what is in a
unique_pool in no other unique_pool.`,
		Example: `  clusto pool create web
  clusto pool create --driver unique_pool web-a web-b`,
		Annotations:       exits(databaseExits, changeExits),
		Args:              someArgs("POOL"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.create(ctx, c, &w, w.change(cmd, args...), newThings{driver: driver, names: args})
			})
		},
	}
	w.add(cmd)
	cmd.Flags().StringVar(&driver, "driver", "pool", "the driver: pool, unique_pool or exclusive_pool")
	r.flagOf(cmd, "driver", driversOf(poolType))
	return cmd
}

func poolDeleteCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "delete POOL...",
		Short: "delete pools",
		Long: `Deletes pools. What is in them stays in the inventory. It asks before, unless --yes is
given.`,
		Example:           `  clusto pool delete web`,
		Annotations:       exits(databaseExits, changeExits, []exit{{statusInvalid, "one is not a pool"}}),
		Args:              someArgs("POOL"),
		ValidArgsFunction: r.suggest(entitiesOf(poolType)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				var pools []string
				for _, name := range args {
					pool, err := findPool(ctx, c, name)
					if err != nil {
						return err
					}
					pools = append(pools, pool)
				}
				return r.deleteAll(ctx, c, &w, w.change(cmd, pools...), pools)
			})
		},
	}
	w.add(cmd)
	w.addYes(cmd)
	return cmd
}

func poolInsertCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "insert POOL THING...",
		Short: "put things into a pool",
		Long: `Puts things into a pool, all or none. What is in it already stays there: a line on
standard error says so.`,
		Example: `  clusto pool insert web web7 web8
  clusto pool insert production web --dry-run`,
		Annotations:       exits(databaseExits, changeExits, []exit{{statusInvalid, "it is not a pool"}}),
		Args:              argumentCount(true, "POOL", "THING"),
		ValidArgsFunction: r.suggest(entitiesOf(poolType), entitiesOf()),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.changePool(cmd, &w, args, poolChange{
				needed: func(inside bool) bool { return !inside },
				but:    "is already in", done: "put into",
				do: func(pool, thing string) api.Operation {
					return api.Operation{Insert: &api.Insert{Entity: thing, Container: pool}}
				},
			})
		},
	}
	w.add(cmd)
	return cmd
}

func poolRemoveCommand(r *run) *cobra.Command {
	var w writeFlags
	cmd := &cobra.Command{
		Use:   "remove POOL THING...",
		Short: "take things out of a pool",
		Long: `Takes things out of a pool, all or none. What is not in it is left alone: a line on
standard error says so.`,
		Example:           `  clusto pool remove web web7 web8`,
		Annotations:       exits(databaseExits, changeExits, []exit{{statusInvalid, "it is not a pool"}}),
		Args:              argumentCount(true, "POOL", "THING"),
		ValidArgsFunction: r.suggest(entitiesOf(poolType), contentsOf),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.changePool(cmd, &w, args, poolChange{
				needed: func(inside bool) bool { return inside },
				but:    "is not in", done: "taken out of",
				do: func(pool, thing string) api.Operation {
					return api.Operation{Remove: &api.Remove{Entity: thing, Container: pool}}
				},
			})
		},
	}
	w.add(cmd)
	return cmd
}

// poolChange is what is done to things and a pool.
type poolChange struct {
	needed    func(inside bool) bool // for a thing that is in the pool, or not
	but, done string                 // what is said of what needs nothing, and of the others
	do        func(pool, thing string) api.Operation
}

// changePool does a change to the things behind the pool. Classic clusto warns of what
// is so already and goes on, and scripts rely on that.
func (r *run) changePool(cmd *cobra.Command, w *writeFlags, args []string, p poolChange) error {
	return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
		pool, err := findPool(ctx, c, args[0])
		if err != nil {
			return err
		}
		things, err := lookupAll(ctx, c, args[1:])
		if err != nil {
			return err
		}
		known, err := namesThatAre(ctx, c, things)
		if err != nil {
			return err
		}
		contents, err := c.Contents(ctx, pool, api.ListContentsParams{})
		if err != nil {
			return err
		}
		inside := placementNames(contents.Entities)
		var ops []api.Operation
		var changed []string
		for _, thing := range things {
			if known[thing] && !p.needed(slices.Contains(inside, thing)) {
				fmt.Fprintf(r.Stderr, "%s %s %s\n", thing, p.but, pool)
				continue
			}
			ops, changed = append(ops, p.do(pool, thing)), append(changed, thing)
		}
		if len(ops) == 0 {
			return r.tell(r.Stdout, w, &api.Changed{DryRun: w.dryRun, Results: []api.OperationResult{}}, "")
		}
		return r.transact(ctx, c, w, w.change(cmd, args...), nameList(changed)+" "+p.done+" "+pool, ops...)
	})
}
