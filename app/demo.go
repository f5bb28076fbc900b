package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/demo"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// demoFile is the database of the demonstration.
const demoFile = "demo.db"

// runDemo makes a database in a directory and plays the demonstration on it. If
// that cannot be finished nothing is left.
func (p *program) runDemo(ctx context.Context, options cli.Demo) (err error) {
	path, err := demoPath(options.Dir)
	if err != nil {
		return err
	}
	s := cli.Setting{
		DSN:    "sqlite:///" + path,
		Config: config.Default(),
		Log:    slog.New(slog.DiscardHandler),
		Stdout: options.Out,
		Stderr: options.Out,
	}
	store, _, err := sqlite.Create(ctx, s.DSN, sqlite.Options{})
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, store.Close())
		if err != nil {
			err = errors.Join(err, removeDatabase(path))
		}
	}()
	return p.playDemo(ctx, s, store, options)
}

func (p *program) playDemo(ctx context.Context, s cli.Setting, store clusto.Store, options cli.Demo) error {
	w, err := p.workshop(s, store)
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{
		Store:     store,
		DSN:       s.DSN,
		Drivers:   p.drivers,
		Factories: w.factories,
		Script: func(ctx context.Context, name, text string) error {
			return w.run(ctx, s, cli.Script{Name: name, Text: text})
		},
		Rack: func(ctx context.Context, out io.Writer, inv *clusto.Inventory, name string) error {
			return cli.DrawRack(ctx, out, inv, name, options.Width)
		},
		Once: options.Once,
		Out:  options.Out,
	})
}

// demoPath returns the absolute path of the database to make in dir. It returns
// ErrExists if there is one.
func demoPath(dir string) (string, error) {
	path, err := filepath.Abs(filepath.Join(dir, demoFile))
	if err != nil {
		return "", clusto.Errorf(clusto.ErrUnavailable, "demo: %w", err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return "", clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "demo: there is no directory %s", dir), "make it, or name another with --dir")
	}
	switch _, err := os.Lstat(path); {
	case err == nil:
		return "", clusto.WithHint(clusto.Errorf(clusto.ErrExists, "demo: %s is there already", path),
			"to look into it: clusto tree -c eqix-sv3 --dsn sqlite:///%s; to see the demo again, remove it or go to an empty directory", path)
	case !errors.Is(err, fs.ErrNotExist):
		return "", clusto.Errorf(clusto.ErrUnavailable, "demo: %w", err)
	}
	return path, nil
}

// removeDatabase removes a database with what SQLite and we keep beside it.
func removeDatabase(path string) error {
	var errs error
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = errors.Join(errs, err)
		}
	}
	return errs
}
