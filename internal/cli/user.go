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

func userCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "user",
		Short: "who may sign in to a server",
		Long: `Users are who may sign in to clusto serve where that has accounts. Who can open the
database needs no account, and makes the first one:

  clusto user create jdoe --admin`,
		Annotations: exits(databaseExits, accountExits),
		RunE:        group,
	}
	cmd.AddCommand(userCreateCommand(r), userListCommand(r), userShowCommand(r), userSetCommand(r), userDeleteCommand(r), userPasswordCommand(r))
	return cmd
}

func userCreateCommand(r *run) *cobra.Command {
	var u api.NewUser
	var admin, without, asJSON bool
	p := &passwords{r: r}
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "make a user",
		Long: `Makes a user. The password is asked for at the terminal; --password-stdin reads it
from a pipe, and --no-password makes a user who signs in by tokens, a client
certificate or an OpenID Connect issuer alone. --admin lets the user do
everything, which is how the first administrator is made.`,
		Example: `  clusto user create jdoe --admin
  clusto user create deploy --no-password --group ci
  clusto user create ann --no-password --certificate email:ann@example.com`,
		Annotations: exits(databaseExits, accountExits, []exit{
			{statusExists, "there is such a user already"},
			{statusInvalid, "the name or the password cannot be used"},
		}),
		Args:              oneArg("NAME"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			u.Name = args[0]
			if !without {
				if u.Password, err = p.askTwice("password of " + u.Name); err != nil {
					return err
				}
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				made, err := c.CreateUser(ctx, u)
				done := "user %s made"
				if err == nil && admin {
					_, err = c.CreateGrant(ctx, api.NewGrant{User: u.Name, Grant: "admin"})
					done += ", and may do everything"
				}
				if asJSON {
					return printJSON(r, made, err)
				}
				return r.say(err, done, u.Name)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&u.FullName, "full-name", "", "what people call them")
	flags.StringVar(&u.Email, "email", "", "their address")
	flags.StringSliceVar(&u.Groups, "group", nil, "a group to put them into")
	flags.StringArrayVar(&u.Certificates, "certificate", nil, "a name in their client certificate, such as email:ann@example.com")
	flags.StringArrayVar(&u.Identities, "identity", nil, "how an issuer knows them: 'https://id.example.com SUBJECT'")
	flags.BoolVar(&admin, "admin", false, "give them the grant admin")
	flags.BoolVar(&asJSON, "json", false, "print the user as JSON")
	flags.BoolVar(&without, "no-password", false, "make them without a password")
	p.flag(cmd, "the password")
	cmd.MarkFlagsMutuallyExclusive("no-password", "password-stdin")
	complete(cmd, "group", r.completeAccounts(0, groupNames))
	return cmd
}

func userListCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "list",
		Short:             "list users",
		Long:              `Lists the users with their groups and how they can sign in.`,
		Example:           `  clusto user list`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Users(ctx)
				if err != nil || asJSON {
					return printJSON(r, list, err)
				}
				var rows [][]string
				for _, u := range list.Users {
					rows = append(rows, []string{u.Name, waysIn(&u), strings.Join(u.Groups, ","), u.FullName})
				}
				return printColumns(r.Stdout, []string{"NAME", "SIGNS IN BY", "GROUPS", "FULL NAME"}, rows)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// say prints a line that tells what was done, unless err says that it was not.
func (r *run) say(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(r.Stdout, format+"\n", args...)
	return err
}

// printJSON prints v as JSON unless there was an error.
func printJSON(r *run, v any, err error) error {
	if err != nil {
		return err
	}
	return writeJSON(r.Stdout, v)
}

// waysIn returns how a user can sign in besides by tokens.
func waysIn(u *api.User) string {
	var ways []string
	if u.Password {
		ways = append(ways, "password")
	}
	if len(u.Certificates) > 0 {
		ways = append(ways, "certificate")
	}
	if len(u.Identities) > 0 {
		ways = append(ways, "issuer")
	}
	switch {
	case u.Disabled:
		return "(disabled)"
	case len(ways) == 0:
		return "token"
	}
	return strings.Join(ways, ",")
}

func userShowCommand(r *run) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "show NAME",
		Short:             "show a user with their grants",
		Long:              `Shows a user: groups, how they can sign in, and what they may do by themselves and by their groups.`,
		Example:           `  clusto user show jdoe`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              oneArg("NAME"),
		ValidArgsFunction: only(1, r.completeAccounts(0, userNames)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				u, err := c.User(ctx, args[0])
				if err != nil || asJSON {
					return printJSON(r, u, err)
				}
				grants, err := c.Grants(ctx, api.ListGrantsParams{User: u.Name})
				if err != nil {
					return err
				}
				return r.printUser(u, grants.Grants)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (r *run) printUser(u *api.User, grants []api.Grant) error {
	var b strings.Builder
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-13s %s\n", what+":", text)
		}
	}
	line("name", u.Name)
	line("full name", u.FullName)
	line("email", u.Email)
	line("groups", strings.Join(u.Groups, ", "))
	line("signs in by", waysIn(u))
	for _, name := range u.Certificates {
		line("certificate", name)
	}
	for _, id := range u.Identities {
		line("identity", id)
	}
	line("made", day(u.Created))
	for _, g := range grants {
		from := ""
		if g.Group != "" {
			from = "  (group " + g.Group + ")"
		}
		line("may", g.Grant+from)
	}
	_, err := fmt.Fprint(r.Stdout, b.String())
	return err
}

func userSetCommand(r *run) *cobra.Command {
	var fullName, email string
	var groups, certificates, identities []string
	var disable, enable bool
	cmd := &cobra.Command{
		Use:   "set NAME",
		Short: "change a user",
		Long: `Changes a user. A list, such as --group, replaces what was there; "" for it empties
it. A user who is disabled cannot sign in, and is cut off at once wherever they have
signed in; their tokens are good again when they are enabled.`,
		Example: `  clusto user set jdoe --disable
  clusto user set jdoe --group ops,web
  clusto user set ann --identity 'https://id.example.com 248289761001'`,
		Annotations:       exits(databaseExits, accountExits, []exit{{statusExists, "another user has that certificate or identity"}}),
		Args:              oneArg("NAME"),
		ValidArgsFunction: only(1, r.completeAccounts(0, userNames)),
		RunE: func(cmd *cobra.Command, args []string) error {
			var change api.UserChange
			some := false
			given := func(flag string) bool {
				is := cmd.Flags().Changed(flag)
				some = some || is
				return is
			}
			if given("full-name") {
				change.FullName = &fullName
			}
			if given("email") {
				change.Email = &email
			}
			if given("group") {
				change.Groups = notEmpty(groups)
			}
			if given("certificate") {
				change.Certificates = notEmpty(certificates)
			}
			if given("identity") {
				change.Identities = notEmpty(identities)
			}
			if given("disable") || given("enable") {
				off := disable || cmd.Flags().Changed("enable") && !enable
				change.Disabled = &off
			}
			if !some {
				return clusto.WithHint(usagef("user set changes nothing"), "see %s --help", cmd.CommandPath())
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				_, err := c.ChangeUser(ctx, args[0], change)
				return r.say(err, "user %s changed", args[0])
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&fullName, "full-name", "", "what people call them")
	flags.StringVar(&email, "email", "", "their address")
	flags.StringSliceVar(&groups, "group", nil, "the groups that they are in, and no others")
	flags.StringArrayVar(&certificates, "certificate", nil, "the names in their client certificates")
	flags.StringArrayVar(&identities, "identity", nil, "how issuers know them: 'https://id.example.com SUBJECT'")
	flags.BoolVar(&disable, "disable", false, "they may not sign in any more")
	flags.BoolVar(&enable, "enable", false, "they may sign in again")
	cmd.MarkFlagsMutuallyExclusive("disable", "enable")
	complete(cmd, "group", r.completeAccounts(0, groupNames))
	return cmd
}

// notEmpty returns a list without empty texts, as a request has it.
func notEmpty(list []string) *[]string {
	some := []string{}
	for _, text := range list {
		if text != "" {
			some = append(some, text)
		}
	}
	return &some
}

func userDeleteCommand(r *run) *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "delete NAME",
		Short: "delete a user with their tokens and grants",
		Long: `Deletes a user with their tokens, sessions and grants. The history keeps their name.
"clusto user set NAME --disable" shuts somebody out without that.`,
		Example:           `  clusto user delete jdoe`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              oneArg("NAME"),
		ValidArgsFunction: only(1, r.completeAccounts(0, userNames)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				if err := r.confirm("Delete the user " + args[0] + " with all tokens and grants?"); err != nil {
					return err
				}
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.say(c.DeleteUser(ctx, args[0]), "user %s deleted", args[0])
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func userPasswordCommand(r *run) *cobra.Command {
	var remove bool
	p := &passwords{r: r}
	cmd := &cobra.Command{
		Use:   "password [NAME]",
		Short: "give a user another password",
		Long: `Gives a user another password, and ends the sessions in which they have signed in.
Their tokens stay good. Without NAME it is your own.

Passwords are asked for at the terminal. Your own on a server needs the old one,
which with --password-stdin stands in the line before the new one.`,
		Example: `  clusto user password
  clusto user password jdoe
  clusto user password jdoe --remove`,
		Annotations: exits(databaseExits, accountExits, []exit{
			{statusInvalid, "the password cannot be used"},
			{statusDenied, "the old password is wrong"},
		}),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: only(1, r.completeAccounts(0, userNames)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error { return setPassword(ctx, c, p, args, remove) })
		},
	}
	cmd.Flags().BoolVar(&remove, "remove", false, "leave the user without a password")
	p.flag(cmd, "passwords")
	return cmd
}

func setPassword(ctx context.Context, c *client.Client, p *passwords, args []string, remove bool) error {
	me, err := c.Session(ctx)
	if err != nil {
		return err
	}
	name := me.User
	if len(args) > 0 {
		name = args[0]
	}
	if name == "" {
		return clusto.WithHint(usagef("whose password?"), "name the user")
	}
	var change api.UserChange
	if me.Accounts && name == me.User {
		u, err := c.User(ctx, name)
		if err != nil {
			return err
		}
		if u.Password {
			if change.OldPassword, err = p.ask("old password"); err != nil {
				return err
			}
		}
	}
	password := ""
	if !remove {
		if password, err = p.askTwice("new password of " + name); err != nil {
			return err
		}
	}
	change.Password = &password
	_, err = c.ChangeUser(ctx, name, change)
	if remove {
		return p.r.say(err, "%s has no password any more", name)
	}
	return p.r.say(err, "%s has another password", name)
}
