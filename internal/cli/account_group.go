package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto/client"
)

func groupCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:         "group",
		Short:       "users who have grants in common",
		Long:        `Groups of users. A grant that is given to a group holds for all who are in it.`,
		Annotations: exits(databaseExits, accountExits),
		RunE:        group,
	}
	cmd.AddCommand(groupListCommand(r), groupSetCommand(r), groupDeleteCommand(r))
	return cmd
}

func groupListCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "list",
		Short:             "list groups with their members",
		Long:              `Lists the groups and who is in them.`,
		Example:           `  clusto group list`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Groups(ctx)
				if err != nil || asJSON {
					return printJSON(r, list, err)
				}
				var rows [][]string
				for _, g := range list.Groups {
					rows = append(rows, []string{g.Name, strings.Join(g.Members, ",")})
				}
				return printColumns(r.Stdout, []string{"NAME", "MEMBERS"}, rows)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func groupSetCommand(r *run) *cobra.Command {
	return &cobra.Command{
		Use:   "set NAME [USER...]",
		Short: "make a group, or say who is in it",
		Long: `Makes a group, or says who is in it: these users, and no others. To put one user
into another group as well, "clusto user set" may be shorter.`,
		Example: `  clusto group set ops ann bob
  clusto group set empty`,
		Annotations: exits(databaseExits, accountExits, []exit{{statusInvalid, "the name cannot be used"}}),
		Args:        someArgs("NAME"),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return r.completeAccounts(0, groupNames)(cmd, args, word)
			}
			return r.completeAccounts(1, userNames)(cmd, args, word)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				_, err := c.SetGroup(ctx, args[0], args[1:])
				if len(args) == 1 {
					return r.say(err, "nobody is in the group %s now", args[0])
				}
				return r.say(err, "in the group %s now: %s", args[0], strings.Join(args[1:], ", "))
			})
		},
	}
}

func groupDeleteCommand(r *run) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:               "delete NAME",
		Short:             "delete a group with its grants",
		Long:              `Deletes a group with its grants. The users who were in it stay.`,
		Example:           `  clusto group delete interns`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              oneArg("NAME"),
		ValidArgsFunction: only(1, r.completeAccounts(0, groupNames)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				if err := r.confirm("Delete the group " + args[0] + " with all its grants?"); err != nil {
					return err
				}
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.say(c.DeleteGroup(ctx, args[0]), "group %s deleted", args[0])
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}
