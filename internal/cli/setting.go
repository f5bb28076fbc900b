package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/config"
)

// globalFlags are the flags that every command has.
type globalFlags struct {
	dsn      string
	config   string
	libdir   string
	loglevel string
}

// logLevels are what --loglevel takes.
var logLevels = []string{"debug", "info", "warn", "error"}

func (g *globalFlags) add(root *cobra.Command) {
	flags := root.PersistentFlags()
	flags.StringVar(&g.dsn, "dsn", "", "the database or server: sqlite:///clusto.db, https://clusto.example.com (CLUSTODSN)")
	flags.StringVar(&g.config, "config", "", "the configuration file (CLUSTOCONFIG)")
	flags.StringVar(&g.libdir, "libdir", "", "the directory of your own drivers and rack layouts (CLUSTOLIB; default /var/lib/clusto)")
	flags.StringVar(&g.loglevel, "loglevel", "", "what to log on standard error: debug, info, warn or error (default info)")
}

// Setting is what flags, environment and configuration file say together, for
// those who run daemons and scripts.
type Setting struct {
	DSN    string // "" if nothing names a database or a server
	Token  string // of the environment, for a server
	LibDir string
	Config *config.Config
	Log    *slog.Logger
	Level  *slog.LevelVar // of Log; it may be changed
	Stdin  io.Reader      // what the shell reads
	Stdout io.Writer      // what scripts print
	Stderr io.Writer      // what is to be said about them
}

// Database returns the database that the setting names.
func (s *Setting) Database() Database {
	return Database{DSN: s.DSN, Unversioned: !s.Config.Clusto.Versioning, Log: s.Log}
}

// IsServer reports whether the setting names a server and not a database.
func (s *Setting) IsServer() bool { return isServer(s.DSN) }

// isServer reports whether a DSN is the address of a server.
func isServer(dsn string) bool {
	return strings.HasPrefix(dsn, "https://") || strings.HasPrefix(dsn, "http://")
}

// User returns who changes are recorded for: the configured user, else the user
// of the system.
func (s *Setting) User() string {
	if s.Config.Clusto.User != "" {
		return s.Config.Clusto.User
	}
	u, err := user.Current()
	if err != nil {
		return "" // a user without a name, as in some containers
	}
	return u.Username
}

// settle returns what flags, environment, file and defaults say, in this order
// of weight. It reads the configuration file at its first call.
func (r *run) settle() (*Setting, error) {
	if r.setting != nil {
		return r.setting, nil
	}
	path := cmp.Or(r.flags.config, config.Find(r.Getenv))
	conf, err := config.Load(path)
	if err != nil {
		return nil, configError(path, err)
	}
	if r.flags.loglevel != "" {
		if conf.Clusto.LogLevel, err = parseLevel(r.flags.loglevel); err != nil {
			return nil, err
		}
	}
	level := &slog.LevelVar{}
	level.Set(conf.Clusto.LogLevel)
	dsn := cmp.Or(r.flags.dsn, r.Getenv("CLUSTODSN"))
	if dsn == "" {
		dsn = string(conf.Clusto.DSN)
	}
	r.setting = &Setting{
		DSN:    dsn,
		Token:  r.Getenv("CLUSTO_TOKEN"),
		LibDir: cmp.Or(r.flags.libdir, r.Getenv("CLUSTOLIB"), conf.Clusto.LibDir),
		Config: conf,
		Level:  level,
		Stdin:  r.Stdin,
		Stdout: r.Stdout,
		Stderr: r.Stderr,
		Log:    slog.New(slog.NewTextHandler(r.Stderr, &slog.HandlerOptions{Level: level})),
	}
	for _, warning := range conf.Warnings {
		r.setting.Log.Warn("configuration", "file", path, "warning", warning)
	}
	return r.setting, nil
}

// configError returns err, which reading the file at path gave, with its kind.
func configError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "configuration %w", err),
			"--config and CLUSTOCONFIG name the file; without them it may be missing")
	case errors.Is(err, fs.ErrPermission):
		return clusto.Errorf(clusto.ErrUnavailable, "configuration %w", err)
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%w", err), "correct %s, or name another file with --config", path)
}

func parseLevel(name string) (slog.Level, error) {
	var level slog.Level
	for _, known := range logLevels {
		if name == known {
			return level, level.UnmarshalText([]byte(name))
		}
	}
	return level, clusto.WithHint(usagef("--loglevel %s is not a level", name), "use debug, info, warn or error")
}

// needDSN returns the setting, or an error that says how to make a database if
// nothing names one.
func (r *run) needDSN() (*Setting, error) {
	s, err := r.settle()
	if err != nil {
		return nil, err
	}
	if s.DSN == "" {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "no database is named: not by --dsn, not by CLUSTODSN, not by a configuration file"),
			"to make one: export CLUSTODSN=sqlite:///clusto.db; clusto initdb")
	}
	return s, nil
}

// needDatabase is needDSN for commands that work with a database itself, not with
// a server. what names what they do.
func (r *run) needDatabase(what string) (*Setting, error) {
	s, err := r.needDSN()
	if err == nil && s.IsServer() {
		err = noServer(what, s.DSN)
	}
	return s, err
}

// noServer is the error about a DSN that names a server where a database is needed.
func noServer(what, dsn string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%s needs a database, and %s is a server", what, hidePassword(dsn)),
		"run it where the server runs, with the DSN of its database")
}

// ask calls fn with a client of the server or the database that the setting names.
func (r *run) ask(cmd *cobra.Command, fn func(ctx context.Context, c *client.Client) error) (err error) {
	s, err := r.needDSN()
	if err != nil {
		return err
	}
	c, end, err := r.Connect(cmd.Context(), *s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	return fn(cmd.Context(), c)
}
