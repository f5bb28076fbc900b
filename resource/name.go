package resource

import (
	"context"
	"fmt"
	"iter"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// keyName is the key of attributes that hold names.
const keyName = "simplename"

// nameRules are those of a manager of names: a base name and a number. A name
// that was given by hand need not have that form; then it has no place.
type nameRules struct {
	counted
	names nameForm
}

func newNameRules(ctx context.Context, m *Manager) (*nameRules, error) {
	c, err := newCounted(ctx, m)
	if err != nil {
		return nil, err
	}
	r := &nameRules{counted: c}
	if r.names, err = m.nameForm(ctx); err != nil {
		return nil, err
	}
	r.last = r.names.last()
	return r, nil
}

func (r *nameRules) form(resource any) (clusto.Value, error) {
	name, ok := resource.(string)
	if v, isValue := resource.(clusto.Value); isValue {
		name, ok = v.Str(), v.Kind() == clusto.KindString
	}
	if !ok || name == "" {
		return clusto.Value{}, clusto.Errorf(clusto.ErrInvalid, "%v is not a name", resource)
	}
	return clusto.String(name), nil
}

func (r *nameRules) place(v clusto.Value) (netip.Addr, bool) {
	n, ok := r.names.number(v.Str())
	return numberPlace(n), ok
}

func (r *nameRules) value(place netip.Addr) (clusto.Value, error) {
	name, err := r.names.name(placeNumber(place))
	return clusto.String(name), err
}

func (r *nameRules) taken(ctx context.Context, places []netip.Addr) (map[netip.Addr]bool, error) {
	return takenBy(ctx, r, places)
}

func (r *nameRules) inUse(ctx context.Context) iter.Seq2[netip.Addr, error] {
	return r.m.ownPlaces(ctx, r)
}

func (r *nameRules) ended(ctx context.Context, since clusto.Version, now time.Time) ([]clusto.Freed, error) {
	return r.m.endedRows(ctx, r, since, now)
}

func (r *nameRules) exhausted() error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "%s: no names are left: %s%d has more than %d digits",
		r.m.Name, r.names.base, uint64(r.last)+1, r.names.digits), "raise the property digits")
}

// entityNameRules are those of a manager of entity names: a name is taken if any
// entity has it.
type entityNameRules struct{ nameRules }

func newEntityNameRules(ctx context.Context, m *Manager) (*entityNameRules, error) {
	r, err := newNameRules(ctx, m)
	if err != nil {
		return nil, err
	}
	return &entityNameRules{*r}, nil
}

func (r *entityNameRules) taken(ctx context.Context, places []netip.Addr) (map[netip.Addr]bool, error) {
	names := make([]string, len(places))
	at := make(map[string]netip.Addr, len(places))
	for i, p := range places {
		v, err := r.value(p)
		if err != nil {
			return nil, err
		}
		names[i] = v.Str()
		at[v.Str()] = p
	}
	taken := map[netip.Addr]bool{}
	if len(names) == 1 { // nearly always; a transaction remembers this answer
		exists, err := r.m.Inventory().Exists(ctx, names[0])
		taken[places[0]] = exists
		return taken, err
	}
	for e, err := range r.m.Inventory().Find(ctx, clusto.Match{Names: names}) {
		if err != nil {
			return nil, err
		}
		taken[at[e.Name]] = true
	}
	return taken, nil
}

func (r *entityNameRules) inUse(ctx context.Context) iter.Seq2[netip.Addr, error] {
	return func(yield func(netip.Addr, error) bool) {
		for e, err := range r.m.Inventory().Find(ctx, clusto.Match{}) {
			n, ok := r.names.number(e.Name)
			if (err != nil || ok) && !yield(numberPlace(n), err) {
				return
			}
		}
	}
}

func (r *entityNameRules) ended(ctx context.Context, since clusto.Version, now time.Time) ([]clusto.Freed, error) {
	return r.m.endedNames(ctx, r, since, now)
}

// NewEntity makes an entity with driver d. Its name is the given one, which
// leaves the counter of m alone, or with "" one that no entity has, as the policy of
// m chooses it. m must be a manager of entity names. It returns ErrExists if the
// given name is taken.
func (m *Manager) NewEntity(ctx context.Context, d *clusto.Driver, name string) (*clusto.Object, error) {
	want := Request{}
	if name != "" {
		want.Resource = name
	}
	return m.MakeEntity(ctx, d, want)
}

// MakeEntity is NewEntity with a Request, whose Number is not used.
func (m *Manager) MakeEntity(ctx context.Context, d *clusto.Driver, want Request) (*clusto.Object, error) {
	if !m.Driver().Is(DriverEntityName) {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "%s does not name entities: its driver is %s, not %s", m.Name, m.Driver().Name, DriverEntityName)
	}
	asked := asked{Manager: m.ID, Driver: d.Name}
	made, err := once(ctx, m.Inventory(), want, asked, func() (given, error) {
		o, err := m.makeEntity(ctx, d, want)
		if err != nil {
			return given{}, err
		}
		return given{Entity: o.ID, Text: o.Name}, nil
	})
	if err != nil {
		return nil, err
	}
	objects, err := m.Inventory().Objects(ctx, made.Entity)
	if err != nil {
		return nil, releasedError(want, made, err)
	}
	return objects[0], nil
}

func (m *Manager) makeEntity(ctx context.Context, d *clusto.Driver, want Request) (*clusto.Object, error) {
	r, err := newEntityNameRules(ctx, m)
	if err != nil {
		return nil, err
	}
	if want.Resource == nil {
		p, err := m.pool(ctx, r)
		if err != nil {
			return nil, err
		}
		name, err := p.next(ctx)
		if err != nil {
			return nil, err
		}
		return m.Inventory().Create(ctx, d, name.Str(), nil)
	}
	name, err := r.form(want.Resource)
	if err == nil && !want.Reserved {
		err = m.refuseReserved(ctx, r, name)
	}
	if err != nil {
		return nil, err
	}
	return m.Inventory().Create(ctx, d, name.Str(), nil)
}

// nameForm is how a manager makes names of numbers.
type nameForm struct {
	base   string
	digits int64
	zeros  bool // numbers are filled up with zeros in front
}

func (m *Manager) nameForm(ctx context.Context) (nameForm, error) {
	base, err := m.Property(ctx, "basename")
	if err != nil {
		return nameForm{}, err
	}
	digits, err := m.intProperty(ctx, "digits")
	if err != nil {
		return nameForm{}, err
	}
	zeros, err := m.Property(ctx, "leadingZeros")
	return nameForm{base.Text(), digits, zeros.Truthy()}, err
}

// last returns the highest number that has a name.
func (f nameForm) last() int64 {
	last := int64(0)
	for range f.digits {
		if last > math.MaxInt64/10-1 {
			return math.MaxInt64
		}
		last = last*10 + 9
	}
	return last
}

// name returns the name with number n, or ErrExhausted if n has too many digits.
func (f nameForm) name(n int64) (string, error) {
	number := fmt.Sprint(n)
	if int64(len(number)) > f.digits {
		return "", clusto.Errorf(clusto.ErrExhausted, "%s%s has more than %d digits", f.base, number, f.digits)
	}
	if f.zeros {
		number = strings.Repeat("0", int(f.digits)-len(number)) + number
	}
	return f.base + number, nil
}

// number returns the number of a name and whether it is one of this form.
func (f nameForm) number(name string) (int64, bool) {
	digits, ok := strings.CutPrefix(name, f.base)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	again, err := f.name(n)
	return n, err == nil && again == name
}
