package access

import (
	"context"
	"iter"

	"github.com/clusto/clusto"
)

// compares reports whether m asks about values: who gets an answer learns
// something of them.
func compares(m *clusto.AttrMatch) bool {
	return m.Value.Op != clusto.Any || m.Values != nil || m.RelatedTo != nil || m.Contains != nil || m.MAC != nil
}

// refuse returns ErrDenied if nothing that m selects may be read, and the
// answer would tell something all the same.
func (r *reader) refuse(m *clusto.AttrMatch) error {
	verb := Read
	switch policy := r.judge.policy; {
	case compares(m) && policy.secrecy(m) == onlySecret && !r.reveal:
		verb = Secret
	case m.Key.Op != clusto.Equal || kindOf(m.Key.Arg) == Contents || !policy.readByGrant && r.judge.rights.narrow == nil:
		return nil
	}
	if r.judge.mayAnywhere(verb, m) || verb == Read && r.judge.policy.secrecy(m) != noSecret && r.judge.mayAnywhere(Secret, m) {
		return nil
	}
	q := asking(verb, "*", clusto.Subkey{})
	if m.Key.Op == clusto.Equal {
		q = asking(verb, m.Key.Arg, clusto.Subkey{})
	}
	if q.kind == Attr && m.Subkey.Op == clusto.Equal {
		q.subkey = clusto.Sub(m.Subkey.Arg)
	}
	return r.judge.denied(q, "")
}

// mayAnywhere reports whether some attribute that m can select may be read
// somewhere.
func (j *judge) mayAnywhere(v Verb, m *clusto.AttrMatch) bool {
	for i, set := range j.rights.sets() {
		found := i == 0 && v == Read && !j.policy.readByGrant
		for _, h := range set {
			found = found || h.Verb == Admin || (h.Verb == v || h.Verb == Write && v == Read) && h.What.meets(v, m)
		}
		if !found {
			return false
		}
	}
	return true
}

// meets reports whether w, of a verb, can be about an attribute that m selects.
func (w What) meets(v Verb, m *clusto.AttrMatch) bool {
	if m.Key.Op != clusto.Equal || w.Kind == All {
		return true
	}
	q := asking(v, m.Key.Arg, clusto.Subkey{})
	if w.Kind != q.kind {
		return false
	}
	if m.Subkey.Op == clusto.Equal {
		q.subkey = clusto.Sub(m.Subkey.Arg)
	} else if m.Subkey.Op != clusto.Absent {
		w.Subkey = ""
	}
	return w.names(q)
}

// harmless reports whether every attribute that m selects may be read, and if m
// compares values, also every value.
func (r *reader) harmless(m *clusto.AttrMatch) bool {
	return r.readsAll() && (r.revealsAll() || !compares(m) || r.judge.policy.secrecy(m) == noSecret)
}

// permitted returns m as it may be asked: conditions that could be met by
// attributes that may not be read become the list of those that may.
func (r *reader) permitted(ctx context.Context, m clusto.Match) (clusto.Match, error) {
	if m.Attrs == nil {
		return m, nil
	}
	attrs := make([]clusto.AttrMatch, len(m.Attrs))
	for i := range m.Attrs {
		attrs[i] = m.Attrs[i]
		if err := r.refuse(&attrs[i]); err != nil {
			return m, err
		}
		if r.harmless(&attrs[i]) {
			continue
		}
		rows, err := clusto.Collect(r.Attrs(ctx, attrs[i]))
		if err != nil {
			return m, err
		}
		attrs[i] = clusto.AttrMatch{IDs: rowsOf(rows)}
	}
	m.Attrs = attrs
	return m, nil
}

// rowsOf returns the numbers of attributes, never nil.
func rowsOf(attrs []clusto.Attr) []clusto.AttrID {
	ids := make([]clusto.AttrID, len(attrs))
	for i, a := range attrs {
		ids[i] = a.ID
	}
	return ids
}

// Attrs implements clusto.Reader.
func (r *reader) Attrs(ctx context.Context, m clusto.AttrMatch) iter.Seq2[clusto.Attr, error] {
	return func(yield func(clusto.Attr, error) bool) {
		if compares(&m) {
			if err := r.refuse(&m); err != nil {
				yield(clusto.Attr{}, err)
				return
			}
		}
		if r.readsAll() && r.revealsAll() {
			r.inner.Attrs(ctx, m)(yield)
			return
		}
		shown := &shown{reader: r, compared: compares(&m)}
		if !shown.needsPlaces() {
			for a, err := range r.inner.Attrs(ctx, m) {
				a, ok := a, err != nil
				if err == nil {
					a, ok = shown.attr(a)
				}
				if ok && !yield(a, err) {
					return
				}
			}
			return
		}
		attrs, err := clusto.Collect(r.inner.Attrs(ctx, m))
		if err == nil {
			attrs, err = shown.all(ctx, attrs)
		}
		if err != nil {
			yield(clusto.Attr{}, err)
			return
		}
		for _, a := range attrs {
			if !yield(a, nil) {
				return
			}
		}
	}
}

// shown says what is shown of attributes.
type shown struct {
	*reader
	compared bool // they were selected by their values
}

// needsPlaces reports whether what is shown can depend on where things are.
func (s *shown) needsPlaces() bool { return !s.readsAll() || s.judge.rights.secretSomewhere() }

// secretSomewhere reports whether r has a grant to read secrets in some places only.
func (r *rights) secretSomewhere() bool {
	for _, set := range r.sets() {
		for _, h := range set {
			if h.Verb == Secret && len(h.Where) > 0 {
				return true
			}
		}
	}
	return false
}

// know looks up what attr wants to know about attributes.
func (s *shown) know(ctx context.Context, attrs []clusto.Attr) error {
	var ids []clusto.EntityID
	for _, a := range attrs {
		secret := s.judge.policy.Secret(a.Key, a.Subkey)
		if secret || s.judge.rule(asking(Read, a.Key, a.Subkey)).verdict == depends {
			ids = append(ids, a.Entity)
		}
		if to := a.Value.Relation(); to != 0 && !s.seesAll() {
			ids = append(ids, to)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.judge.know(ctx, ids)
}

// all returns what is shown of attributes.
func (s *shown) all(ctx context.Context, attrs []clusto.Attr) ([]clusto.Attr, error) {
	if err := s.know(ctx, attrs); err != nil {
		return nil, err
	}
	var some []clusto.Attr
	for _, a := range attrs {
		if a, ok := s.attr(a); ok {
			some = append(some, a)
		}
	}
	return some, nil
}

// attr returns what is shown of an attribute, and whether it is shown. What it
// needs to know must be known.
func (s *shown) attr(a clusto.Attr) (clusto.Attr, bool) {
	policy := s.judge.policy
	secret := policy.Secret(a.Key, a.Subkey)
	revealed := secret && (s.reveal || s.permits(asking(Secret, a.Key, a.Subkey), a.Entity))
	readable := s.permits(seeing, a.Entity) && (revealed || s.permits(asking(Read, a.Key, a.Subkey), a.Entity))
	if !readable && !(s.checks && policy.allocated[a.Key] && s.judge.rule(question{verb: Allocate}).verdict != never) {
		return a, false // who allocates must see what is taken, by whomever
	}
	hidden := a.Value.Relation() != 0 && !s.permits(seeing, a.Value.Relation())
	switch {
	case s.compared && (secret && !revealed || hidden && !s.checks):
		return a, false
	case secret && !revealed:
		a.Value = clusto.String(SecretMark)
	case hidden && !s.checks:
		a.Value = clusto.String(HiddenMark)
	}
	return a, true
}
