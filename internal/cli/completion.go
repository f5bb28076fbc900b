package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
)

func completionCommand(r *run) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "print what makes a shell complete clusto's commands",
		Long: `Prints a script for bash, zsh, fish or powershell. With it the shell completes
commands, flags, and the names of entities, types and drivers from the database.
That for bash needs the package bash-completion.`,
		Example: `  source <(clusto completion bash)
  clusto completion zsh > "${fpath[1]}/_clusto"
  clusto completion fish | source`,
		Annotations: exits(),
		ValidArgs:   shells,
		Args:        oneArg("SHELL"),
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(r.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(r.Stdout)
			case "fish":
				return root.GenFishCompletion(r.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(r.Stdout)
			}
			return clusto.WithHint(usagef("no completion for the shell %q", args[0]), "there is one for %s", strings.Join(shells, ", "))
		},
	}
}
