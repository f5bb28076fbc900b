package resource

import (
	"context"
	"iter"
	"math"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
)

// keyNum is the key of attributes that hold numbers, such as VLANs.
const keyNum = "simplenum"

// counterNext is the counter of a manager that holds what it gives out next
// (classic: simplenamemanager.py). Its first value is the property "next".
const counterNext = "next"

// counted is what managers of numbers and of names with a number share: places
// are numbers, and the manager counts them.
type counted struct {
	plainRules
	first int64 // the property "next"
	last  int64
}

func newCounted(ctx context.Context, m *Manager) (counted, error) {
	if err := m.ReadAhead(ctx); err != nil {
		return counted{}, err
	}
	first, err := m.intProperty(ctx, counterNext)
	return counted{plainRules{m}, first, math.MaxInt64}, err
}

func (m *Manager) intProperty(ctx context.Context, name string) (int64, error) {
	v, err := m.Property(ctx, name)
	if err == nil && v.Kind() != clusto.KindInt {
		err = clusto.Errorf(clusto.ErrInvalid, "%s: property %s is %q, want a number", m.Name, name, v.Text())
	}
	return v.Int64(), err
}

// extent implements row.
func (r *counted) extent() (span, error) { return span{numberPlace(r.first), numberPlace(r.last)}, nil }

func (*counted) blocked() spans { return nil }

// counter returns the number that the manager gives out next.
func (r *counted) counter(ctx context.Context) (int64, error) {
	n, ok, err := r.m.Inventory().Counter(ctx, r.m.ID, counterNext)
	if err == nil && !ok {
		n = r.first
	}
	return n, err
}

// onward implements row. Where somebody raised the property next above the counter,
// the row begins there.
func (r *counted) onward(ctx context.Context) (netip.Addr, bool, error) {
	n, err := r.counter(ctx)
	return numberPlace(n), true, err
}

// handed moves the counter past what was handed out, whatever the policy:
// classic clusto may go on with it.
func (r *counted) handed(ctx context.Context, place netip.Addr) error {
	tx, err := r.m.Inventory().Tx()
	if err != nil {
		return err
	}
	n := placeNumber(place)
	next, err := r.counter(ctx)
	if err != nil || n < next || n == math.MaxInt64 {
		return err
	}
	return tx.SetCounter(ctx, r.m.ID, counterNext, n+1)
}

// pivot lies before the counter: what it has passed was used once.
func (r *counted) pivot(ctx context.Context) (netip.Addr, bool, error) {
	n, err := r.counter(ctx)
	return numberPlace(n - 1), n > r.first, err
}

// numRules are those of a manager of numbers: from its property "next" to its
// property "maxnum", which is handed out too.
type numRules struct {
	counted
	max clusto.Opt[int64] // absent: no limit
}

func newNumRules(ctx context.Context, m *Manager) (*numRules, error) {
	c, err := newCounted(ctx, m)
	if err != nil {
		return nil, err
	}
	r := &numRules{counted: c}
	limit, err := m.Property(ctx, "maxnum")
	if err != nil || limit.IsNone() {
		return r, err
	}
	r.last, err = m.intProperty(ctx, "maxnum")
	r.max = clusto.Some(r.last)
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
	if limit, ok := r.max.Get(); ok && v.Int64() > limit {
		return clusto.Errorf(clusto.ErrInvalid, "%s: %d is more than %d, the property maxnum", r.m.Name, v.Int64(), limit)
	}
	return nil
}

func (r *numRules) place(v clusto.Value) (netip.Addr, bool) {
	return numberPlace(v.Int64()), v.Kind() == clusto.KindInt
}

func (r *numRules) value(place netip.Addr) (clusto.Value, error) {
	return clusto.Int(placeNumber(place)), nil
}

func (r *numRules) taken(ctx context.Context, places []netip.Addr) (map[netip.Addr]bool, error) {
	return takenBy(ctx, r, places)
}

func (r *numRules) inUse(ctx context.Context) iter.Seq2[netip.Addr, error] {
	return r.m.ownPlaces(ctx, r)
}

func (r *numRules) ended(ctx context.Context, since clusto.Version, now time.Time) ([]clusto.Freed, error) {
	return r.m.endedRows(ctx, r, since, now)
}

func (r *numRules) exhausted() error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%s has no number left up to %d", r.m.Name, r.last),
		"deallocate some, or raise the property maxnum")
}
