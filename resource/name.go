package resource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clusto/clusto"
)

// keyName is the key of attributes that hold names.
const keyName = "simplename"

// counterNext is the counter of a manager that holds what it gives out next
// (classic: simplenamemanager.py). Its first value is the property "next".
const counterNext = "next"

// nameBatch is how many names are checked at a time.
const nameBatch = 64

// nameRules are those of a manager of names: a base name and a number.
type nameRules struct{ plainRules }

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

// next returns the next name that nobody has from the manager. Names that
// somebody was given by hand are passed over, and the counter with them.
func (r *nameRules) next(ctx context.Context) (clusto.Value, error) {
	name, err := r.m.nextName(ctx, func(ctx context.Context, names []string) (map[string]bool, error) {
		values := make([]clusto.Value, len(names))
		for i, name := range names {
			values[i] = clusto.String(name)
		}
		rows, err := r.users(ctx, values...)
		taken := map[string]bool{}
		for _, a := range rows {
			taken[a.Value.Str()] = true
		}
		return taken, err
	})
	return clusto.String(name), err
}

// NewEntity makes an entity with driver d. Its name is the given one, which
// leaves the counter of m alone, or with "" the next one of m that no entity has.
// m must be a manager of entity names. It returns ErrExists if the given name is
// taken.
func (m *Manager) NewEntity(ctx context.Context, d *clusto.Driver, name string) (*clusto.Object, error) {
	if !m.Driver().Is(DriverEntityName) {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "%s does not name entities: its driver is %s, not %s", m.Name, m.Driver().Name, DriverEntityName)
	}
	if name == "" {
		var err error
		if name, err = m.nextName(ctx, m.entitiesCalled); err != nil {
			return nil, err
		}
	}
	return m.Inventory().Create(ctx, d, name, nil)
}

func (m *Manager) entitiesCalled(ctx context.Context, names []string) (map[string]bool, error) {
	taken := map[string]bool{}
	if len(names) == 1 { // nearly always; a transaction remembers this answer
		exists, err := m.Inventory().Exists(ctx, names[0])
		taken[names[0]] = exists
		return taken, err
	}
	for e, err := range m.Inventory().Find(ctx, clusto.Match{Names: names}) {
		if err != nil {
			return nil, err
		}
		taken[e.Name] = true
	}
	return taken, nil
}

// nextName returns the next name of m that is not taken and moves the counter
// past it.
func (m *Manager) nextName(ctx context.Context, taken func(context.Context, []string) (map[string]bool, error)) (string, error) {
	tx, err := m.Inventory().Tx()
	if err != nil {
		return "", err
	}
	form, err := m.nameForm(ctx)
	if err != nil {
		return "", err
	}
	n, err := m.counter(ctx, tx)
	if err != nil {
		return "", err
	}
	for size := int64(1); ; size = nameBatch {
		var names []string
		for i := n; i < n+size; i++ {
			name, err := form.name(i)
			if errors.Is(err, clusto.ErrExhausted) && i > n {
				break
			}
			if err != nil {
				return "", fmt.Errorf("%s: %w", m.Name, err)
			}
			names = append(names, name)
		}
		used, err := taken(ctx, names)
		if err != nil {
			return "", err
		}
		for _, name := range names {
			n++
			if !used[name] {
				return name, tx.SetCounter(ctx, m.ID, counterNext, n)
			}
		}
	}
}

// counter returns the number that m gives out next.
func (m *Manager) counter(ctx context.Context, tx clusto.Tx) (int64, error) {
	n, ok, err := tx.Counter(ctx, m.ID, counterNext)
	if err != nil || ok {
		return n, err
	}
	return m.intProperty(ctx, counterNext)
}

func (m *Manager) intProperty(ctx context.Context, name string) (int64, error) {
	v, err := m.Property(ctx, name)
	if err == nil && v.Kind() != clusto.KindInt {
		err = clusto.Errorf(clusto.ErrInvalid, "%s: property %s is %q, want a number", m.Name, name, v.Text())
	}
	return v.Int64(), err
}

// nameForm is how a manager makes names of numbers.
type nameForm struct {
	base   string
	digits int64
	zeros  bool // numbers are filled up with zeros in front
}

func (m *Manager) nameForm(ctx context.Context) (nameForm, error) {
	if err := m.ReadAhead(ctx); err != nil {
		return nameForm{}, err
	}
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

// name returns the name with number n, or ErrExhausted if n has too many digits.
func (f nameForm) name(n int64) (string, error) {
	number := fmt.Sprint(n)
	if int64(len(number)) > f.digits {
		return "", clusto.WithHint(clusto.Errorf(clusto.ErrExhausted, "no names are left: %s%s has more than %d digits", f.base, number, f.digits),
			"raise the property digits")
	}
	if f.zeros {
		number = strings.Repeat("0", int(f.digits)-len(number)) + number
	}
	return f.base + number, nil
}
