package convert

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/clusto/clusto"
)

// Options are how an import is done. Drivers must be set.
type Options struct {
	Drivers *clusto.Registry
	// Replace makes entities exactly as the file has them. Without it
	// attributes that the file does not mention stay.
	Replace bool
	// Unchecked writes what the file says also where that uses something twice,
	// leaves half a cable, or has a driver that is not known.
	Unchecked bool
	// DryRun changes nothing, and reports what would be.
	DryRun bool
	// Progress, if not nil, is told how far the import is.
	Progress func(what string, done, of int64)
	// Told, if not nil, is told what an import does that goes through, before it
	// is committed. It may be called several times; the last counts.
	Told func(Report)
}

// Report is what an import did, or would do.
type Report struct {
	Changes   []Change       `json:"changes"` // in the order of the file
	Problems  []Problem      `json:"-"`       // if there are any, nothing was changed
	Unchanged int            `json:"unchanged"`
	Version   clusto.Version `json:"version"` // that was made; 0 if nothing was changed
}

// errUndo ends a transaction that must change nothing.
var errUndo = errors.New("nothing is to be changed")

// Import makes the inventory as the records say, in one version: entities that
// are not there are made, others changed. Problems with any of them, to which
// those that were found when the file was read are added, are all reported, and
// then nothing is changed. It asks a number of questions that does not grow with
// the number of entities.
func Import(ctx context.Context, store clusto.Store, why clusto.Change, records []Record, found []Problem, o Options) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(string, int64, int64) {}
	}
	var i *importer
	version, err := store.Update(ctx, why, func(tx clusto.Tx) error {
		i = &importer{
			ctx: ctx, tx: tx, inv: clusto.NewInventory(tx, o.Drivers), options: o,
			report: Report{Problems: slices.Clone(found)},
		}
		if err := i.run(records); err != nil {
			return err
		}
		if o.DryRun || len(i.report.Problems) > 0 {
			return errUndo
		}
		return i.report.tellBefore(ctx, tx, o.Told)
	})
	if err != nil && !errors.Is(err, errUndo) {
		return Report{}, err
	}
	report := i.report
	report.Version = version
	slices.SortStableFunc(report.Problems, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return report, nil
}

// tellBefore tells what an import does before it is committed.
func (r Report) tellBefore(ctx context.Context, tx clusto.Tx, told func(Report)) (err error) {
	if told == nil {
		return nil
	}
	if len(r.Changes) > 0 {
		r.Version, err = tx.Version(ctx)
	}
	told(r)
	return err
}

// importer is one import in one transaction.
type importer struct {
	ctx     context.Context
	tx      clusto.Tx
	inv     *clusto.Inventory
	options Options
	report  Report

	steps  []*step
	byName map[string]*step                  // of the file
	known  map[string]clusto.Entity          // those of the inventory that the file names
	names  map[clusto.EntityID]string        // of what is in known, and of what their attributes refer to
	old    map[clusto.EntityID][]clusto.Attr // all attributes of entities of the file
	gone   map[clusto.AttrID]bool            // those of old that are deleted
	all    []string                          // every name, once it was needed
}

// run finds out what to do, and does as much of it as can be done, so that every
// problem is found.
func (i *importer) run(records []Record) error {
	if err := i.look(records); err != nil {
		return err
	}
	for n := range records {
		if err := i.plan(&records[n]); err != nil {
			return err
		}
	}
	if err := i.planPlaces(); err != nil {
		return err
	}
	if err := i.check(); err != nil {
		return err
	}
	if err := i.apply(); err != nil {
		return err
	}
	i.tell()
	return nil
}

// problem notes what is wrong with the line of a step.
func (i *importer) problem(line int, err error) {
	i.report.Problems = append(i.report.Problems, Problem{line, err})
}

// problemf is problem for an error of kind ErrInvalid.
func (i *importer) problemf(line int, format string, args ...any) {
	i.problem(line, clusto.Errorf(clusto.ErrInvalid, format, args...))
}
