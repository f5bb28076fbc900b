package operation

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/history"
)

// Bulk is what to do to many things alike, by whom and why.
type Bulk struct {
	Change clusto.Change
	// Select returns the things, in the transaction.
	Select func(ctx context.Context, inv *clusto.Inventory) ([]clusto.Entity, error)
	Steps  []api.BulkStep // what is done to each, in this order
	DryRun bool
	Show   int // of how many things the difference is shown
	// After, if not nil, is called in the transaction with the answer, as of Request.
	After func(ctx context.Context, tx clusto.Tx, answer *api.BulkEdited) error
}

// RunBulk does steps to many things as one version, and returns what that changed. Where
// some fail it returns [Errors], whose operations are the things, and nothing is
// changed; a dry run has the answer besides.
func RunBulk(ctx context.Context, store clusto.Store, env Env, b Bulk) (*api.BulkEdited, error) {
	renames, err := patterns(b.Steps)
	if err != nil {
		return nil, err
	}
	var answer *api.BulkEdited
	var of []int // the thing that each operation is about
	r := Request{Change: b.Change, DryRun: b.DryRun}
	things := 0
	r.plan = func(ctx context.Context, inv *clusto.Inventory) ([]api.Operation, error) {
		selected, err := b.Select(ctx, inv)
		if err != nil {
			return nil, err
		}
		things = len(selected)
		var ops []api.Operation
		ops, of = expand(selected, b.Steps, renames)
		return ops, nil
	}
	if b.After != nil {
		r.After = func(ctx context.Context, tx clusto.Tx, done *api.Changed) error {
			answer = edited(done, things, b.Show)
			return b.After(ctx, tx, answer)
		}
	}
	done, err := Run(ctx, store, env, r)
	if done != nil {
		answer = edited(done, things, b.Show)
	}
	if failed, ok := errors.AsType[*Errors](err); ok {
		for i := range failed.Failed {
			failed.Failed[i].Index = of[failed.Failed[i].Index]
		}
		failed.Of = max(failed.Of, 2) // each is told, also if it is one
	}
	return answer, err
}

// maxPattern is how long the pattern of a renaming may be, and what comes in its
// place: both are carried out for each of many things.
const maxPattern = 4000

// patterns reads the patterns by which things are renamed: one for each step, nil for
// those that rename nothing.
func patterns(steps []api.BulkStep) ([]*regexp.Regexp, error) {
	all := make([]*regexp.Regexp, len(steps))
	for i, step := range steps {
		if n := stepsIn(&step); n != 1 {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "step %d says %d things to do", i, n), "make a step of each")
		}
		if step.Rename == nil {
			continue
		}
		if n := max(len(step.Rename.Match), len(step.Rename.Name)); n > maxPattern {
			return nil, clusto.Errorf(clusto.ErrInvalid, "step %d: a pattern of %d bytes is too long, the limit is %d", i, n, maxPattern)
		}
		var err error
		if all[i], err = regexp.Compile(step.Rename.Match); err != nil {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the pattern %q of the names: %w", step.Rename.Match, err),
				"it is a regular expression (RE2), such as ^sv3-(.*)$")
		}
	}
	return all, nil
}

// stepsIn returns how many things a step says to do.
func stepsIn(s *api.BulkStep) int {
	n := 0
	for _, given := range []bool{
		s.AddAttrs != nil, s.SetAttrs != nil, s.DeleteAttrs != nil, s.Insert != "", s.Remove != "", s.Rename != nil, s.SetDriver != "", s.Delete,
	} {
		if given {
			n++
		}
	}
	return n
}

// expand returns what is to be done to each thing, and which thing each of the
// operations is about.
func expand(things []clusto.Entity, steps []api.BulkStep, renames []*regexp.Regexp) (ops []api.Operation, of []int) {
	for i, e := range things {
		name := e.Name
		for j := range steps {
			op := operationOf(&steps[j], name)
			if renames[j] != nil {
				to := renames[j].ReplaceAllString(name, steps[j].Rename.Name)
				if to == name {
					continue
				}
				op.Rename = &api.RenameEntity{Entity: name, Name: to}
				name = to
			}
			ops, of = append(ops, op), append(of, i)
		}
	}
	return ops, of
}

// operationOf returns a step as an operation on the thing called name; it leaves a
// renaming to its caller.
func operationOf(step *api.BulkStep, name string) api.Operation {
	switch {
	case step.AddAttrs != nil:
		return api.Operation{AddAttrs: &api.ChangeAttrs{Entity: name, Attrs: step.AddAttrs}}
	case step.SetAttrs != nil:
		return api.Operation{SetAttrs: &api.ChangeAttrs{Entity: name, Attrs: step.SetAttrs}}
	case step.DeleteAttrs != nil:
		d := step.DeleteAttrs
		return api.Operation{DeleteAttrs: &api.DeleteAttrs{Entity: name, Key: d.Key, Subkey: d.Subkey, Number: d.Number, Type: d.Type, Value: d.Value}}
	case step.Insert != "":
		return api.Operation{Insert: &api.Insert{Entity: name, Container: step.Insert}}
	case step.Remove != "":
		return api.Operation{Remove: &api.Remove{Entity: name, Container: step.Remove}}
	case step.SetDriver != "":
		return api.Operation{SetDriver: &api.SetDriver{Entity: name, Driver: step.SetDriver}}
	case step.Delete:
		return api.Operation{Delete: &api.DeleteEntity{Entity: name}}
	}
	return api.Operation{}
}

// edited returns what was changed, of which the first show things are told in full.
func edited(done *api.Changed, things, show int) *api.BulkEdited {
	answer := &api.BulkEdited{Version: done.Version, DryRun: done.DryRun, Things: things}
	for i := range done.Diff.Entities {
		switch done.Diff.Entities[i].Change {
		case history.Made:
			answer.Made++
		case history.Deleted:
			answer.Deleted++
		default:
			answer.Changed++
		}
	}
	first := done.Diff.Entities[:min(show, len(done.Diff.Entities))]
	answer.Diff = history.Diff{Entities: slices.Clone(first), Redacted: done.Diff.Redacted}
	return answer
}
