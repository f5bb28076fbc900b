package cli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/sqlstore"
)

// result is what a run of the program left.
type result struct {
	status         int
	stdout, stderr string
}

// clustoOn runs the program on a database.
func clustoOn(t *testing.T, dsn string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := cli.Env{
		Stdin:  strings.NewReader(""),
		Stdout: &stdout,
		Stderr: &stderr,
		Getenv: func(name string) string { return map[string]string{"CLUSTODSN": dsn}[name] },
		Drivers: clusto.NewRegistry(
			&clusto.Driver{Name: clusto.RootDriver, Class: "Driver"},
			&clusto.Driver{Name: "basicrack", Class: "BasicRack", Type: "rack"},
		),
		Open: func(_ context.Context, db cli.Database) (clusto.Store, error) {
			return dbtest.Open(t, db.DSN, sqlstore.Options{}), nil
		},
		LoadLibrary: func(context.Context, cli.Setting, clusto.Store) error { return nil },
	}
	status := cli.Run(t.Context(), env, append([]string{"clusto"}, args...))
	return result{status, stdout.String(), stderr.String()}
}

// smallDB returns the DSN of a copy of the database that classic clusto wrote.
func smallDB(t *testing.T) string {
	t.Helper()
	return classictest.Copy(t)
}
