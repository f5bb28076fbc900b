package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/config"
	"github.com/clusto/clusto/internal/demo"
	"github.com/clusto/clusto/internal/demo/past"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// demoFile is the database of the demonstration.
const demoFile = "demo.db"

// runDemo makes a database in a directory, plays the demonstration on it, and
// serves it then unless options say otherwise. If it cannot be played to its end
// nothing is left.
func (p *program) runDemo(ctx context.Context, options cli.Demo) error {
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
	if !options.Once { // what cannot be listened on is said before anything is made
		if err := listenForDemo(s.Config, options.HTTP); err != nil {
			return err
		}
	}
	if err := p.makeDemo(ctx, s, path, options); err != nil || options.Once {
		return err
	}
	return p.serveDemo(ctx, s, options.Out)
}

// makeDemo makes the database at path and plays the demonstration on it.
func (p *program) makeDemo(ctx context.Context, s cli.Setting, path string, options cli.Demo) (err error) {
	var clock past.Clock
	store, _, err := sqlite.Create(ctx, s.DSN, sqlite.Options{Options: sqlstore.Options{Now: clock.Now}})
	defer func() {
		if err != nil {
			err = errors.Join(err, removeDatabase(path))
		}
	}()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return p.playDemo(ctx, s, store, &clock, options)
}

func (p *program) playDemo(ctx context.Context, s cli.Setting, store clusto.Store, clock *past.Clock, options cli.Demo) error {
	w, err := p.workshop(s, store)
	if err != nil {
		return err
	}
	now := time.Now()
	clock.Set(past.Begin(now))
	return demo.Run(ctx, demo.Options{
		Store:     store,
		DSN:       s.DSN,
		Drivers:   p.drivers,
		Factories: w.factories,
		Script: func(ctx context.Context, name, text string) error {
			return w.run(ctx, s, cli.Script{Name: name, Text: text})
		},
		Past: func(ctx context.Context) (string, error) {
			err := past.Write(ctx, past.Options{Store: store, Clock: clock, Drivers: p.drivers, Factories: w.factories, Now: now})
			if err != nil {
				return "", err
			}
			return past.Told(ctx, store)
		},
		Rack: func(ctx context.Context, out io.Writer, inv *clusto.Inventory, name string) error {
			return cli.DrawRack(ctx, out, inv, name, options.Width)
		},
		Out: options.Out,
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
