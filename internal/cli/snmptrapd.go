package cli

import (
	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/config"
)

// trapFlags are the flags of snmptrapd that stand for a key of [snmptrapd].
var trapFlags = []struct{ flag, key, usage string }{
	{"listen", "listen", "HOST:PORT to listen on (default 0.0.0.0:162)"},
	{"mac-prefix", "mac_prefixes", "make servers of these MAC addresses only, such as 00:1e:c9,00:25:90 (default all)"},
	{"name-manager", "name_manager", "the entity that names new servers (default servernames)"},
	{"engine-id", "engine_id", "our engine ID for SNMPv3 informs, in hexadecimal"},
	{"receive-buffer", "receive_buffer", "size of the socket's buffer, such as 8M"},
	{"queue", "queue", "how many traps may wait"},
}

func snmptrapdCommand(r *run) *cobra.Command {
	var communities []string
	cmd := &cobra.Command{
		Use:   "snmptrapd",
		Short: "receive SNMP traps and enter the servers that they report",
		Long: `Listens for the traps and informs of switches that say which MAC addresses they
have learnt (CISCO-MAC-NOTIFICATION-MIB; SNMPv1, v2c and v3). A machine that
appears on a port that is known and free becomes a server: it is named, racked,
cabled and addressed as the layout of its rack says.

A switch is known by the address that its traps come from, and takes part if the
attribute snmp.discovery is 1 on it or on anything that it is in. What was done
and what was dropped, and why, is logged on standard error. SIGINT and SIGTERM
end the daemon with the status 0; a trap that it is at work on leaves nothing.

The flags replace the keys of the section [snmptrapd] of the configuration, which
also has the users of SNMPv3. Secrets in flags can be seen by every user of the
machine; the file keeps them. Ports below 1024 need the capability
CAP_NET_BIND_SERVICE. The link clusto-snmptrapd is this command.`,
		Example: `  clusto snmptrapd
  clusto snmptrapd --listen 127.0.0.1:1162 --loglevel debug
  clusto snmptrapd --config /etc/clusto/clusto.conf --mac-prefix 00:1e:c9`,
		Annotations: exits(databaseExits, []exit{
			{statusOK, "ended by SIGINT or SIGTERM"},
			{statusUnavailable, "the address cannot be listened on"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := r.settle()
			if err != nil {
				return err
			}
			for _, f := range trapFlags {
				if !cmd.Flags().Changed(f.flag) {
					continue
				}
				if err := s.Config.Set("snmptrapd", f.key, cmd.Flag(f.flag).Value.String()); err != nil {
					return clusto.WithHint(usageError{err}, "see clusto snmptrapd --help, --%s", f.flag)
				}
			}
			if cmd.Flags().Changed("community") {
				s.Config.SNMPTrapd.Communities = secrets(communities)
			}
			if s, err = r.needDatabase("clusto snmptrapd"); err != nil {
				return err
			}
			return r.RunTrapDaemon(cmd.Context(), *s)
		},
	}
	for _, f := range trapFlags {
		cmd.Flags().String(f.flag, "", f.usage)
	}
	cmd.Flags().StringSliceVar(&communities, "community", nil, "a community that v1 and v2c traps may have, several times if need be (default any)")
	return cmd
}

func secrets(texts []string) []config.Secret {
	var all []config.Secret
	for _, text := range texts {
		all = append(all, config.Secret(text))
	}
	return all
}
