package cli

import (
	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/config"
)

// dhcpFlags are the flags of dhcpd that stand for a key of [dhcpd].
var dhcpFlags = []struct{ flag, key, usage string }{
	{"listen", "listen", "HOST:PORT to answer DHCPv4 on, several with commas, or off (default " + config.DefaultDHCP + ")"},
	{"listen6", "listen6", "the same for DHCPv6, such as " + config.DefaultDHCP6 + " (default off)"},
	{"interface", "interface", "the only interface on which clients are answered"},
	{"duid", "duid", "the server identifier of DHCPv6, in hexadecimal"},
	{"receive-buffer", "receive_buffer", "size of the socket's buffer, such as 8M"},
	{"workers", "workers", "how many goroutines answer"},
}

func dhcpdCommand(r *run) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "dhcpd",
		Short: "answer DHCP clients that are in the inventory",
		Long: `Answers the DHCP clients that are in the inventory, and nobody else: with the
address that is bound to them, and the attributes with the key dhcp, of their own
and of what they are in, as options. It answers from memory, so also while the
database is down, and takes in each change of the inventory as it is made.

HOST of --listen is the server identifier, and broadcasts are answered on the
interface that has it; with 0.0.0.0 on all interfaces. "clusto dhcp explain" says
what a client is told and why, "clusto dhcp leases" who has asked. SIGINT and
SIGTERM end the daemon with the status 0.

The flags replace the keys of the section [dhcpd] of the configuration. Port 67
needs the capability CAP_NET_BIND_SERVICE, and answers to clients that have no
address yet CAP_NET_RAW; without that they are broadcast. The link clusto-dhcpd is
this command.`,
		Example: `  clusto dhcpd --listen 192.0.2.1:67
  clusto dhcpd --listen 192.0.2.1:67 --listen6 '[::]:547' --interface eth0
  clusto dhcpd --listen 127.0.0.1:6767 --loglevel debug`,
		Annotations: exits(databaseExits, []exit{
			{statusOK, "ended by SIGINT or SIGTERM"},
			{statusInvalid, "there is nothing to listen on"},
			{statusUnavailable, "an address cannot be listened on"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := r.settle()
			if err != nil {
				return err
			}
			for _, f := range dhcpFlags {
				if !cmd.Flags().Changed(f.flag) {
					continue
				}
				if err := s.Config.Set("dhcpd", f.key, cmd.Flag(f.flag).Value.String()); err != nil {
					return clusto.WithHint(usageError{err}, "see clusto dhcpd --help, --%s", f.flag)
				}
			}
			if s, err = r.needDatabase("clusto dhcpd"); err != nil {
				return err
			}
			return r.RunDHCPDaemon(cmd.Context(), *s)
		},
	}
	for _, f := range dhcpFlags {
		cmd.Flags().String(f.flag, "", f.usage)
	}
	return cmd
}
