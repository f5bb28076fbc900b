package cli

import "github.com/spf13/cobra"

// atFlag gives cmd the flag --at.
func atFlag(cmd *cobra.Command) {
	cmd.Flags().String("at", "", "as it was at a `VERSION` or time: 123, 2026-11-20, \"2 days ago\"")
	complete(cmd, "at", cobra.FixedCompletions([]string{"live", "yesterday", "today"}, cobra.ShellCompDirectiveNoFileComp))
}

// atText returns what the flag --at of cmd says, for a server; "" is now.
func atText(cmd *cobra.Command) string {
	flag := cmd.Flags().Lookup("at")
	if flag == nil || !flag.Changed {
		return ""
	}
	return moment(flag.Value.String())
}

// pastExits are the statuses of commands that are given a version or a time.
var pastExits = []exit{
	{statusNotFound, "there is no such version, or there was none yet"},
	{statusInvalid, "a version or time is not written as one"},
	{statusUnsupported, "the database keeps no history"},
}
