package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/internal/operation"
)

// Limits of an edit of many things.
const (
	defaultShown = 100
	maxShown     = 10_000
	maxSteps     = 100
)

// EditMany answers editMany.
func (s *Server) EditMany(w http.ResponseWriter, r *http.Request, params api.EditManyParams) {
	var answer api.BulkEdited
	var body api.BulkEdit
	err := readBody(r, &body, false)
	if err == nil {
		err = checkEdit(&body)
	}
	if err == nil {
		err = s.options.Refresh()
	}
	if err == nil {
		err = s.once(r.Context(), r, params.IdempotencyKey, body, &answer, func(store clusto.Store) error {
			return s.editMany(r.Context(), store, &body, &answer)
		})
	}
	s.reply(w, r, answer, err)
}

// checkEdit returns ErrInvalid if body cannot be meant.
func checkEdit(body *api.BulkEdit) error {
	switch {
	case (body.Query == "") == (body.Names == nil):
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "it does not say what is to be changed"), "give a query or names, one of the two")
	case len(body.Names) > MaxOperations:
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%d names are more than %d", len(body.Names), MaxOperations), "give a query that finds them")
	case len(body.Steps) == 0 || len(body.Steps) > maxSteps:
		return clusto.Errorf(clusto.ErrInvalid, "there are %d steps: want 1 to %d", len(body.Steps), maxSteps)
	case body.Show != nil && (*body.Show < 0 || *body.Show > maxShown):
		return clusto.Errorf(clusto.ErrInvalid, "show cannot be %d: it is from 0 to %d", *body.Show, maxShown)
	}
	return nil
}

// editMany carries out what body asks for.
func (s *Server) editMany(ctx context.Context, store clusto.Store, body *api.BulkEdit, answer *api.BulkEdited) error {
	asked := &question{now: s.options.Now, text: body.Query, merge: body.MergeAttrs}
	change := s.options.Change(ctx)
	change.Description = body.Description
	b := operation.Bulk{
		Change: change, Steps: body.Steps, DryRun: body.DryRun, Show: defaultShown,
		Select: func(ctx context.Context, inv *clusto.Inventory) ([]clusto.Entity, error) {
			// A transaction sees more than who asks may see, and would count it.
			return asked.selected(ctx, clusto.NewInventory(access.Shown(inv.Reader), s.options.Drivers), body)
		},
		After: func(_ context.Context, _ clusto.Tx, done *api.BulkEdited) error {
			*answer = *done
			answer.Warnings = asked.warnings
			return nil
		},
	}
	if body.Show != nil {
		b.Show = *body.Show
	}
	done, err := operation.RunBulk(ctx, store, operation.Env{Drivers: s.options.Drivers, Racks: s.options.Layouts, May: access.MayAct}, b)
	if done != nil {
		*answer = *done
		answer.Warnings = asked.warnings
	}
	if failed, ok := errors.AsType[*operation.Errors](err); ok && body.DryRun {
		answer.Errors = s.failures(failed)
		return nil
	}
	return err
}

// selected returns what is to be changed, by name.
func (q *question) selected(ctx context.Context, inv *clusto.Inventory, body *api.BulkEdit) (things []clusto.Entity, err error) {
	if body.Query != "" {
		things, err = q.entities(ctx, inv)
	} else {
		things, err = named(ctx, inv, body.Names)
	}
	switch {
	case err != nil:
		return nil, err
	case body.Expect != nil && *body.Expect != len(things):
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrConflict, "the query finds %d things now, not %d", len(things), *body.Expect),
			"look at them again, and decide anew")
	case len(things)*len(body.Steps) > MaxOperations:
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%d steps for %d things are more than %d changes at once", len(body.Steps), len(things), MaxOperations),
			"make the query narrower, or take fewer steps at a time")
	}
	return things, nil
}

// named returns the entities with these names, by name, or ErrNotFound.
func named(ctx context.Context, inv *clusto.Inventory, names []string) ([]clusto.Entity, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	things, err := clusto.Collect(inv.Find(ctx, clusto.Match{Names: names}))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(things, compareNames)
	for i, name := range names {
		if i >= len(things) || things[i].Name != name {
			return nil, notFound(ctx, inv, name)
		}
	}
	return things, nil
}
