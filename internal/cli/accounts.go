package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
)

// accountExits are the statuses of commands about accounts, besides those of
// every command that opens a database.
var accountExits = []exit{
	{statusNotFound, "there is no such user, group, token or grant"},
	{statusDenied, "you may not do that"},
	{statusUnavailable, "the server cannot be reached, or asks to try again later"},
}

// printColumns prints rows in columns under headings.
func printColumns(w io.Writer, headings []string, rows [][]string) error {
	rows = append([][]string{headings}, rows...)
	widths := make([]int, len(headings))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	out := bufio.NewWriter(w)
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
	return out.Flush()
}

// day returns a time of accounts for people, or "" for never.
func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Local().Format(time.DateTime)
}

// completeAccounts completes the arguments from the one numbered first on with
// what names returns.
func (r *run) completeAccounts(first int, names func(context.Context, *client.Client) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) < first {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var found []string
		err := r.ask(cmd, func(ctx context.Context, c *client.Client) (err error) {
			found, err = names(ctx, c)
			return err
		})
		if err != nil {
			found = nil // a completion has no place for errors
		}
		found = slices.DeleteFunc(found, func(name string) bool { return slices.Contains(args, name) })
		return found, cobra.ShellCompDirectiveNoFileComp
	}
}

// only limits a completion to the first arguments.
func only(limit int, fn cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= limit {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return fn(cmd, args, word)
	}
}

func userNames(ctx context.Context, c *client.Client) ([]string, error) {
	users, err := c.Users(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, u := range users.Users {
		names = append(names, u.Name)
	}
	return names, nil
}

func groupNames(ctx context.Context, c *client.Client) ([]string, error) {
	groups, err := c.Groups(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, g := range groups.Groups {
		names = append(names, g.Name)
	}
	return names, nil
}

// passwords asks for passwords at the terminal, or reads them from a pipe, one a
// line.
type passwords struct {
	r     *run
	piped bool
	lines *bufio.Reader // of the pipe, once something was read
}

// flag gives cmd the flag that has passwords read from a pipe.
func (p *passwords) flag(cmd *cobra.Command, what string) {
	cmd.Flags().BoolVar(&p.piped, "password-stdin", false, "read "+what+" from standard input, one a line")
}

// ask returns a password, which question names.
func (p *passwords) ask(question string) (string, error) {
	if p.piped {
		return p.line(question)
	}
	in, ok := p.r.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return "", clusto.WithHint(usagef("there is no terminal to ask for the %s at", question), "--password-stdin reads it from standard input")
	}
	fmt.Fprintf(p.r.Stderr, "%s: ", question)
	typed, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(p.r.Stderr)
	return string(typed), err
}

func (p *passwords) line(question string) (string, error) {
	if p.lines == nil {
		p.lines = bufio.NewReader(p.r.Stdin)
	}
	line, err := p.lines.ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", clusto.Errorf(clusto.ErrInvalid, "standard input ends before the %s", question)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// askTwice returns a new password; at a terminal it must be typed twice.
func (p *passwords) askTwice(question string) (string, error) {
	first, err := p.ask(question)
	if err != nil {
		return "", err
	}
	if first == "" {
		return "", clusto.Errorf(clusto.ErrInvalid, "the %s is empty", question)
	}
	if p.piped {
		return first, nil
	}
	second, err := p.ask("the same again")
	if err == nil && first != second {
		err = clusto.Errorf(clusto.ErrInvalid, "the two are not the same")
	}
	return first, err
}
