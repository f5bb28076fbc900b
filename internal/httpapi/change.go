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

// MaxOperations is how many operations a transaction may have.
const MaxOperations = 100_000

// changing is what a request changes.
type changing struct {
	operations  []api.Operation
	description string
	dryRun      bool
	status      int    // of the answer; 0 is 200
	key         string // the idempotency key
	body        any    // what the body says; it is part of the fingerprint
	// entity is what the request is about, and what it is called afterwards, if
	// it is one thing; its ETag must be one of those in ifMatch, if that is not "".
	entity, renamed, ifMatch string
	// conditions are what else nobody may have changed. A dry run goes on where one
	// is not met, and tells it as an error of the transaction.
	conditions []api.Condition
}

// change carries out what a request changes, in one transaction, and answers.
func (s *Server) change(w http.ResponseWriter, r *http.Request, c changing) {
	ctx := r.Context()
	var answer api.Changed
	var stale []*changedError
	err := c.check()
	if err == nil {
		err = s.options.Refresh()
	}
	if err == nil {
		err = s.once(ctx, r, c.key, c.body, &answer, func(store clusto.Store) error {
			done, err := operation.Run(ctx, store, operation.Env{Drivers: s.options.Drivers, Racks: s.options.Layouts, May: access.MayAct}, s.request(ctx, c, &answer, &stale))
			if done != nil {
				answer.Version, answer.DryRun = done.Version, done.DryRun
				answer.Results, answer.Diff = done.Results, done.Diff
			}
			if failed, ok := errors.AsType[*operation.Errors](err); ok && c.dryRun && failed.Of > 1 {
				answer.Errors = s.failures(failed)
				answer.Results = append([]api.OperationResult{}, answer.Results...)
				return nil
			}
			return err
		})
		answer.Errors = append(staleItems(stale), answer.Errors...)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if answer.Etag != "" {
		w.Header().Set("ETag", answer.Etag)
	}
	if c.status == 0 || answer.DryRun {
		c.status = http.StatusOK
	}
	s.answer(w, r, c.status, answer)
}

// check returns ErrInvalid if c is too much, or nothing.
func (c *changing) check() error {
	switch n := len(c.operations); {
	case n == 0:
		return clusto.Errorf(clusto.ErrInvalid, "there is nothing to do")
	case n > MaxOperations:
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%d operations are more than %d", n, MaxOperations),
			"make several requests, or import a file")
	}
	return nil
}

// mostJoint is how many operations a change may have that others wait for.
const mostJoint = 20

// short reports whether c takes so short a time that it may be committed together
// with others, which wait while it runs: it has few operations, none of which
// runs a method, which may ask the network, or makes many changes.
func (c *changing) short() bool {
	return !c.dryRun && len(c.operations) <= mostJoint && !slices.ContainsFunc(c.operations, func(o api.Operation) bool {
		return o.Call != nil || o.AddServer != nil || o.ApplyLayout != nil || o.Revert != nil || o.Undelete != nil || o.Redact != nil
	})
}

// request returns c as package operation carries it out. answer has the answer
// before the transaction ends, and stale the conditions that a dry run did not meet.
func (s *Server) request(ctx context.Context, c changing, answer *api.Changed, stale *[]*changedError) operation.Request {
	change := s.options.Change(ctx)
	change.Description, change.Joint = c.description, c.short()
	return operation.Request{
		Change: change, Operations: c.operations, DryRun: c.dryRun,
		Before: func(ctx context.Context, found clusto.Reader) error {
			*stale = nil
			if c.ifMatch != "" {
				if err := s.unchanged(ctx, found, api.Condition{Entity: c.entity, Etag: c.ifMatch}); err != nil {
					return err
				}
			}
			for _, condition := range c.conditions {
				err := s.unchanged(ctx, found, condition)
				if overtaken, ok := errors.AsType[*changedError](err); ok && c.dryRun {
					*stale = append(*stale, overtaken)
				} else if err != nil {
					return err
				}
			}
			return nil
		},
		After: func(ctx context.Context, tx clusto.Tx, done *api.Changed) (err error) {
			*answer = *done
			if c.renamed != "" {
				answer.Etag, err = s.tagNamed(ctx, tx, c.renamed)
			}
			return err
		},
	}
}

// tagNamed returns the ETag of the entity called name, as who asks for it is told.
func (s *Server) tagNamed(ctx context.Context, r clusto.Reader, name string) (string, error) {
	inv := clusto.NewInventory(access.Shown(r), s.options.Drivers)
	o, err := inv.Object(ctx, name)
	if err != nil {
		return "", err
	}
	tags, err := etagOf(ctx, inv, []*clusto.Object{o})
	if err != nil {
		return "", err
	}
	return tags[0], nil
}

// one returns what changes one entity, which keeps its name.
func one(entity, ifMatch string, operations ...api.Operation) changing {
	return changing{operations: operations, entity: entity, renamed: entity, ifMatch: ifMatch}
}
