package sqlstore

import (
	"context"

	"github.com/clusto/clusto"
)

// tallyModulus keeps sums of row numbers small.
const tallyModulus = `1000003`

const (
	tallyEntities = `SELECT count(*), sum(entity_id % ` + tallyModulus + `) FROM entities WHERE ` + live
	tallyAttrs    = `SELECT count(*), sum(attr_id % ` + tallyModulus + `) FROM entity_attrs WHERE ` + live
)

// Tally returns how many entities and attributes live, and the sum of their
// numbers, each modulo 1,000,003, with the version of that state: who follows the
// changes learns whether rows were changed without a version. All rows are
// counted.
func (s *Store) Tally(ctx context.Context) (v clusto.Version, entities, attrs, sum int64, err error) {
	err = s.View(ctx, clusto.Live, func(cr clusto.Reader) error {
		r := cr.(*reader)
		if v, err = r.Version(ctx); err != nil {
			return err
		}
		for _, t := range []struct {
			sql   string
			count *int64
		}{{tallyEntities, &entities}, {tallyAttrs, &attrs}} {
			err := r.query(ctx, t.sql, nil, func(row row) (bool, error) {
				*t.count = row.int(0)
				sum += row.int(1)
				return false, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return v, entities, attrs, sum, err
}
