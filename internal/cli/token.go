package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client"
)

func tokenCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "what programs sign in with",
		Long: `Tokens are what programs sign in to a server with, this one too: CLUSTO_TOKEN, or
token_file in [client] of the configuration, has one. Each belongs to a user, and
may do what the user may, or less.`,
		Annotations: exits(databaseExits, accountExits),
		RunE:        group,
	}
	cmd.AddCommand(tokenCreateCommand(r), tokenListCommand(r), tokenRevokeCommand(r))
	return cmd
}

func tokenCreateCommand(r *run) *cobra.Command {
	var t api.NewToken
	var expires string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "make a token, and print it this once",
		Long: `Makes a token and prints it, this once: the server keeps only what it takes to know
it again. It is your own unless --user says whose.

--expires is a time from now, such as 90d or 12h, or a date. --grant limits the
token to some of what its user may do, and may be given several times.`,
		Example: `  TOKEN=$(clusto token create ci --user deploy --expires 90d)
  clusto token create backup --user deploy --grant read`,
		Annotations: exits(databaseExits, accountExits, []exit{
			{statusExists, "the user has a token of that name"},
			{statusInvalid, "a grant cannot be read, or the token would have expired already"},
		}),
		Args:              oneArg("NAME"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			t.Name = args[0]
			if expires != "" {
				at, err := parseExpiry(expires, time.Now())
				if err != nil {
					return err
				}
				t.Expires = &at
			}
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				made, err := c.CreateToken(ctx, t)
				if err != nil || asJSON {
					return printJSON(r, made, err)
				}
				_, err = fmt.Fprintln(r.Stdout, made.Secret)
				return err
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&t.User, "user", "", "whose token it is (default: yours)")
	flags.StringVar(&expires, "expires", "", "when it ends: 90d, 12h, 2027-01-31 (default: never)")
	flags.BoolVar(&asJSON, "json", false, "print the token, and what is known of it, as JSON")
	flags.StringArrayVar(&t.Grants, "grant", nil, "what it may do at most, such as 'read' or 'write attr/* in pool web'")
	complete(cmd, "user", r.completeAccounts(0, userNames))
	return cmd
}

// parseExpiry reads a length of time from now, in which d is a day, or a date.
func parseExpiry(text string, now time.Time) (time.Time, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n > 0 {
			return now.AddDate(0, 0, int(n)), nil
		}
	}
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return now.Add(d), nil
	}
	for _, form := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.ParseInLocation(form, text, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, clusto.WithHint(usagef("--expires %s is neither a length of time nor a date", text), "write 90d, 12h or 2027-01-31")
}

func tokenListCommand(r *run) *cobra.Command {
	var user string
	var asJSON bool
	cmd := &cobra.Command{
		Use:               "list",
		Short:             "list tokens",
		Long:              `Lists the tokens of a user, also those that are no longer good. It does not show the tokens themselves.`,
		Example:           `  clusto token list --user deploy`,
		Annotations:       exits(databaseExits, accountExits),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				list, err := c.Tokens(ctx, user)
				if err != nil || asJSON {
					return printJSON(r, list, err)
				}
				var rows [][]string
				for _, t := range list.Tokens {
					rows = append(rows, []string{t.Name, stateOf(&t, time.Now()), day(t.LastUsed), strings.Join(t.Grants, "; ")})
				}
				return printColumns(r.Stdout, []string{"NAME", "STATE", "LAST USED", "AT MOST"}, rows)
			})
		},
	}
	cmd.Flags().StringVar(&user, "user", "", "whose tokens (default: yours)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	complete(cmd, "user", r.completeAccounts(0, userNames))
	return cmd
}

// stateOf says whether a token is good, and until when.
func stateOf(t *api.Token, now time.Time) string {
	switch {
	case t.Revoked != nil:
		return "revoked " + day(t.Revoked)
	case t.Expires == nil:
		return "good"
	case now.Before(*t.Expires):
		return "good until " + day(t.Expires)
	}
	return "expired " + day(t.Expires)
}

func tokenRevokeCommand(r *run) *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:         "revoke NAME",
		Short:       "end a token for good",
		Long:        `Ends a token for good. Whoever uses it is refused at once, or within a second or two.`,
		Example:     `  clusto token revoke ci --user deploy`,
		Annotations: exits(databaseExits, accountExits),
		Args:        oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.ask(cmd, func(ctx context.Context, c *client.Client) error {
				return r.say(c.RevokeToken(ctx, args[0], user), "token %s revoked", args[0])
			})
		},
		ValidArgsFunction: only(1, r.completeAccounts(0, func(ctx context.Context, c *client.Client) ([]string, error) {
			list, err := c.Tokens(ctx, user)
			if err != nil {
				return nil, err
			}
			var names []string
			for _, t := range list.Tokens {
				if t.Revoked == nil {
					names = append(names, t.Name)
				}
			}
			return names, nil
		})),
	}
	cmd.Flags().StringVar(&user, "user", "", "whose token it is (default: yours)")
	complete(cmd, "user", r.completeAccounts(0, userNames))
	return cmd
}
