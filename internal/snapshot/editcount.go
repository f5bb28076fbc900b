package snapshot

import (
	"context"

	"github.com/clusto/clusto"
)

var _ clusto.EditCounter = (*view)(nil)

// askCounter asks the database, which has the history.
func askCounter[T any](ctx context.Context, v *view, ask func(clusto.EditCounter) (T, error)) (answer T, err error) {
	err = v.under.View(ctx, v.at, func(r clusto.Reader) error {
		c, ok := r.(clusto.EditCounter)
		if !ok {
			return lacks("it does not count what versions changed")
		}
		answer, err = ask(c)
		return err
	})
	return answer, err
}

// CountEdits implements clusto.EditCounter.
func (v *view) CountEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditCount, error) {
	return askCounter(ctx, v, func(c clusto.EditCounter) (map[clusto.Version]clusto.EditCount, error) {
		return c.CountEdits(ctx, versions)
	})
}

// SampleEdits implements clusto.EditCounter.
func (v *view) SampleEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditSample, error) {
	return askCounter(ctx, v, func(c clusto.EditCounter) (map[clusto.Version]clusto.EditSample, error) {
		return c.SampleEdits(ctx, versions)
	})
}
