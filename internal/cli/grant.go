package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func grantCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "grant",
		Short: "what users and groups may do",
		Long: `Grants say what users and groups may do on a server, each in one line, such as

  write attr/* in pool web
  act power in rack sv3-001
  allocate in sv3-net1

What no grant permits cannot be done, but for reading. docs/access.md has all of it.`,
		Annotations: exits(databaseExits, accountExits),
		RunE:        group,
	}
	cmd.AddCommand(grantListCommand(r), grantAddCommand(r), grantDeleteCommand(r))
	return cmd
}

// granted splits user:NAME or group:NAME.
func granted(to string) (user, group string, err error) {
	kind, name, _ := strings.Cut(to, ":")
	switch {
	case kind == "user" && name != "":
		return name, "", nil
	case kind == "group" && name != "":
		return "", name, nil
	}
	return "", "", clusto.WithHint(usagef("%q is neither a user nor a group", to), "write user:NAME or group:NAME")
}

// holders completes user:NAME and group:NAME.
func holders(ctx context.Context, c *client.Client) ([]string, error) {
	users, err := userNames(ctx, c)
	if err != nil {
		return nil, err
	}
	groups, err := groupNames(ctx, c)
	var all []string
	for _, name := range users {
		all = append(all, "user:"+name)
	}
	for _, name := range groups {
		all = append(all, "group:"+name)
	}
	return all, err
}

func grantListCommand(r *run) *cobra.Command {
	var to string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list grants",
		Long: `Lists grants with their numbers and who has them. With --to user:NAME they are those
of the user and of the groups that the user is in.`,
		Example: `  clusto grant list
  clusto grant list --to user:jdoe`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			var which api.ListGrantsParams
			if to != "" {
				if which.User, which.Group, err = granted(to); err != nil {
					return err
				}
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Grants(ctx, which)
				if err != nil || asJSON {
					return printJSON(r, list, err)
				}
				var rows [][]string
				for _, g := range list.Grants {
					has := "user:" + g.User
					if g.Group != "" {
						has = "group:" + g.Group
					}
					rows = append(rows, []string{strconv.FormatInt(g.Id, 10), has, g.Grant})
				}
				return printColumns(r.Stdout, []string{"NUMBER", "TO", "GRANT"}, rows)
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "only those of user:NAME or group:NAME")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	complete(cmd, "to", r.completeAccounts(0, holders))
	return cmd
}

func grantAddCommand(r *run) *cobra.Command {
	var to string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "add GRANT... --to user:NAME|group:NAME",
		Short: "give a grant to a user or a group",
		Long: `Gives a grant to a user or a group, and prints its number. The words of the grant may
be one argument or several; * must be kept from the shell.`,
		Example: `  clusto grant add 'write attr/* in pool web' --to group:web
  clusto grant add act power in rack sv3-001 --to user:jdoe
  clusto grant add admin --to user:ann`,
		Annotations: exits(databaseExits, accountExits, []exit{
			{statusExists, "they have that grant already"},
			{statusInvalid, "the grant cannot be read"},
		}),
		Args:              someArgs("GRANT"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return clusto.WithHint(usagef("grant add needs --to"), "write --to user:NAME or --to group:NAME")
			}
			user, group, err := granted(to)
			if err != nil {
				return err
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				made, err := c.CreateGrant(ctx, api.NewGrant{User: user, Group: group, Grant: lineOf(args)})
				if err != nil || asJSON {
					return printJSON(r, made, err)
				}
				_, err = fmt.Fprintln(r.Stdout, made.Id)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "who gets it: user:NAME or group:NAME")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the grant as JSON")
	complete(cmd, "to", r.completeAccounts(0, holders))
	return cmd
}

// lineOf returns the line of a grant from the words of a command line, of which
// one with blanks in it is a name.
func lineOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	line := make([]string, len(words))
	for i, word := range words {
		if line[i] = word; strings.ContainsAny(word, " \t") {
			line[i] = strconv.Quote(word)
		}
	}
	return strings.Join(line, " ")
}

func grantDeleteCommand(r *run) *cobra.Command {
	return &cobra.Command{
		Use:               "delete NUMBER...",
		Short:             "take grants away",
		Long:              `Takes grants away, by the numbers that "clusto grant list" shows. That holds at once.`,
		Example:           `  clusto grant delete 12`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              someArgs("NUMBER"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			var numbers []int64
			for _, text := range args {
				n, err := strconv.ParseInt(text, 10, 64)
				if err != nil || n < 1 {
					return clusto.WithHint(usagef("%q is not the number of a grant", text), "clusto grant list shows them")
				}
				numbers = append(numbers, n)
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				for _, n := range numbers {
					if err := c.DeleteGrant(ctx, n); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
