package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/sandbox"
	"github.com/clusto/clusto/internal/script"
)

// remoteUser is whom a session runs scripts for.
type remoteUser struct {
	name    string
	subject json.RawMessage // what storeFor makes permissions of
	origin  string          // the address that the user came from
}

// remoteSession returns how to start a session of a remote user on the database of the
// setting.
func remoteSession(s cli.Setting, who remoteUser, limits sandbox.Limits) sandbox.Options {
	c := s.Config
	return sandbox.Options{
		Args: []string{cli.ScriptChild},
		Env:  childEnvironment(),
		Log:  s.Log,
		Setting: sandbox.Setting{
			DSN:         s.DSN,
			Unversioned: !c.Clusto.Versioning,
			LibDir:      s.LibDir,
			Racks:       sandbox.Racks{Domain: c.RackFactory.Domain, DNSTimeout: c.RackFactory.DNSTimeout},
			User:        who.name,
			Subject:     who.subject,
			Origin:      who.origin,
			Script:      sandbox.Script{MaxSteps: c.Script.MaxSteps, MaxDepth: c.Script.MaxDepth, Timeout: c.Script.Timeout},
			Limits:      limits,
		},
	}
}

// childVariables are what a child needs of the environment: what leads to the
// database, and where files of nobody else are. The DSN is not among them.
const childVariables = `HOME USER TZ TMPDIR SQLITE_TMPDIR SSL_CERT_FILE SSL_CERT_DIR MYSQL_PWD
	PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE PGOPTIONS PGAPPNAME PGTZ
	PGCONNECT_TIMEOUT PGTARGETSESSIONATTRS PGCHANNELBINDING PGREQUIREAUTH PGMINPROTOCOLVERSION PGMAXPROTOCOLVERSION
	PGSSLMODE PGSSLKEY PGSSLCERT PGSSLCERTMODE PGSSLSNI PGSSLROOTCERT PGSSLPASSWORD PGSSLNEGOTIATION`

// childEnvironment returns the environment of a child.
func childEnvironment() []string {
	var env []string
	for name := range strings.FieldsSeq(childVariables) {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// scriptChild is the child: it runs scripts until the server closes the session, or is
// gone. Signals that are sent to all processes of a service are for the server, which
// then closes its sessions.
func (p *program) scriptChild(ctx context.Context) error {
	p.releaseSignals()
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if err := sandbox.DieWithParent(); err != nil {
		return err
	}
	answers := os.Stdout
	os.Stdout = os.Stderr // what a driver prints must not get among the answers
	return sandbox.Serve(context.WithoutCancel(ctx), os.Stdin, answers, p.openRemote)
}

// openRemote opens the database and an interpreter for the session of a remote user.
func (p *program) openRemote(ctx context.Context, remote sandbox.Setting, to sandbox.Streams) (sandbox.Interpreter, error) {
	store, closeStore, err := storeFor(ctx, remote)
	if err != nil {
		return nil, err
	}
	setting := childSetting(remote, to)
	tables, err := layouts(setting)
	if err != nil {
		return nil, errors.Join(err, closeStore())
	}
	opt := p.engineOptions(setting, store, tables)
	opt.Network = script.Network{}
	opt.MaxMemory = remote.Limits.ScriptMemory()
	opt.User, opt.FixedUser = remote.User, true
	engine, err := script.New(opt)
	if err != nil {
		return nil, errors.Join(err, closeStore())
	}
	return &remoteInterpreter{session: engine.Session(nil), closeStore: closeStore, unversioned: remote.Unversioned}, nil
}

// storeFor opens the database as a remote user may see and change it, and returns what
// closes it, too. Whatever a session reads and writes goes through the store.
func storeFor(ctx context.Context, remote sandbox.Setting) (seen clusto.Store, closeStore func() error, err error) {
	store, err := openStore(ctx, cli.Database{DSN: remote.DSN, Unversioned: remote.Unversioned})
	if err != nil {
		return nil, nil, err
	}
	return store, store.Close, nil
}

// childSetting returns the setting that the server sent as that of a command.
func childSetting(remote sandbox.Setting, to sandbox.Streams) cli.Setting {
	c := config.Default()
	c.Clusto.Versioning = !remote.Unversioned
	c.Clusto.LibDir = remote.LibDir
	c.RackFactory = config.RackFactory{Domain: remote.Racks.Domain, DNSTimeout: remote.Racks.DNSTimeout}
	c.Script = config.Script{MaxSteps: remote.Script.MaxSteps, MaxDepth: remote.Script.MaxDepth, Timeout: remote.Script.Timeout}
	return cli.Setting{
		DSN:    remote.DSN,
		LibDir: remote.LibDir,
		Config: c,
		Log:    slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Stdin:  strings.NewReader(""),
		Stdout: to.Out,
		Stderr: to.Notices,
	}
}
