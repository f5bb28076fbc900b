package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/cli"
	"github.com/clusto/clusto/internal/server"
	"github.com/clusto/clusto/internal/snapshot"
)

// openService opens the database with the workshop of a service, which answers
// from memory; who gets it closes the store.
func (p *program) openService(ctx context.Context, s cli.Setting) (*workshop, error) {
	database, err := openStore(ctx, s.Database())
	if err != nil {
		return nil, err
	}
	// Requests that are under way when ctx ends still want to see what is committed.
	memory, err := snapshot.New(context.WithoutCancel(ctx), database, snapshot.Options{
		Log: s.Log, Unversioned: s.Database().Unversioned,
	})
	if err != nil {
		return nil, errors.Join(err, database.Close())
	}
	w, err := p.workshop(s, memory)
	if err != nil {
		return nil, errors.Join(err, memory.Close())
	}
	w.snapshot, w.database = memory, followed{database, memory}
	return w, nil
}

// followed is the database under memory, with those who follow it besides memory.
type followed struct {
	clusto.Store
	memory *snapshot.Store
}

// Followers returns how many follow the changes.
func (f followed) Followers() int { return f.memory.Followers() }

// serviceCheck returns the check whether requests can be answered. Memory, which
// looks for changes all the time, knows whether the database can be used. If it
// cannot, requests are answered from memory, but for those that change something.
func serviceCheck(w *workshop, log *slog.Logger) server.Check {
	ask := databaseCheck(w.database, log)
	return server.Check{Name: ask.Name, Try: func(ctx context.Context) error {
		st := w.snapshot.Status()
		switch {
		case !st.Loaded:
			return ask.Try(ctx)
		case clusto.KindOf(st.Err) != clusto.ErrUnavailable:
			return nil
		}
		log.WarnContext(ctx, "the database cannot be used", "err", st.Err)
		return server.Tolerable(clusto.Errorf(clusto.ErrUnavailable,
			"answering from memory of version %d; the database has been out of reach since %s, and changes are refused",
			st.Version, clusto.FormatTime(st.Confirmed.Truncate(time.Second))))
	}}
}

// errDatabase is what everybody may know of a database that cannot be used. Its error
// may name the machine that it is on, and a user there.
var errDatabase = errors.New("it cannot be used now; the log says why")

// databaseCheck returns the check whether the database can be used.
func databaseCheck(store clusto.Store, log *slog.Logger) server.Check {
	return server.Check{Name: "database", Try: func(ctx context.Context) error {
		if _, err := newest(ctx, store); err != nil {
			log.WarnContext(ctx, "the database cannot be used", "err", err)
			return errDatabase
		}
		return nil
	}}
}

// snapshotCollector tells about the inventory in memory.
type snapshotCollector struct {
	described
	memory *snapshot.Store
}

// Collect implements prometheus.Collector.
func (c snapshotCollector) Collect(out chan<- prometheus.Metric) {
	tell := func(kind prometheus.ValueType, name, help string, value float64) {
		out <- prometheus.MustNewConstMetric(desc("snapshot_"+name, help), kind, value)
	}
	st := c.memory.Status()
	tell(prometheus.CounterValue, "loads_total", "How often the inventory was loaded into memory.", float64(st.Loads))
	tell(prometheus.CounterValue, "versions_total", "Versions that memory has followed.", float64(st.Applied))
	latest := c.memory.Latest()
	if latest == nil {
		return
	}
	stats := latest.Stats()
	tell(prometheus.GaugeValue, "version", "The version in memory.", float64(st.Version))
	tell(prometheus.GaugeValue, "entities", "Entities in memory.", float64(stats.Entities))
	tell(prometheus.GaugeValue, "attributes", "Attributes in memory.", float64(stats.Attributes))
	tell(prometheus.GaugeValue, "bytes", "About how much memory the inventory takes.", float64(stats.Bytes))
	tell(prometheus.GaugeValue, "age_seconds", "Since when nothing newer can have been missed.", time.Since(st.Confirmed).Seconds())
	tell(prometheus.GaugeValue, "load_seconds", "How long the last load took.", st.LoadTime.Seconds())
}
