package access

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/clusto/clusto"
)

// tx changes what a subject may change. What is done to an entity that the
// transaction itself made is judged at its end, by where the entity is then:
// before, it is nowhere.
type tx struct {
	*past
	inner   clusto.Tx
	subject *Subject
	state   *state
}

// state is what the transactions of one Update, nested in each other, share.
type state struct {
	// made are the entities that were made, with what the subject must be
	// permitted to do about each in the end.
	made map[clusto.EntityID]map[question]bool
	// undo takes back what was noted in made, the last first.
	undo []func()
}

// owe notes that q must be permitted about an entity in the end.
func (s *state) owe(q question, id clusto.EntityID) {
	needs := s.made[id]
	if needs == nil {
		needs = map[question]bool{}
		s.made[id] = needs
		s.undo = append(s.undo, func() { delete(s.made, id) })
	}
	if !needs[q] {
		needs[q] = true
		s.undo = append(s.undo, func() { delete(needs, q) })
	}
}

// gone notes that an entity does not exist any more.
func (s *state) gone(id clusto.EntityID) {
	if needs, made := s.made[id]; made {
		delete(s.made, id)
		s.undo = append(s.undo, func() { s.made[id] = needs })
	}
}

// backTo takes back what was noted since undo had so many members.
func (s *state) backTo(n int) {
	for len(s.undo) > n {
		last := len(s.undo) - 1
		s.undo[last]()
		s.undo = s.undo[:last]
	}
}

var (
	_ clusto.Tx     = (*tx)(nil)
	_ clusto.Mender = (*tx)(nil)
)

// tx returns what of inner the rights permit.
func (w *wrapped) tx(inner clusto.Tx, rights *rights) *tx {
	j := newJudge(w.policy, rights, w.subject.Name, inner)
	return newTx(inner, j, &w.subject, &state{made: map[clusto.EntityID]map[question]bool{}})
}

func newTx(inner clusto.Tx, j *judge, s *Subject, shared *state) *tx {
	j.reader = inner
	r := &reader{inner: inner, judge: j, same: true, checks: true, own: shared.made}
	return &tx{past: &past{r, inner}, inner: inner, subject: s, state: shared}
}

// must returns ErrDenied unless q is permitted about an entity, or is to be
// looked at in the end.
func (t *tx) must(ctx context.Context, q question, id clusto.EntityID) error {
	if t.state.made[id] != nil {
		if t.judge.rule(q).verdict == never {
			return t.judge.denied(q, "")
		}
		t.state.owe(q, id)
		return nil
	}
	return t.judge.must(ctx, q, id)
}

// owed returns ErrDenied if the subject did something to an entity that it made
// which is not permitted where the entity is now.
func (t *tx) owed(ctx context.Context) error {
	t.judge.forget()
	ids := slices.Sorted(maps.Keys(t.state.made))
	depending := slices.DeleteFunc(slices.Clone(ids), func(id clusto.EntityID) bool {
		for q := range t.state.made[id] {
			if t.judge.rule(q).verdict != whatever {
				return false
			}
		}
		return true
	})
	if len(depending) == 0 {
		return nil
	}
	if err := t.judge.know(ctx, depending); err != nil {
		return err
	}
	for _, id := range depending {
		for q := range t.state.made[id] {
			if !t.judge.permits(t.judge.rule(q), id) {
				return t.judge.denied(q, t.judge.known[id].Name)
			}
		}
	}
	return nil
}

// changing asks whether the entity itself may be changed.
var changing = question{verb: Write, kind: Entity}

// Create implements clusto.Tx.
func (t *tx) Create(ctx context.Context, name, typ, driver string) (clusto.Entity, error) {
	return t.make(func() (clusto.Entity, error) {
		e, err := t.inner.Create(ctx, name, typ, driver)
		return e, t.taken(ctx, name, err)
	})
}

// taken returns err. If that tells what already has a name, and the subject may not
// see it, nothing remains but that the name is taken.
func (t *tx) taken(ctx context.Context, name string, err error) error {
	if !errors.Is(err, clusto.ErrExists) || t.seesAll() {
		return err
	}
	if _, errSeen := t.Entity(ctx, name); errors.Is(errSeen, clusto.ErrNotFound) {
		return clusto.Errorf(clusto.ErrExists, "%q exists already", name)
	}
	return err
}

// Revive implements clusto.Reviver.
func (t *tx) Revive(ctx context.Context, id clusto.EntityID, name string) (clusto.Entity, error) {
	if seen, err := t.onlyVisible(ctx, []clusto.EntityID{id}); err != nil || len(seen) == 0 {
		if err == nil {
			err = clusto.Errorf(clusto.ErrNotFound, "there is no deleted entity number %d", id)
		}
		return clusto.Entity{}, err
	}
	return t.make(func() (clusto.Entity, error) {
		e, err := t.inner.Revive(ctx, id, name)
		return e, t.taken(ctx, name, err)
	})
}

// make makes an entity, which must be permitted in the end.
func (t *tx) make(how func() (clusto.Entity, error)) (clusto.Entity, error) {
	if t.judge.rule(changing).verdict == never {
		return clusto.Entity{}, t.judge.denied(changing, "")
	}
	e, err := how()
	if err == nil {
		t.state.owe(changing, e.ID)
		if slices.Contains(t.judge.rights.containers(), e.Name) {
			t.judge.forget()
		}
	}
	return e, err
}

// own returns ErrNotFound or ErrDenied unless the entity itself may be changed.
func (t *tx) own(ctx context.Context, id clusto.EntityID) error {
	if _, err := t.Entities(ctx, id); err != nil {
		return err
	}
	return t.must(ctx, changing, id)
}

// reshape changes what grants may ask about an entity: it must be permitted
// before and after.
func (t *tx) reshape(ctx context.Context, id clusto.EntityID, change func() error) error {
	if err := t.own(ctx, id); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	t.judge.forget()
	return t.must(ctx, changing, id)
}

// Rename implements clusto.Tx. It is undone if the subject may not change what
// is called so.
func (t *tx) Rename(ctx context.Context, id clusto.EntityID, name string) error {
	return t.undoing(ctx, func(t *tx) error {
		return t.reshape(ctx, id, func() error { return t.taken(ctx, name, t.inner.Rename(ctx, id, name)) })
	})
}

// ChangeDriver implements clusto.Tx likewise.
func (t *tx) ChangeDriver(ctx context.Context, id clusto.EntityID, typ, driver string) error {
	return t.undoing(ctx, func(t *tx) error {
		return t.reshape(ctx, id, func() error { return t.inner.ChangeDriver(ctx, id, typ, driver) })
	})
}

// undoing calls fn so that what it changed is undone if it fails, where that can
// be after it has changed something.
func (t *tx) undoing(ctx context.Context, fn func(*tx) error) error {
	if t.judge.rule(changing).verdict != depends {
		return fn(t)
	}
	return t.Nest(ctx, func(inner clusto.Tx) error { return fn(inner.(*tx)) })
}

// Delete implements clusto.Tx. What others have that refers to the entity goes
// with it, whoever may write that.
func (t *tx) Delete(ctx context.Context, id clusto.EntityID) error {
	if err := t.own(ctx, id); err != nil {
		return err
	}
	err := t.inner.Delete(ctx, id)
	if err == nil {
		t.state.gone(id)
		t.judge.forget()
	}
	return err
}

// SetCounter implements clusto.Tx. The counter of contents goes with them, and
// those of resources with allocating.
func (t *tx) SetCounter(ctx context.Context, id clusto.EntityID, key string, value int64) error {
	if t.judge.rule(question{verb: Write, kind: All}).verdict == whatever {
		return t.inner.SetCounter(ctx, id, key, value)
	}
	found, err := t.Entities(ctx, id)
	if err != nil {
		return err
	}
	allocating := question{verb: Allocate}
	switch {
	case found[0].Name == clusto.MetaEntity && t.judge.policy.allocated[key] && t.judge.rule(allocating).verdict != never:
	case key == counterNext:
		err = t.either(ctx, id, allocating, asking(Write, key, clusto.Subkey{}))
	default:
		err = t.must(ctx, asking(Write, key, clusto.Subkey{}), id)
	}
	if err != nil {
		return err
	}
	return t.inner.SetCounter(ctx, id, key, value)
}

// counterNext is the counter in which a manager of numbers keeps what it gives
// out next (classic: simplemanager.py).
const counterNext = "next"

// either returns nil if one of the questions is permitted, or the error about
// the first.
func (t *tx) either(ctx context.Context, id clusto.EntityID, questions ...question) error {
	var first error
	for _, q := range questions {
		err := t.must(ctx, q, id)
		if err == nil || clusto.KindOf(err) != clusto.ErrDenied {
			return err
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// Redact implements clusto.Redactor, for who may administer clusto.
func (t *tx) Redact(ctx context.Context, id clusto.EntityID, key string, subkey clusto.Cond[string]) (int, error) {
	if err := t.judge.rights.mustHave(t.judge.who, Admin); err != nil {
		return 0, err
	}
	return t.inner.Redact(ctx, id, key, subkey)
}

// Now implements clusto.Tx.
func (t *tx) Now(ctx context.Context) (time.Time, error) { return t.inner.Now(ctx) }

// Nest implements clusto.Tx.
func (t *tx) Nest(ctx context.Context, fn func(clusto.Tx) error) error {
	before := len(t.state.undo)
	err := t.inner.Nest(ctx, func(inner clusto.Tx) error {
		nested := newTx(inner, t.judge, t.subject, t.state)
		nested.reveal = t.reveal
		return fn(nested)
	})
	t.judge.reader = t.inner
	if err != nil {
		t.state.backTo(before)
		t.judge.forget()
	}
	return err
}

// Describe implements clusto.Tx.
func (t *tx) Describe(text string) { t.inner.Describe(text) }

// OnCommit implements clusto.Tx.
func (t *tx) OnCommit(fn func(context.Context) error) { t.inner.OnCommit(fn) }

// ActOutside implements clusto.Tx.
func (t *tx) ActOutside(what string) error { return t.inner.ActOutside(what) }

// mender returns what mends, for who may administer clusto.
func (t *tx) mender() (clusto.Mender, error) {
	if _, err := t.auditor(); err != nil {
		return nil, err
	}
	m, ok := t.inner.(clusto.Mender)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "the rows of this database cannot be mended")
	}
	return m, nil
}

// EndAttrs implements clusto.Mender, for who may administer clusto.
func (t *tx) EndAttrs(ctx context.Context, ids ...clusto.AttrID) (int, error) {
	m, err := t.mender()
	if err != nil {
		return 0, err
	}
	t.judge.forget()
	return m.EndAttrs(ctx, ids...)
}

// DropCounter implements clusto.Mender likewise.
func (t *tx) DropCounter(ctx context.Context, id clusto.EntityID, key string) error {
	m, err := t.mender()
	if err != nil {
		return err
	}
	return m.DropCounter(ctx, id, key)
}
