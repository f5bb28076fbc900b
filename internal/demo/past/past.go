package past

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/rackfactory"
)

// Options are what a past is written with. All are required.
type Options struct {
	Store     clusto.Store // has the datacenter of the demonstration, and Clock.Now as its clock
	Clock     *Clock
	Drivers   *clusto.Registry
	Factories rackfactory.Source
	Now       time.Time // when the past ends
}

// Begin returns when a past begins that ends at now.
func Begin(now time.Time) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(0, 0, -days)
}

// days is how long the past is.
const days = 24

// Write writes the past. It leaves the clock as it goes.
func Write(ctx context.Context, o Options) error {
	defer o.Clock.Set(time.Time{})
	w := &writer{
		Options: o,
		random:  rand.New(rand.NewPCG(6, 0)), // of a fixed seed: the same past every time
		at:      Begin(o.Now).Add(8 * time.Hour),
		company: newCompany(),
	}
	for _, chapter := range []func(context.Context) error{w.networks, w.pools, w.build, w.operate, w.lately} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return nil
}

// writer writes a past, one change after the other.
type writer struct {
	Options
	*company
	random *rand.Rand
	at     time.Time // of the next change
}

// work is what a change does.
type work func(ctx context.Context, s *site) error

// site is where a change works.
type site struct {
	*writer
	inv *clusto.Inventory
	tx  clusto.Tx
}

// change writes one version, and returns it. The next one comes after a while.
func (w *writer) change(ctx context.Context, who, text string, do work) (clusto.Version, error) {
	w.Clock.Set(w.at)
	v, err := w.Store.Update(ctx, clusto.Change{User: who, Description: text}, func(tx clusto.Tx) error {
		return do(ctx, &site{writer: w, inv: clusto.NewInventory(tx, w.Drivers), tx: tx})
	})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", text, err)
	}
	w.wait(time.Duration(4+w.random.IntN(50)) * time.Minute)
	return v, nil
}

// The hours in which people work, UTC.
const (
	morning = 8 * time.Hour
	evening = 18 * time.Hour
)

// wait lets time go by. Nobody works at night.
func (w *writer) wait(d time.Duration) {
	w.at = w.at.Add(d)
	day := w.at.Truncate(24 * time.Hour)
	if w.at.Sub(day) >= evening {
		w.at = day.Add(24*time.Hour + morning + time.Duration(w.random.IntN(90))*time.Minute)
	}
}

// until lets time go by to the given hour of a day of the past, counted from its
// begin, unless it is later already.
func (w *writer) until(day, hour int) {
	if t := Begin(w.Now).AddDate(0, 0, day).Add(time.Duration(hour) * time.Hour); t.After(w.at) {
		w.at = t.Add(time.Duration(w.random.IntN(40)) * time.Minute)
	}
}
