package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

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
// several.
func (r *run) completeQuery(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	start := strings.LastIndexAny(begun, " \t(,'\"") + 1
	before, word := begun[:start], begun[start:]
	next := expected(queryTokens(strings.Join(args, " ") + " " + before))
	var words []string
	switch next.what {
	case wantField:
		words = append(query.Fields(), "not")
	case wantOperator:
		words = append(query.Operators(), "not")
	case wantJoin:
		words = []string{"and", "or", "-"}
	case wantValue:
		words = r.valuesOf(cmd, next.field, word)
	}
	return withPrefix(before, words), cobra.ShellCompDirectiveNoFileComp
}

// valuesOf returns the values that a field of a query may be compared with.
func (r *run) valuesOf(cmd *cobra.Command, field, begun string) []string {
	var words []string
	switch field {
	case "type", "clusto_type":
		words, _ = r.completeTypes(cmd, nil, begun)
	case "driver", "clusto_driver":
		words, _ = r.completeDrivers(cmd, nil, begun)
	case "name", "hostname", "parent", "pool", "datacenter", "rack", "cage", "zone", "role":
		f := client.Filter{At: atText(cmd)}
		switch field {
		case "role":
			f.Type = []string{"pool"}
		case "pool", "datacenter", "rack", "cage", "zone":
			f.Type = []string{field}
		}
		words, _ = r.words(cmd, func(ctx context.Context, c *client.Client) ([]string, error) {
			return namesBeginning(ctx, c, begun, f)
		})
	}
	return words
}

// What comes next in a query.
const (
	wantField = iota
	wantAttr  // the name of an attribute
	wantOperator
	wantValue
	wantJoin
)

// expectation is what comes next in a query, and what field that is about.
type expectation struct {
	what  int
	field string
}

// expected returns what comes behind the given tokens of a query.
func expected(tokens []string) expectation {
	var e expectation
	list := false
	for _, t := range tokens {
		t = strings.ToLower(t)
		switch e.what {
		case wantField:
			if t == "not" || t == "~" || t == "(" {
				continue
			}
			e = expectation{wantOperator, t}
			if slices.Contains([]string{"attr", "own", "merged"}, t) {
				e.what = wantAttr
			}
		case wantAttr:
			e.what = wantOperator
		case wantOperator:
			switch t {
			case "not":
			case "exists":
				e.what = wantJoin
			default:
				e.what = wantValue
			}
		case wantValue:
			switch {
			case t == "(":
				list = true
			case t == ")" || !list:
				e.what, list = wantJoin, false
			}
		case wantJoin:
			if t != ")" {
				e.what = wantField
			}
		}
	}
	return e
}

// queryTokens returns the words and the signs of a query that is not yet written
// to its end.
func queryTokens(text string) []string {
	signs := strings.NewReplacer("(", " ( ", ")", " ) ", ",", " , ", "'", " ", `"`, " ")
	return strings.Fields(signs.Replace(text))
}
