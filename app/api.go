package app

import (
	"context"
	"sync"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/dhcp"
	"github.com/clusto/clusto/internal/httpapi"
	"github.com/clusto/clusto/rackfactory"
)

// library is the drivers and layouts of a setting. They are loaded when something
// needs them, for most commands do not.
type library struct {
	load     func() (*workshop, error)
	mutex    sync.Mutex // guards what follows
	workshop *workshop
}

// open returns the library; it is loaded at the first call that succeeds.
func (l *library) open() (*workshop, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.workshop != nil {
		return l.workshop, nil
	}
	w, err := l.load()
	if err != nil {
		return nil, err
	}
	l.workshop = w
	return w, nil
}

// refresh loads what was changed on disk.
func (l *library) refresh() error {
	w, err := l.open()
	if err == nil {
		w.engine.Refresh()
	}
	return err
}

// Names implements rackfactory.Source.
func (l *library) Names() []string {
	w, err := l.open()
	if err != nil {
		return nil // refresh, which comes before, has said why
	}
	return w.factories.Names()
}

// Factory implements rackfactory.Source.
func (l *library) Factory(ctx context.Context, rack *clusto.Object, layout string) (rackfactory.Factory, error) {
	w, err := l.open()
	if err != nil {
		return nil, err
	}
	return w.factories.Factory(ctx, rack, layout)
}

// layout returns the table of a layout.
func (l *library) layout(name string) (*rackfactory.Layout, error) {
	w, err := l.open()
	if err != nil {
		return nil, err
	}
	return w.tables.Layout(name)
}

// apiOptions returns what the API works with over a store: the library, and whatever
// does not depend on who asks.
func (p *program) apiOptions(s cli.Setting, store clusto.Store, lib *library) httpapi.Options {
	return httpapi.Options{
		Store:   func(context.Context) clusto.Store { return store },
		Drivers: p.drivers,
		Refresh: lib.refresh,
		Layouts: lib,
		Layout:  lib.layout,
		Broken: func() (drivers, layouts []api.BrokenFile) {
			w, err := lib.open()
			if err != nil {
				return nil, nil // refresh, which comes before, has said why
			}
			return p.broken(s, w)
		},
		DHCP:     sync.OnceValues(func() (dhcp.Decider, error) { return p.dhcpEngine(s) }),
		Release:  cli.Version(),
		Database: databaseName(s.DSN),
		Log:      s.Log,
	}
}
