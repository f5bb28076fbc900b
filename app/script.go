package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/script"
	"github.com/clusto/clusto/internal/snapshot"
	"github.com/clusto/clusto/rackfactory"
)

// workshop is a database with the scripts that work on it.
type workshop struct {
	store     clusto.Store
	snapshot  *snapshot.Store // the store, if it answers from memory
	database  clusto.Store    // what is under it then
	engine    *script.Engine
	factories rackfactory.Source
	tables    *rackfactory.Layouts
}

// openWorkshop opens the database and returns its workshop; who gets it closes
// the store.
func (p *program) openWorkshop(ctx context.Context, s cli.Setting) (*workshop, error) {
	store, err := openStore(ctx, s.Database())
	if err != nil {
		return nil, err
	}
	w, err := p.workshop(s, store)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return w, nil
}

// workshop returns the workshop of a store. The drivers of the library directory
// are in p.drivers from then on.
func (p *program) workshop(s cli.Setting, store clusto.Store) (*workshop, error) {
	tables, err := layouts(s)
	if err != nil {
		return nil, err
	}
	engine, err := script.New(p.engineOptions(s, store, tables))
	if err != nil {
		return nil, err
	}
	return &workshop{store: store, engine: engine, factories: fresh{engine}, tables: tables}, nil
}

// engineOptions returns what the setting says about scripts.
func (p *program) engineOptions(s cli.Setting, store clusto.Store, tables *rackfactory.Layouts) script.Options {
	limits := s.Config.Script
	return script.Options{
		Store:   store,
		Drivers: p.drivers,
		LibDir:  s.LibDir,
		Network: script.Network{
			SMTP: slices.Contains(limits.Allow, "smtp"),
			HTTP: slices.Contains(limits.Allow, "http"),
			DNS:  slices.Contains(limits.Allow, "dns"),
		},
		Racks:    tables,
		MaxSteps: limits.MaxSteps,
		MaxDepth: limits.MaxDepth,
		Timeout:  limits.Timeout,
		User:     s.User(),
		Out:      s.Stdout,
		Log:      s.Log,
		Warn:     func(text string) { fmt.Fprintf(s.Stderr, "warning: %s\n", text) },
	}
}

// fresh is the rack factories of an engine, as the library has them now.
type fresh struct{ engine *script.Engine }

func (f fresh) Names() []string { return f.engine.RackSource().Names() }

func (f fresh) Factory(ctx context.Context, rack *clusto.Object, layout string) (rackfactory.Factory, error) {
	f.engine.Refresh()
	return f.engine.RackSource().Factory(ctx, rack, layout)
}

// closeSession ends a session in which err happened, or nothing, and returns what
// went wrong. What has to be said besides it says as a warning.
func closeSession(s cli.Setting, session *script.Session, err error) error {
	left := session.Close()
	if left != nil && err != nil {
		fmt.Fprintf(s.Stderr, "warning: %v\n", left)
	}
	return cmp.Or(err, left)
}

// run runs a script in a session of its own.
func (w *workshop) run(ctx context.Context, s cli.Setting, sc cli.Script) (err error) {
	session := w.engine.Session(nil)
	defer func() { err = closeSession(s, session, err) }()
	if sc.Atomic {
		return session.RunAtomic(ctx, sc.Name, sc.Text)
	}
	return session.Run(ctx, sc.Name, sc.Text)
}

// runFile opens the database and runs a script.
func (p *program) runFile(ctx context.Context, s cli.Setting, sc cli.Script) (err error) {
	if s.IsServer() {
		return p.runOnServer(ctx, s, sc)
	}
	w, err := p.openWorkshop(ctx, s)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.store.Close()) }()
	return w.run(ctx, s, sc)
}

// loadLibrary adds the drivers of the library directory to those that are known.
func (p *program) loadLibrary(_ context.Context, s cli.Setting, store clusto.Store) error {
	_, err := p.workshop(s, store)
	return err
}
