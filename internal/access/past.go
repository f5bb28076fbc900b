package access

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// past is a reader that also shows how things came to be, as far as the subject
// may see the things now.
type past struct {
	*reader
	history clusto.History
}

var (
	_ clusto.History = (*past)(nil)
	_ clusto.Auditor = (*past)(nil)
)

// Versions implements clusto.Reader. It is one question to the history, and one more
// for each versionsAtOnce versions of the answer at most.
func (r *reader) Versions(ctx context.Context, since clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	h, ok := r.inner.(clusto.History)
	if ok && !(r.readsAll() && r.revealsAll()) {
		return (&past{r, h}).FindVersions(ctx, clusto.VersionMatch{After: since})
	}
	return r.inner.Versions(ctx, since)
}

// FindVersions implements clusto.History. That there is a version, whose it is
// and when it was made is told to everybody; its description only to who may see
// everything that it changed, because it may quote that.
func (p *past) FindVersions(ctx context.Context, m clusto.VersionMatch) iter.Seq2[clusto.VersionInfo, error] {
	if p.readsAll() && p.revealsAll() {
		return p.history.FindVersions(ctx, m)
	}
	return func(yield func(clusto.VersionInfo, error) bool) {
		found, err := p.findVersions(ctx, m)
		if err != nil {
			yield(clusto.VersionInfo{}, err)
			return
		}
		for _, v := range found {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func (p *past) findVersions(ctx context.Context, m clusto.VersionMatch) ([]clusto.VersionInfo, error) {
	inner := m
	var err error
	if inner.About, err = p.onlyVisible(ctx, m.About); err != nil {
		return nil, err
	}
	sifted := m.Grep != "" || m.About != nil && !p.readsAll()
	if sifted { // some may turn out not to be selected
		inner.Limit = 0
	}
	found, err := clusto.Collect(p.history.FindVersions(ctx, inner))
	if err != nil {
		return nil, err
	}
	var some []clusto.VersionInfo
	for few := range slices.Chunk(found, versionsAtOnce) {
		did, err := p.told(ctx, few, inner.About)
		if err != nil {
			return nil, err
		}
		for _, v := range few {
			d := did[v.Version]
			if d.hidden && v.Description != "" {
				v.Description = HiddenMark
			}
			if sifted && (!strings.Contains(strings.ToLower(v.Description), strings.ToLower(m.Grep)) || m.About != nil && !d.about) {
				continue
			}
			if some = append(some, v); m.Limit > 0 && len(some) == m.Limit {
				return some, nil
			}
		}
	}
	return some, nil
}

// versionsAtOnce is of how many versions it is looked at once what they changed: who
// wants the first of a long history must not have all of it read.
const versionsAtOnce = 1000

// told is what may be told about a version.
type told struct {
	hidden bool // it changed something that may not be seen
	about  bool // it changed something that was asked about and may be seen
}

// told looks at what versions changed, in one question. Nothing can be hidden of those
// without description, which are left out unless it is asked what they are about.
func (p *past) told(ctx context.Context, versions []clusto.VersionInfo, about []clusto.EntityID) (map[clusto.Version]told, error) {
	var only []clusto.Version
	for _, v := range versions {
		if v.Description != "" || about != nil {
			only = append(only, v.Version)
		}
	}
	if only == nil {
		return nil, nil
	}
	edits, err := clusto.Collect(p.history.Edits(ctx, clusto.EditMatch{Only: only}))
	if err != nil {
		return nil, err
	}
	sight := &shown{reader: p.reader, compared: true} // whatever would be masked is hidden
	if err := p.knowEdits(ctx, sight, edits); err != nil {
		return nil, err
	}
	did := map[clusto.Version]told{}
	for _, e := range edits {
		d := did[e.Version]
		_, whole := sight.edit(e)
		d.hidden = d.hidden || !whole
		if _, ok := (&shown{reader: p.reader}).edit(e); ok {
			d.about = d.about || slices.Contains(about, e.Entity) || slices.Contains(about, e.Attr.Value.Relation())
		}
		did[e.Version] = d
	}
	return did, nil
}

// knowEdits looks up what there is to know about the things that were changed.
func (p *past) knowEdits(ctx context.Context, s *shown, edits []clusto.Edit) error {
	var attrs []clusto.Attr
	var ids []clusto.EntityID
	for _, e := range edits {
		ids = append(ids, e.Entity)
		if e.Attr.Key != "" {
			e.Attr.Entity = e.Entity
			attrs = append(attrs, e.Attr)
		}
	}
	if !p.seesAll() {
		if err := p.judge.know(ctx, ids); err != nil {
			return err
		}
	}
	return s.know(ctx, attrs)
}

// edit returns what is shown of an edit, and whether it is shown.
func (s *shown) edit(e clusto.Edit) (clusto.Edit, bool) {
	if !s.permits(seeing, e.Entity) {
		return e, false
	}
	switch e.Kind {
	case clusto.AttrMade, clusto.AttrEnded:
		a := e.Attr
		a.Entity = e.Entity
		a, ok := s.attr(a)
		e.Attr.Value = a.Value
		return e, ok
	case clusto.AttrsRedacted:
		return e, s.permits(asking(Read, e.Attr.Key, clusto.Subkey{}), e.Entity)
	}
	return e, true
}

// Edits implements clusto.History.
func (p *past) Edits(ctx context.Context, m clusto.EditMatch) iter.Seq2[clusto.Edit, error] {
	if p.readsAll() && p.revealsAll() {
		return p.history.Edits(ctx, m)
	}
	return func(yield func(clusto.Edit, error) bool) {
		edits, err := p.edits(ctx, m)
		if err != nil {
			yield(clusto.Edit{}, err)
			return
		}
		for _, e := range edits {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (p *past) edits(ctx context.Context, m clusto.EditMatch) ([]clusto.Edit, error) {
	var err error
	if m.About, err = p.onlyVisible(ctx, m.About); err != nil {
		return nil, err
	}
	all, err := clusto.Collect(p.history.Edits(ctx, m))
	if err != nil {
		return nil, err
	}
	s := &shown{reader: p.reader, compared: m.Values != nil}
	if err := p.knowEdits(ctx, s, all); err != nil {
		return nil, err
	}
	some := all[:0]
	for _, e := range all {
		if e, ok := s.edit(e); ok {
			some = append(some, e)
		}
	}
	return some, nil
}

// Lives implements clusto.History.
func (p *past) Lives(ctx context.Context, m clusto.LifeMatch) iter.Seq2[clusto.Life, error] {
	if p.seesAll() {
		return p.history.Lives(ctx, m)
	}
	return func(yield func(clusto.Life, error) bool) {
		lives, err := clusto.Collect(p.history.Lives(ctx, m))
		ids := make([]clusto.EntityID, 0, 2*len(lives))
		for _, l := range lives {
			ids = append(ids, l.ID, l.SuccessorOf)
		}
		visible, errVisible := p.visible(ctx, ids)
		if err == nil {
			err = errVisible
		}
		if err != nil {
			yield(clusto.Life{}, err)
			return
		}
		for _, l := range lives {
			if !visible(l.SuccessorOf) {
				l.SuccessorOf = 0
			}
			if visible(l.ID) && !yield(l, nil) {
				return
			}
		}
	}
}

// auditor returns what audits, for who may administer clusto.
func (r *reader) auditor() (clusto.Auditor, error) {
	if err := r.judge.rights.mustHave(r.judge.who, Admin); err != nil {
		return nil, err
	}
	a, ok := r.inner.(clusto.Auditor)
	if !ok {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "what is read from here does not show rows as they lie there")
	}
	return a, nil
}

// audited is a sequence of the auditor, or the error that there is none.
func audited[T any](r *reader, ask func(clusto.Auditor) iter.Seq2[T, error]) iter.Seq2[T, error] {
	a, err := r.auditor()
	if err != nil {
		return func(yield func(T, error) bool) {
			var none T
			yield(none, err)
		}
	}
	return ask(a)
}

// AuditAttrs implements clusto.Auditor, for who may administer clusto.
func (p *past) AuditAttrs(ctx context.Context) iter.Seq2[clusto.StoredAttr, error] {
	return audited(p.reader, func(a clusto.Auditor) iter.Seq2[clusto.StoredAttr, error] { return a.AuditAttrs(ctx) })
}

// AuditCounters implements clusto.Auditor likewise.
func (p *past) AuditCounters(ctx context.Context) iter.Seq2[clusto.StoredCounter, error] {
	return audited(p.reader, func(a clusto.Auditor) iter.Seq2[clusto.StoredCounter, error] { return a.AuditCounters(ctx) })
}

// AuditFreeRanges implements clusto.Auditor likewise.
func (p *past) AuditFreeRanges(ctx context.Context) iter.Seq2[clusto.FreeRange, error] {
	return audited(p.reader, func(a clusto.Auditor) iter.Seq2[clusto.FreeRange, error] { return a.AuditFreeRanges(ctx) })
}
