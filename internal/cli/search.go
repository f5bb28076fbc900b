package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// shownHits is how many entities a search shows unless asked for more.
const shownHits = 20

func searchCommand(r *run) *cobra.Command {
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:   "search TERM...",
		Short: "find entities by what is known about them",
		Long: `Finds entities by a part of what is known about them: a name, a serial number, an
address, a MAC address in any spelling, any text of an attribute. What is called
exactly so comes first. If no name has the term in it, names come last that it may
be a misspelling of. Several terms are one text with blanks between them.

It shows of each by what it was found. Conditions that have to be met at once are
the business of clusto query.`,
		Example: `  clusto search web
  clusto search 10.20.0.
  clusto search 00-16-3e-00-00-01
  clusto search --json CZ1234 | jq -r '.[].name'`,
		Annotations: exits(databaseExits, []exit{{statusNotFound, "nothing was found"}}),
		Args:        someArgs("TERM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if limit < 1 {
				return usagef("-n %d is less than one", limit)
			}
			term := strings.Join(args, " ")
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				found, err := c.Search(ctx, api.SearchParams{Q: term, Limit: limit, At: atText(cmd)})
				if err != nil {
					return err
				}
				if asJSON {
					if err := writeJSON(r.Stdout, found.Hits); err != nil {
						return err
					}
				}
				if len(found.Hits) == 0 {
					return clusto.Errorf(clusto.ErrNotFound, "nothing has %q in its name or attributes", term)
				}
				if asJSON {
					return nil
				}
				return r.printHits(found, limit)
			})
		},
		ValidArgsFunction: r.completeEntities(clusto.Match{}, 1),
	}
	atFlag(cmd)
	cmd.Flags().IntVarP(&limit, "limit", "n", shownHits, "at most so many, up to 1000")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *run) printHits(found *api.SearchResult, limit int) error {
	t := newTable("NAME", "TYPE", "DRIVER", "FOUND BY", "VALUE")
	for _, hit := range found.Hits {
		value := ""
		if hit.Matched != "name" {
			value = strings.Join(strings.Fields(hit.Value), " ")
		}
		by := hit.Matched
		if hit.Near {
			by = "nearly the " + by
		}
		t.add(hit.Name, hit.Type, hit.Driver, by, value)
	}
	if err := r.print(t); err != nil || !found.More {
		return err
	}
	_, err := fmt.Fprintf(r.Stderr, "there is more: -n %d shows twice as much\n", 2*limit)
	return err
}
