package app

import (
	"context"
	"errors"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// openStore opens the database that dsn names.
func openStore(ctx context.Context, dsn string) (clusto.Store, error) {
	if err := checkScheme(dsn); err != nil {
		return nil, err
	}
	return sqlite.Open(ctx, dsn, sqlite.Options{})
}

// initDB makes the database that dsn names, or brings it up to date.
func initDB(ctx context.Context, dsn string) (cli.InitReport, error) {
	if err := checkScheme(dsn); err != nil {
		return cli.InitReport{}, err
	}
	store, report, err := sqlite.Create(ctx, dsn, sqlite.Options{})
	if err != nil {
		return cli.InitReport{}, err
	}
	done := cli.InitReport{Applied: len(report.Applied)}
	for _, d := range report.Doubled {
		done.Doubled = append(done.Doubled, d.Name)
	}
	return done, errors.Join(store.Close())
}

// checkScheme returns ErrUnsupported for a DSN of a database that this program
// does not know, without repeating the DSN, which may hold a password; and
// ErrInvalid for one of SQLite that could be taken for a file's name.
func checkScheme(dsn string) error {
	if strings.HasPrefix(dsn, "sqlite:") && !strings.HasPrefix(dsn, "sqlite:///") {
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "DSN %q has too few slashes", dsn),
			"use sqlite:///relative.db or sqlite:////absolute.db")
	}
	scheme, _, found := strings.Cut(dsn, "://")
	if !found || scheme == "sqlite" {
		return nil
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%s:// is not a database that this clusto knows", scheme),
		"use sqlite:///relative.db or sqlite:////absolute.db")
}
