package operation

import (
	"context"

	"github.com/clusto/clusto"
)

// harmless is a transaction that will be given up: what cannot be undone is
// refused in it.
type harmless struct {
	clusto.Tx
	refusal func(what string) error
}

// ActOutside implements clusto.Tx.
func (h harmless) ActOutside(what string) error { return h.refusal(what) }

// Nest implements clusto.Tx.
func (h harmless) Nest(ctx context.Context, fn func(clusto.Tx) error) error {
	return h.Tx.Nest(ctx, func(inner clusto.Tx) error { return fn(harmless{inner, h.refusal}) })
}

// beneath returns the reader that r was before it was made harmless.
func beneath(r clusto.Reader) clusto.Reader {
	for {
		h, ok := r.(harmless)
		if !ok {
			return r
		}
		r = h.Tx
	}
}

// errOutside is how a dry run refuses what cannot be undone.
func errOutside(what string) error {
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrUnsupported, "a dry run does not %s, which could not be undone", what),
		"what this would do is known only when it is done: leave it out of the dry run")
}
