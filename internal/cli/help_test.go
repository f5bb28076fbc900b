package cli_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto/internal/cli"
)

// everyCommand is each command with what makes it one that runs.
var everyCommand = []string{
	"initdb", "shell", "run", "info", "tree", "topology", "list", "attr", "attr show", "export", "import", "copy", "backup", "restore",
	"rack", "rack show", "query", "search", "driver", "driver list", "driver show", "type", "type list",
	"log", "show", "diff", "blame", "revert", "undelete", "redact", "prune",
	"fsck", "doctor", "serve", "snmptrapd", "traps", "dhcpd", "dhcp", "dhcp explain", "dhcp leases", "dhcp watch", "dhcp replay", "demo", "version", "completion", "help",
	"config", "config check",
	"create", "delete", "rename", "set-driver", "insert", "remove", "attr add", "attr set", "attr delete",
	"pool", "pool show", "pool overlaps", "pool create", "pool delete", "pool insert", "pool remove", "list-pool",
	"port", "port list", "port connect", "port disconnect", "port trace", "port set",
	"ip", "ip list", "ip show", "ip history", "ip next", "ip bind", "ip release",
	"manager", "manager list", "manager show", "manager utilization", "manager free", "manager create", "manager allocate",
	"manager release", "manager reserve", "manager unreserve", "allocate", "deallocate",
	"rack list", "rack add-server", "rack preview", "rack layout", "rack layout list", "rack layout show", "rack layout preview",
	"rack layout apply", "orphans", "call", "power", "power on", "power off", "power reboot", "power status", "reboot", "console",
	"user", "user create", "user list", "user show", "user set", "user delete", "user password",
	"group", "group list", "group set", "group delete", "grant", "grant list", "grant add", "grant delete",
	"token", "token create", "token list", "token revoke", "view", "view list", "view save", "view show", "view delete", "can",
}

// groups are the commands that only have other commands.
var groups = []string{
	"", "attr", "config", "dhcp", "driver", "ip", "manager", "pool", "port", "power", "rack", "rack layout", "type", "user", "group", "grant", "token", "view",
}

// TestHelp checks that the help of each command has what a manual page has. It
// gives no database: help must not need one.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, command := range append(everyCommand, "") {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			got := clustoOn(t, "", append(strings.Fields(command), "--help")...)
			if got.status != 0 || got.stderr != "" {
				t.Fatalf("got status %d and %q", got.status, got.stderr)
			}
			parts := []string{"USAGE\n", "GLOBAL FLAGS\n", "--dsn", "EXIT STATUS\n    0  ", "\n    2  "}
			if slices.Contains(groups, command) {
				parts = append(parts, "COMMANDS\n")
			} else {
				parts = append(parts, "EXAMPLES\n  ")
			}
			for _, part := range parts {
				if !strings.Contains(got.stdout, part) {
					t.Errorf("the help lacks %q:\n%s", part, got.stdout)
				}
			}
			for line := range strings.Lines(got.stdout) {
				if n := len([]rune(line)); n > 120 {
					t.Errorf("a line of %d characters: %s", n, line)
				}
			}
		})
	}
}

// TestEveryCommandIsListed checks that everyCommand, and so TestHelp, has all
// that the program has.
func TestEveryCommandIsListed(t *testing.T) {
	t.Parallel()
	for _, group := range groups {
		help := clustoOn(t, "", append(strings.Fields(group), "--help")...).stdout
		_, list, _ := strings.Cut(help, "COMMANDS\n")
		list, _, _ = strings.Cut(list, "\n\n")
		for line := range strings.Lines(list) {
			name := strings.TrimSpace(group + " " + strings.Fields(line)[0])
			if !strings.Contains("\n"+strings.Join(everyCommand, "\n")+"\n", "\n"+name+"\n") {
				t.Errorf("the command %s is not in everyCommand", name)
			}
		}
	}
}

// TestHiddenCommand checks that nobody is shown what only the server calls.
func TestHiddenCommand(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--help"}, {"help"}, {"__complete", "s"}, {"__complete", "help", "s"}, {"script-chil"}} {
		got := clustoOn(t, "", args...)
		if strings.Contains(got.stdout+got.stderr, cli.ScriptChild) {
			t.Errorf("%q shows it:\n%s%s", args, got.stdout, got.stderr)
		}
	}
	if got := clustoOn(t, "", cli.ScriptChild, "--help"); !strings.Contains(got.stdout, "The server starts it") {
		t.Errorf("got %q", got.stdout)
	}
}
