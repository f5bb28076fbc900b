package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func canCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "can USER ACTION... [THING]",
		Short: "say whether somebody may do something, and why",
		Long: `Says whether a user may do something with an entity, and by which grant, or which
grant is missing. The action is the beginning of a grant, such as "write attr/rack",
"allocate" or "read", or what is done to hardware: power, console, call/METHOD. The
last word is the thing; admin and script need none.`,
		Example: `  clusto can jdoe power sv3-001-s3
  clusto can jdoe write attr/system.serial sv3-001-s3
  clusto can jdoe admin`,
		Annotations: exits(databaseExits, accountExits, []exit{
			{statusOK, "they may"},
			{statusDenied, "they may not"},
			{statusInvalid, "there is no such action"},
		}),
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			params, err := canParams(args)
			if err != nil {
				return err
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				verdict, err := c.Can(ctx, params)
				if err != nil {
					return err
				}
				return r.printVerdict(verdict, asJSON)
			})
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			switch len(args) {
			case 0:
				return r.completeAccounts(0, userNames)(cmd, args, word)
			case 1:
				return actionWords, cobra.ShellCompDirectiveNoFileComp
			}
			return r.completeEntities(clusto.Match{}, 0)(cmd, args, word)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// actionWords begin what somebody may do.
var actionWords = []string{"act", "admin", "allocate", "call/", "console", "power", "read", "script", "secret", "write"}

// anywhere are the actions that are about no thing.
var anywhere = []string{"admin", "script"}

func canParams(args []string) (api.CanParams, error) {
	switch {
	case len(args) < 2:
		return api.CanParams{}, clusto.WithHint(usagef("can needs a USER and an ACTION"), "clusto can jdoe power sv3-001-s3")
	case len(args) == 2 && !slices.Contains(anywhere, args[1]):
		return api.CanParams{}, clusto.WithHint(usagef("may %s do %q to what?", args[0], args[1]), "name the thing behind the action")
	case len(args) == 2:
		return api.CanParams{User: args[0], Action: args[1]}, nil
	}
	last := len(args) - 1
	action := args[1:last]
	if n := len(action) - 1; n > 0 && action[n] == "on" { // as a grant says it
		action = action[:n]
	}
	return api.CanParams{User: args[0], Action: strings.Join(action, " "), Entity: args[last]}, nil
}

func (r *run) printVerdict(v *api.Verdict, asJSON bool) error {
	var err error
	if asJSON {
		err = writeJSON(r.Stdout, v)
	} else {
		_, err = fmt.Fprintln(r.Stdout, v.Reason)
	}
	if err == nil && !v.Allowed {
		err = saidError{clusto.Errorf(clusto.ErrDenied, "%s", v.Reason)}
	}
	return err
}
