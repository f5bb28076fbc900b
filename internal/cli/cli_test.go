package cli_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/client"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/dbtest"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/internal/sqlstore"
)

// result is what a run of the program left.
type result struct {
	status         int
	stdout, stderr string
}

// clustoOn runs the program with few drivers on a database.
func clustoOn(t *testing.T, dsn string, args ...string) result {
	t.Helper()
	drivers := clusto.NewRegistry(
		&clusto.Driver{Name: clusto.RootDriver, Class: "Driver"},
		&clusto.Driver{Name: "basicrack", Class: "BasicRack", Type: "rack"},
	)
	return clustoWith(t, drivers, dsn, args...)
}

// clustoWith runs the program on a database.
func clustoWith(t *testing.T, drivers *clusto.Registry, dsn string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := cli.Env{
		Stdin:   strings.NewReader(""),
		Stdout:  &stdout,
		Stderr:  &stderr,
		Getenv:  func(name string) string { return map[string]string{"CLUSTODSN": dsn}[name] },
		Drivers: drivers,
		Connect: func(context.Context, cli.Setting) (*client.Client, func() error, error) {
			store := dbtest.Open(t, dsn, sqlstore.Options{})
			server := httpapi.New(httpapi.Options{Store: func(context.Context) clusto.Store { return store }, Drivers: drivers})
			return client.Local(server), store.Close, nil
		},
	}
	status := cli.Run(t.Context(), env, append([]string{"clusto"}, args...))
	return result{status, stdout.String(), stderr.String()}
}

// smallDB returns the DSN of a copy of the database that classic clusto wrote.
func smallDB(t *testing.T) string {
	t.Helper()
	return classictest.Copy(t)
}
