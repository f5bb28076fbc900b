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
	"github.com/clusto/clusto/internal/access"
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

// remoteRights is what a child must know to give its user the rights that they have
// on the server.
type remoteRights struct {
	// Everything says that the server has no accounts.
	Everything bool           `json:"everything,omitempty"`
	Who        *access.Handle `json:"who,omitempty"`
	Policy     access.Options `json:"policy"`
}

// rightsOf returns the rights of a subject for a child.
func rightsOf(s access.Subject, policy access.Options) (json.RawMessage, error) {
	rights := remoteRights{Policy: policy}
	if h, ok := s.Handle(); ok {
		rights.Who = &h
	} else if rights.Everything = s.MayAdmin(context.Background()) == nil; !rights.Everything {
		return nil, clusto.Errorf(clusto.ErrDenied, "nobody has signed in")
	}
	return json.Marshal(rights)
}

// storeFor opens the database as a remote user may see and change it, and returns what
// closes it, too. Whatever a session reads and writes goes through the store.
func storeFor(ctx context.Context, remote sandbox.Setting) (seen clusto.Store, closeStore func() error, err error) {
	store, err := openStore(ctx, cli.Database{DSN: remote.DSN, Unversioned: remote.Unversioned})
	if err != nil {
		return nil, nil, err
	}
	subject, policy, err := remoteSubject(ctx, remote, store)
	if err != nil {
		return nil, nil, errors.Join(err, store.Close())
	}
	return access.Wrap(store, subject, policy), store.Close, nil
}

// remoteSubject returns who the user of a session is, and the rules for all.
func remoteSubject(ctx context.Context, remote sandbox.Setting, store clusto.Store) (s access.Subject, p *access.Policy, err error) {
	var rights remoteRights
	if err := json.Unmarshal(remote.Subject, &rights); err != nil {
		return s, nil, clusto.Errorf(clusto.ErrDenied, "the rights of the session's user: %w", err)
	}
	if p, err = access.NewPolicy(rights.Policy); err != nil {
		return s, nil, err
	}
	switch {
	case rights.Everything:
		return access.Everything(remote.User, remote.Origin), p, nil
	case rights.Who == nil:
		return s, nil, clusto.Errorf(clusto.ErrDenied, "the session's user is not known")
	}
	accounts, err := access.NewAccounts(store, access.AccountsOptions{})
	if err != nil {
		return s, nil, err
	}
	s, err = access.NewAuthenticator(accounts, access.AuthOptions{}).Resume(ctx, *rights.Who)
	return s, p, err
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
