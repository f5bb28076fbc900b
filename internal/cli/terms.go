package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
)

// lookupAll returns the names of what terms stand for, in their order. A term that
// stands for nothing is returned as it is: who changes something with it is told
// so, together with all else that is wrong.
func lookupAll(ctx context.Context, c *client.Client, terms []string) ([]string, error) {
	known, err := namesThatAre(ctx, c, terms)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, term := range terms {
		name := term
		if !known[term] && term != "" {
			found, err := lookUp(ctx, c, term, "")
			switch {
			case err == nil:
				name = found.Name
			case !errors.Is(err, clusto.ErrNotFound):
				return nil, err
			}
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// lookupName returns the name of what term stands for, or term itself.
func lookupName(ctx context.Context, c *client.Client, term string) (string, error) {
	names, err := lookupAll(ctx, c, []string{term})
	if err != nil {
		return "", err
	}
	return names[0], nil
}

// namesThatAre returns those of some names that something has.
func namesThatAre(ctx context.Context, c *client.Client, names []string) (map[string]bool, error) {
	found, err := entitiesCalled(ctx, c, names, client.Filter{Fields: []string{"name"}})
	known := map[string]bool{}
	for name := range found {
		known[name] = true
	}
	return known, err
}
