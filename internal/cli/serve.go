package cli

import (
	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/config"
)

// serveFlags are the flags of serve that stand for a key of the configuration.
var serveFlags = []struct{ flag, section, key, usage string }{
	{"http", "http", "listen", "HOST:PORT or unix:PATH to serve HTTP on, or off (default " + config.DefaultHTTP + ")"},
	{"tls-cert", "http", "tls_cert", "the certificate, with those between it and a root, in PEM"},
	{"tls-key", "http", "tls_key", "its key, in PEM"},
	{"snmptrap", "serve", "snmptrap", "HOST:PORT to receive SNMP traps on, or off (default off)"},
	{"dhcp", "serve", "dhcp", "HOST:PORT to answer DHCPv4 on, several with commas, or off (default off)"},
	{"dhcp6", "serve", "dhcp6", "HOST:PORT to answer DHCPv6 on, several with commas, or off (default off)"},
}

func serveCommand(r *run) *cobra.Command {
	insecure := false
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "serve HTTP, receive SNMP traps and answer DHCP",
		Long: `Runs the daemons in one process, each of which can be switched on and off: HTTP
(metrics, health, and what other parts of clusto add), the trap daemon that
"clusto snmptrapd" is by itself, and the DHCP server that "clusto dhcpd" is. If one
fails, all end.

Whoever can reach HTTP can do everything, unless there are accounts. So an address
that other machines can reach is refused without TLS and accounts; --insecure, or
insecure = yes-i-know in [http] of the configuration, allows it all the same.

Signals: SIGTERM and SIGINT end the daemon when the requests that are under way
are answered. SIGHUP has it read the configuration again. SIGUSR2 starts the
program anew, in a new version if there is one, which takes over the sockets, so
that no request is lost. Certificates that change are read by themselves.

The flags replace the keys of the configuration: --http is listen of [http],
--tls-cert and --tls-key are tls_cert and tls_key, --snmptrap, --dhcp and --dhcp6
are those of [serve]. Sockets that systemd opens replace listen. The link clusto-httpd is this
command.`,
		Example: `  clusto serve
  clusto serve --http 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem
  clusto serve --http unix:/run/clusto/http.sock --snmptrap 0.0.0.0:162
  clusto serve --dhcp 192.0.2.1:67 --dhcp6 '[::]:547'`,
		Annotations: exits(databaseExits, []exit{
			{statusOK, "ended by SIGINT or SIGTERM, or after a restart"},
			{statusInvalid, "HTTP would be open to everybody"},
			{statusUnavailable, "an address cannot be listened on"},
		}),
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := r.settle()
			if err != nil {
				return err
			}
			flagged := func(conf *config.Config) error { return applyServeFlags(cmd, insecure, conf) }
			if err := flagged(s.Config); err != nil {
				return err
			}
			if s, err = r.needDatabase("clusto serve"); err != nil {
				return err
			}
			return r.Serve(cmd.Context(), *s, func() (*config.Config, error) { return r.reload(s, flagged) })
		},
	}
	for _, f := range serveFlags {
		cmd.Flags().String(f.flag, "", f.usage)
	}
	cmd.Flags().BoolVar(&insecure, "insecure", false, "let everybody who can reach it read and change everything")
	return cmd
}

// applyServeFlags replaces keys of the configuration by the flags that were given.
func applyServeFlags(cmd *cobra.Command, insecure bool, conf *config.Config) error {
	for _, f := range serveFlags {
		if !cmd.Flags().Changed(f.flag) {
			continue
		}
		if err := conf.Set(f.section, f.key, cmd.Flag(f.flag).Value.String()); err != nil {
			return clusto.WithHint(usageError{err}, "see clusto serve --help, --%s", f.flag)
		}
	}
	if insecure {
		conf.HTTP.Insecure = config.InsecureWord
	}
	if err := conf.HTTP.Check(); err != nil {
		return clusto.Errorf(clusto.ErrInvalid, "%w", err)
	}
	return nil
}

// reload reads the file that s came from again, with the flags that count more.
func (r *run) reload(s *Setting, flagged func(*config.Config) error) (*config.Config, error) {
	path := s.Config.Path
	conf, err := config.Load(path)
	if err != nil {
		return nil, configError(path, err)
	}
	if r.flags.loglevel != "" {
		conf.Clusto.LogLevel = s.Config.Clusto.LogLevel
	}
	for _, warning := range conf.Warnings {
		s.Log.Warn("configuration", "file", path, "warning", warning)
	}
	return conf, flagged(conf)
}
