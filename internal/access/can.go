package access

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Answer says whether somebody may do something, and why.
type Answer struct {
	Allowed bool
	// Because are the grants that allow it: one, and if the subject signed in
	// with a token that is narrowed, one of those too. None if everybody may.
	Because []Because
	// Needed is a grant that would allow it, if nothing does.
	Needed string
	// Reason is all that in a sentence.
	Reason string
}

// Because is a grant that allows something.
type Because struct {
	Line      string
	ID        int64  // of the grant; 0 if the line is part of a token
	Group     string // through which the subject has it; "" if it is its own
	Container string // that makes the grant hold for what is in it; "" if none does
}

// Can explains whether a subject may do something with an entity: what is the
// beginning of a grant, such as "write attr/system.*", or an action, such as
// "power". The entity may be "" if what is "admin" or "script". It returns
// ErrInvalid if what cannot be read, and ErrNotFound if there is no such entity.
// Whoever asks about others learns of things that those may not see.
func Can(ctx context.Context, store clusto.Store, s Subject, p *Policy, what, entity string) (Answer, error) {
	w := Wrap(store, s, p).(*wrapped)
	q, err := w.policy.question(what)
	if err != nil {
		return Answer{}, err
	}
	rights, err := s.rights(ctx)
	if err != nil {
		return Answer{}, err
	}
	var answer Answer
	err = store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		j := newJudge(w.policy, rights, s.Name, r)
		if q.verb == Admin || q.verb == Script {
			answer = j.explain(q, clusto.Entity{})
			return nil
		}
		e, err := r.Entity(ctx, entity)
		if err != nil {
			return err
		}
		if err := j.know(ctx, []clusto.EntityID{e.ID}); err != nil {
			return err
		}
		answer = j.explain(q, e)
		return nil
	})
	return answer, err
}

// question reads what somebody wants to do.
func (p *Policy) question(what string) (question, error) {
	verb, _, _ := strings.Cut(strings.TrimSpace(what), " ")
	line := what
	if !slices.Contains(verbs, verb) {
		kind, _, _ := strings.Cut(verb, "/")
		if slices.Contains(objects[Act], kind) {
			line = string(Act) + " " + what
		}
	}
	g, err := Parse(line)
	if err != nil {
		return question{}, err
	}
	if len(g.Where) > 0 {
		return question{}, clusto.Errorf(clusto.ErrInvalid, "%q says where: name the entity by itself", what)
	}
	q := g.question()
	if q.verb == Read && q.kind == Attr && p.Secret(q.name, q.subkey) {
		q.verb = Secret
	}
	return q, nil
}

// explain answers q about an entity that is known.
func (j *judge) explain(q question, e clusto.Entity) Answer {
	var a Answer
	for i, set := range j.rights.sets() {
		if i == 0 && !j.policy.readByGrant && open.covers(q) {
			continue
		}
		because, ok := j.because(covering(set, q), e)
		if !ok {
			g := Grant{Verb: q.verb, What: q.what()}
			if e.Name != "" {
				g.Where = []Place{{Relation: On, Name: e.Name}}
			}
			return Answer{
				Needed: g.String(),
				Reason: fmt.Sprintf("%s: that needs a grant such as %q", j.rights.refusal(j.who, q, e.Name), g),
			}
		}
		a.Because = append(a.Because, because)
	}
	a.Allowed = true
	a.Reason = fmt.Sprintf("%s may %s: ", j.who, q.deed(e.Name))
	if len(a.Because) == 0 {
		a.Reason += "everybody who has signed in may"
		return a
	}
	for i, b := range a.Because {
		if i > 0 {
			a.Reason += ", and the token permits "
		}
		a.Reason += b.text(e)
	}
	return a
}

// because returns the first of the grants that holds for an entity.
func (j *judge) because(grants []held, e clusto.Entity) (Because, bool) {
	for _, h := range grants {
		if len(h.Where) > 0 && !j.holds(h, e.ID) {
			continue
		}
		b := Because{Line: h.Grant.String(), ID: h.id, Group: h.group}
		for _, p := range h.Where {
			if c, in := j.container(p, e.ID); p.Relation == In && in && c != e.ID {
				b.Container = p.Name
			}
		}
		return b, true
	}
	return Because{}, false
}

// text is b in a sentence about an entity.
func (b Because) text(e clusto.Entity) string {
	s := fmt.Sprintf("%q", b.Line)
	if b.Group != "" {
		s += " through the group " + b.Group
	}
	if b.Container != "" {
		s += ", since " + e.Name + " is in " + b.Container
	}
	return s
}
