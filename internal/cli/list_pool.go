package cli

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func listPoolCommand(r *run) *cobra.Command {
	var names, deep, asJSON bool
	var types []string
	cmd := &cobra.Command{
		Use:   "list-pool POOL...",
		Short: "list what is in all of some pools",
		Long: `Lists what is in a pool, or of several pools what is in all of them: a line for each
thing with its addresses, or its name if it has none. --recursive also counts what is
in the pools, and other containers, inside.`,
		Example: `  clusto list-pool web
  clusto list-pool --names --recursive production web
  clusto list-pool --type server production`,
		Annotations:       exits(databaseExits, serverExits),
		Args:              someArgs("POOL"),
		ValidArgsFunction: r.suggest(entitiesOf(poolType)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				found, err := commonContents(ctx, c, args, api.ListContentsParams{Deep: deep, Type: types, At: atText(cmd)})
				if err != nil {
					return err
				}
				if names && !asJSON {
					for _, name := range found {
						fmt.Fprintln(r.Stdout, name)
					}
					return nil
				}
				return r.printAddresses(ctx, c, found, atText(cmd), asJSON)
			})
		},
	}
	atFlag(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&names, "names", false, "print names instead of addresses")
	flags.BoolVar(&deep, "recursive", false, "also what is in other containers inside, at any depth")
	flags.StringSliceVar(&types, "type", nil, "only things of this type, such as server")
	flags.BoolVar(&asJSON, "json", false, "print JSON: name, type, driver and addresses")
	r.flagOf(cmd, "type", typesKnown)
	return cmd
}

// commonContents returns the names of what is in all of some containers, sorted.
func commonContents(ctx context.Context, c *client.Client, containers []string, o api.ListContentsParams) ([]string, error) {
	var common []string
	for i, container := range containers {
		contents, err := c.Contents(ctx, container, o)
		if err != nil {
			return nil, err
		}
		names := placementNames(contents.Entities)
		if i == 0 {
			common = names
			continue
		}
		common = slices.DeleteFunc(common, func(name string) bool { return !slices.Contains(names, name) })
	}
	slices.Sort(common)
	return common, nil
}

// withAddresses returns entities with their addresses, by name.
func withAddresses(ctx context.Context, c *client.Client, names []string, at string) ([]api.Entity, error) {
	found, err := entitiesCalled(ctx, c, names, client.Filter{Fields: []string{"type", "driver", "addresses"}, At: at})
	if err != nil {
		return nil, err
	}
	all := []api.Entity{}
	for _, e := range found {
		all = append(all, *e)
	}
	slices.SortFunc(all, func(a, b api.Entity) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
}

// addressTexts returns the addresses of an entity in their order.
func addressTexts(e api.Entity) []string {
	var addresses []netip.Addr
	if e.Addresses != nil {
		for _, a := range *e.Addresses {
			if addr, err := netip.ParseAddr(a.Address); err == nil {
				addresses = append(addresses, addr)
			}
		}
	}
	slices.SortFunc(addresses, netip.Addr.Compare)
	var texts []string
	for _, addr := range addresses {
		texts = append(texts, addr.String())
	}
	return texts
}

// printAddresses prints the addresses of entities, or what has none by its name.
func (r *run) printAddresses(ctx context.Context, c *client.Client, names []string, at string, asJSON bool) error {
	all, err := withAddresses(ctx, c, names, at)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(r.Stdout, all)
	}
	for _, e := range all {
		line := e.Name
		if addresses := addressTexts(e); len(addresses) > 0 {
			line = strings.Join(addresses, " ")
		}
		fmt.Fprintln(r.Stdout, line)
	}
	return nil
}
