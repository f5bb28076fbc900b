package cli

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// complete makes a flag of cmd complete its values with fn.
func complete(cmd *cobra.Command, flag string, fn cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, fn); err != nil {
		panic(err) // the flag does not exist, which is a bug
	}
}

// completeEntities completes arguments, at most as many as limit says, with the
// names of the entities that have one of m.Types and one of m.Drivers. No limit is 0.
func (r *run) completeEntities(m clusto.Match, limit int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if limit > 0 && len(args) >= limit {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return r.words(cmd, func(ctx context.Context, c *client.Client) ([]string, error) {
			all, err := namesBeginning(ctx, c, begun, client.Filter{Type: m.Types, Driver: m.Drivers, At: atText(cmd)})
			return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(args, name) }), err
		})
	}
}

// namesBeginning returns the names that begin with what is typed already, of the
// entities that f selects, in their order.
func namesBeginning(ctx context.Context, c *client.Client, begun string, f client.Filter) ([]string, error) {
	f.Prefix, f.Limit = begun, listedAtOnce
	f.Fields = []string{"name"}
	var names []string
	for e, err := range c.Entities(ctx, f) {
		if err != nil {
			return nil, err
		}
		names = append(names, e.Name)
	}
	slices.Sort(names)
	return names, nil
}

// completeTypes completes with the types that there are, and completeDrivers with
// the drivers.
func (r *run) completeTypes(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return r.typeWords(cmd, func(t api.TypeInfo) []string { return []string{t.Name} }, r.Drivers.Types())
}

func (r *run) completeDrivers(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	return r.typeWords(cmd, func(t api.TypeInfo) []string { return t.Drivers }, r.driverNames())
}

// typeWords returns what words gives for the types that there are; otherwise is
// known without a database.
func (r *run) typeWords(cmd *cobra.Command, words func(api.TypeInfo) []string, otherwise []string) ([]string, cobra.ShellCompDirective) {
	all, directive := r.words(cmd, func(ctx context.Context, c *client.Client) ([]string, error) {
		list, err := c.Types(ctx, atText(cmd))
		if err != nil {
			return nil, err
		}
		var all []string
		for _, t := range list.Types {
			all = append(all, words(t)...)
		}
		return all, nil
	})
	if all == nil {
		all = otherwise
	}
	slices.Sort(all)
	return slices.Compact(all), directive
}

// driverNames returns the names of the drivers that are built in.
func (r *run) driverNames() []string {
	var all []string
	for _, d := range r.Drivers.Drivers() {
		all = append(all, d.Name)
	}
	return all
}

// completionPatience is how long somebody who pressed Tab waits for a server.
const completionPatience = 5 * time.Second

// words returns what fn finds, and nothing if that cannot be asked: a completion
// has no place for errors.
func (r *run) words(cmd *cobra.Command, fn func(context.Context, *client.Client) ([]string, error)) ([]string, cobra.ShellCompDirective) {
	var answer []string
	err := r.ask(cmd, func(ctx context.Context, c *client.Client) (err error) {
		ctx, cancel := context.WithTimeout(ctx, completionPatience)
		defer cancel()
		answer, err = fn(ctx, c)
		return err
	})
	if err != nil {
		answer = nil
	}
	return answer, cobra.ShellCompDirectiveNoFileComp
}
