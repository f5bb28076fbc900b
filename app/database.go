package app

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// kind is a kind of database: how one is opened, and how one is made or brought
// up to date.
type kind struct {
	example string // of a DSN
	open    func(context.Context, string, sqlstore.Options) (*sqlstore.Store, error)
	create  func(context.Context, string, sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error)
}

// kinds returns the kinds of databases by the schemes of their DSNs, without
// the name of the Python module that classic clusto may have behind a "+".
func kinds() map[string]kind {
	postgresql := kind{
		example: "postgresql://user@host:5432/database",
		open: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, error) {
			return postgres.Open(ctx, dsn, postgres.Options{Options: o})
		},
		create: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
			return postgres.Create(ctx, dsn, postgres.Options{Options: o})
		},
	}
	mariadb := kind{
		example: "mysql://user@host:3306/database",
		open: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, error) {
			return mysql.Open(ctx, dsn, mysql.Options{Options: o, Password: mysqlPassword})
		},
		create: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
			return mysql.Create(ctx, dsn, mysql.Options{Options: o, Password: mysqlPassword})
		},
	}
	return map[string]kind{
		"postgres":   postgresql,
		"postgresql": postgresql,
		"mariadb":    mariadb,
		"mysql":      mariadb,
		"sqlite": {
			example: "sqlite:///relative.db or sqlite:////absolute.db",
			open: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, error) {
				return sqlite.Open(ctx, dsn, sqlite.Options{Options: o})
			},
			create: func(ctx context.Context, dsn string, o sqlstore.Options) (*sqlstore.Store, sqlstore.Report, error) {
				return sqlite.Create(ctx, dsn, sqlite.Options{Options: o})
			},
		},
	}
}

// mysqlPassword returns the password that clients of MySQL take from the
// environment.
func mysqlPassword() (string, error) { return os.Getenv("MYSQL_PWD"), nil }

func storeOptions(db cli.Database) sqlstore.Options {
	return sqlstore.Options{NoVersions: db.Unversioned, Log: db.Log}
}

// openStore opens a database.
func openStore(ctx context.Context, db cli.Database) (clusto.Store, error) {
	k, err := kindOf(db.DSN)
	if err != nil {
		return nil, err
	}
	return k.open(ctx, db.DSN, storeOptions(db))
}

// initDB makes a database, or brings it up to date.
func initDB(ctx context.Context, db cli.Database) (cli.InitReport, error) {
	k, err := kindOf(db.DSN)
	if err != nil {
		return cli.InitReport{}, err
	}
	store, report, err := k.create(ctx, db.DSN, storeOptions(db))
	if err != nil {
		return cli.InitReport{}, err
	}
	done := cli.InitReport{Where: store.Where(), Applied: len(report.Applied)}
	for _, d := range report.Doubled {
		done.Doubled = append(done.Doubled, d.Name)
	}
	return done, errors.Join(store.Close())
}

// kindOf returns the kind of database that a DSN names: a DSN without scheme
// is the path of a SQLite file. It returns ErrUnsupported for one that this
// program does not know, without repeating the DSN, which may hold a password;
// and ErrInvalid for one of which a slip made the name of a file.
func kindOf(dsn string) (kind, error) {
	known := kinds()
	if strings.HasPrefix(dsn, "sqlite:") && !strings.HasPrefix(dsn, "sqlite:///") {
		return kind{}, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "DSN %q has too few slashes", dsn), "use %s", known["sqlite"].example)
	}
	scheme, _, found := strings.Cut(dsn, "://")
	name, _, _ := strings.Cut(scheme, "+")
	if k, ok := known[name]; ok && found {
		return k, nil
	}
	if !found {
		if err := mayBePath(dsn, known); err != nil {
			return kind{}, err
		}
		return known["sqlite"], nil
	}
	var examples []string
	for _, name := range slices.Sorted(maps.Keys(known)) {
		if example := known[name].example; !slices.Contains(examples, example) {
			examples = append(examples, example)
		}
	}
	return kind{}, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%s:// is not a database that this clusto knows", scheme),
		"use %s; or, for a server, https://host", strings.Join(examples, ", "))
}

// databaseName returns the kind of database that a DSN names: sqlite, postgresql
// or mysql.
func databaseName(dsn string) string {
	scheme, _, found := strings.Cut(dsn, "://")
	scheme, _, _ = strings.Cut(scheme, "+")
	switch {
	case !found:
		return "sqlite"
	case scheme == "postgres":
		return "postgresql"
	case scheme == "mariadb":
		return "mysql"
	}
	return scheme
}

// mayBePath returns ErrInvalid for what looks like the DSN of a server rather than
// the path of a file: the scheme of one that is known, or a password before a host.
func mayBePath(dsn string, known map[string]kind) error {
	scheme, rest, found := strings.Cut(dsn, ":")
	name, _, _ := strings.Cut(scheme, "+")
	k, ok := known[name]
	switch {
	case found && ok:
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the DSN has no // behind %s:", scheme), "use %s", k.example)
	case found && strings.Contains(rest, "@"):
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the DSN does not say which kind of database it is for"),
			"begin it with postgresql:// or mysql://, or with sqlite:/// if this is the name of a file")
	}
	return nil
}
