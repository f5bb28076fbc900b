package resource

import (
	"context"

	"github.com/clusto/clusto"
)

// keyNum is the key of attributes that hold numbers, such as VLANs.
const keyNum = "simplenum"

// numRules are those of a manager of numbers: from its property "next" to its
// property "maxnum", which is handed out too.
type numRules struct {
	plainRules
	max clusto.Opt[int64] // absent: no limit
}

func newNumRules(ctx context.Context, m *Manager) (*numRules, error) {
	r := &numRules{plainRules: plainRules{m}}
	limit, err := m.Property(ctx, "maxnum")
	if err != nil || limit.IsNone() {
		return r, err
	}
	n, err := m.intProperty(ctx, "maxnum")
	r.max = clusto.Some(n)
	return r, err
}

func (r *numRules) form(resource any) (clusto.Value, error) {
	v, err := clusto.ValueOf(resource)
	if err != nil {
		return clusto.Value{}, err
	}
	if v.Kind() != clusto.KindInt {
		return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "%v is not a number", resource)
	}
	return v, nil
}

func (r *numRules) has(v clusto.Value) error {
	if r.beyond(v.Int64()) {
		return clusto.Errorf(clusto.ErrInvalid, "%s: %d is more than %d, the property maxnum", r.m.Name, v.Int64(), r.max.Or(0))
	}
	return nil
}

func (r *numRules) beyond(n int64) bool {
	limit, ok := r.max.Get()
	return ok && n > limit
}

// next returns the number at the counter, or if somebody was given that by hand
// the next one after it. When the counter has passed maxnum, numbers that
// were given back go out again; classic never did that.
func (r *numRules) next(ctx context.Context) (clusto.Value, error) {
	tx, err := r.m.Inventory().Tx()
	if err != nil {
		return clusto.Value{}, err
	}
	first, err := r.m.counter(ctx, tx)
	if err != nil {
		return clusto.Value{}, err
	}
	n, err := r.firstFree(ctx, first)
	if err != nil {
		return clusto.Value{}, err
	}
	if !r.beyond(n) {
		return clusto.Int(n), tx.SetCounter(ctx, r.m.ID, counterNext, n+1)
	}
	if n, err = r.m.intProperty(ctx, counterNext); err != nil {
		return clusto.Value{}, err
	}
	if n, err = r.firstFree(ctx, n); err != nil {
		return clusto.Value{}, err
	}
	if r.beyond(n) {
		return clusto.Value{}, clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%s has no number left up to %d", r.m.Name, r.max.Or(0)),
			"deallocate some, or raise the property maxnum")
	}
	return clusto.Int(n), nil
}

// firstFree returns the first number from n on that nobody has; it may be beyond
// maxnum.
func (r *numRules) firstFree(ctx context.Context, n int64) (int64, error) {
	for size := int64(1); ; size = min(2*size, lastBatch) {
		batch := make([]clusto.Value, size)
		for i := range batch {
			batch[i] = clusto.Int(n + int64(i))
		}
		rows, err := r.users(ctx, batch...)
		if err != nil {
			return 0, err
		}
		taken := make(map[int64]bool, len(rows))
		for _, a := range rows {
			taken[a.Value.Int64()] = true
		}
		for range size {
			if !taken[n] || r.beyond(n) {
				return n, nil
			}
			n++
		}
	}
}
