package access

import (
	"context"

	"github.com/clusto/clusto"
)

var _ clusto.EditCounter = (*past)(nil)

// counter returns what counts, for who may see all that it counts.
func (p *past) counter() (clusto.EditCounter, error) {
	if c, ok := p.history.(clusto.EditCounter); ok && p.readsAll() && p.revealsAll() {
		return c, nil
	}
	return nil, clusto.Errorf(clusto.ErrUnsupported, "what versions changed is not counted for who may not see all of it")
}

// CountEdits implements clusto.EditCounter, for who may see everything.
func (p *past) CountEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditCount, error) {
	c, err := p.counter()
	if err != nil {
		return nil, err
	}
	return c.CountEdits(ctx, versions)
}

// SampleEdits implements clusto.EditCounter likewise.
func (p *past) SampleEdits(ctx context.Context, versions []clusto.Version) (map[clusto.Version]clusto.EditSample, error) {
	c, err := p.counter()
	if err != nil {
		return nil, err
	}
	return c.SampleEdits(ctx, versions)
}
