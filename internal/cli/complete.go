package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

// complete makes a flag of cmd complete its values with fn.
func complete(cmd *cobra.Command, flag string, fn cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, fn); err != nil {
		panic(err) // the flag does not exist, which is a bug
	}
}

// completeEntities completes arguments, at most as many as limit says, with the
// names of the entities that m selects. No limit is 0.
func (r *run) completeEntities(m clusto.Match, limit int) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if limit > 0 && len(args) >= limit {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return r.words(cmd, func(ctx context.Context, inv *clusto.Inventory) ([]string, error) {
			all, err := entityNames(ctx, inv, m)
			slices.Sort(all)
			return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(args, name) }), err
		})
	}
}

// completeWords completes with what field gives for the entities there are and
// with the words that are known besides.
func (r *run) completeWords(known func() []string, field func(clusto.Entity) string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		words, directive := r.words(cmd, func(ctx context.Context, inv *clusto.Inventory) ([]string, error) {
			var words []string
			for e, err := range inv.Find(ctx, clusto.Match{}) {
				if err != nil {
					return nil, err
				}
				words = append(words, field(e))
			}
			return words, nil
		})
		words = append(words, known()...)
		slices.Sort(words)
		return slices.Compact(words), directive
	}
}

// words returns what fn finds in the inventory, and nothing if that cannot be
// read: a completion has no place for errors.
func (r *run) words(cmd *cobra.Command, fn func(context.Context, *clusto.Inventory) ([]string, error)) ([]string, cobra.ShellCompDirective) {
	var answer []string
	err := r.view(cmd, func(ctx context.Context, inv *clusto.Inventory) (err error) {
		answer, err = fn(ctx, inv)
		return err
	})
	if err != nil {
		answer = nil
	}
	return answer, cobra.ShellCompDirectiveNoFileComp
}
