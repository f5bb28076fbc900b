package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// source returns words that may stand for an argument, given the arguments before it
// and what is typed of it already.
type source func(ctx context.Context, c *client.Client, before []string, word string) ([]string, error)

// suggest completes the first argument with what the first source gives, the second
// with the second, and all that follow with the last one. A nil source knows nothing.
func (r *run) suggest(sources ...source) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		from := sources[min(len(args), len(sources)-1)]
		if from == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		words, directive := r.words(cmd, func(ctx context.Context, c *client.Client) ([]string, error) {
			return from(ctx, c, args, word)
		})
		slices.Sort(words)
		words = slices.DeleteFunc(slices.Compact(words), func(word string) bool { return slices.Contains(args, word) })
		if slices.ContainsFunc(words, func(word string) bool { return strings.HasSuffix(word, "=") || strings.HasSuffix(word, "/") }) {
			return words, directive | cobra.ShellCompDirectiveNoSpace
		}
		return words, directive
	}
}

// entitiesOf suggests the names of entities of some types, or of all.
func entitiesOf(types ...string) source {
	return func(ctx context.Context, c *client.Client, _ []string, word string) ([]string, error) {
		return namesBeginning(ctx, c, word, client.Filter{Type: types})
	}
}

// driversOf suggests the names of drivers of some types, or of all.
func driversOf(types ...string) source {
	return func(ctx context.Context, c *client.Client, _ []string, _ string) ([]string, error) {
		drivers, err := c.Drivers(ctx, types...)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, d := range drivers.Drivers {
			names = append(names, d.Name)
		}
		return names, nil
	}
}

// typesKnown suggests the types that there are.
func typesKnown(ctx context.Context, c *client.Client, _ []string, _ string) ([]string, error) {
	types, err := c.Types(ctx, "")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, t := range types.Types {
		names = append(names, t.Name)
	}
	return names, nil
}

// propertiesOf suggests the properties of the driver that is the first argument.
func propertiesOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	if len(before) == 0 {
		return nil, nil
	}
	d, err := c.Driver(ctx, before[0])
	if err != nil {
		return nil, err
	}
	var words []string
	for _, p := range d.Properties {
		words = append(words, p.Name+"=")
	}
	return words, nil
}

// methodsOf suggests the methods of the entity that is the first argument.
func methodsOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	e, err := lookUp(ctx, c, before[0], "")
	if err != nil {
		return nil, err
	}
	d, err := c.Driver(ctx, e.Driver)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range d.Methods {
		names = append(names, m.Name)
	}
	return names, nil
}

// layoutsKnown suggests the rack layouts that there are.
func layoutsKnown(ctx context.Context, c *client.Client, _ []string, _ string) ([]string, error) {
	layouts, err := c.Layouts(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, l := range layouts.Layouts {
		names = append(names, l.Name)
	}
	return names, nil
}

// contentsOf suggests what is in the container that is the first argument.
func contentsOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	contents, err := c.Contents(ctx, before[0], api.ListContentsParams{})
	if err != nil {
		return nil, err
	}
	return placementNames(contents.Entities), nil
}

// keysOf suggests the keys of the attributes that the first argument has, as key,
// key.subkey and key#number.
func keysOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	attrs, err := c.Attrs(ctx, before[0], client.AttrOptions{})
	if err != nil {
		return nil, err
	}
	var words []string
	for _, a := range attrs.Attrs {
		words = append(words, attrPath(a.Key, a.Number, a.Subkey))
	}
	return words, nil
}

// addressesOf suggests the addresses that the first argument has.
func addressesOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	addresses, err := c.Addresses(ctx, before[0], "")
	if err != nil {
		return nil, err
	}
	var words []string
	for _, a := range addresses.Addresses {
		words = append(words, a.Address)
	}
	return words, nil
}

// flagOf makes a source one for the values of a flag.
func (r *run) flagOf(cmd *cobra.Command, flag string, from source) {
	complete(cmd, flag, func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		return r.suggest(func(ctx context.Context, c *client.Client, _ []string, word string) ([]string, error) {
			return from(ctx, c, args, word)
		})(cmd, nil, word)
	})
}

// placementNames returns the names of what is in a container.
func placementNames(list []api.Placement) []string {
	var names []string
	for _, p := range list {
		names = append(names, p.Name)
	}
	return names
}
