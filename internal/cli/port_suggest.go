package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

// portsOf suggests the ports of the first argument that are in a state; "" is any.
func portsOf(state api.ListPortsParamsState) source {
	return func(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
		ports, err := c.Ports(ctx, before[0], api.ListPortsParams{State: state})
		if err != nil {
			return nil, err
		}
		var words []string
		for _, p := range ports.Ports {
			name := p.Outlet
			if name == "" {
				name = strconv.Itoa(p.Port)
			}
			words = append(words, p.Type+"/"+name)
		}
		return words, nil
	}
}

// portTypesOf suggests the types of the ports of the first argument.
func portTypesOf(ctx context.Context, c *client.Client, before []string, _ string) ([]string, error) {
	if len(before) == 0 {
		return nil, nil
	}
	ports, err := c.Ports(ctx, before[0], api.ListPortsParams{})
	if err != nil {
		return nil, err
	}
	var types []string
	for _, p := range ports.Ports {
		types = append(types, p.Type)
	}
	return types, nil
}

// suggestPorts completes devices and their free ports, one after the other.
func (r *run) suggestPorts() cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args)%2 == 0 {
			return r.suggest(entitiesOf())(cmd, nil, word)
		}
		device := args[len(args)-1]
		return r.suggest(func(ctx context.Context, c *client.Client, _ []string, word string) ([]string, error) {
			return portsOf(api.Free)(ctx, c, []string{device}, word)
		})(cmd, nil, word)
	}
}
