package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/query"
)

// completeColumns completes a list with the names of columns.
func completeColumns(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	before := begun[:strings.LastIndexByte(begun, ',')+1]
	return withPrefix(before, query.ColumnNames()), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

func withPrefix(prefix string, words []string) []string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = prefix + word
	}
	return all
}

// completeQuery completes the words of a query, which may be one argument or
// several, with what the API says may stand there. Shells know only what goes on
// from what was begun.
func (r *run) completeQuery(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	before := strings.Join(append(slices.Clone(args), ""), " ")
	return r.words(cmd, func(ctx context.Context, c *client.Client) ([]string, error) {
		answer, err := c.CompleteQuery(ctx, api.CompleteQueryParams{Query: before + begun, At: atText(cmd)})
		if err != nil {
			return nil, err
		}
		from := len(string([]rune(before + begun)[:answer.From])) - len(before)
		if from < 0 {
			return nil, nil
		}
		var words []string
		for _, candidate := range answer.Candidates {
			if strings.HasPrefix(candidate.Text, begun[from:]) {
				words = append(words, begun[:from]+candidate.Text)
			}
		}
		return words, nil
	})
}
