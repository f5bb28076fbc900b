package access

import (
	"context"

	"github.com/clusto/clusto"
)

// restricted is a reader that was wrapped for a subject.
type restricted interface {
	// restriction returns what decides for the subject.
	restriction() *judge
	// trusted returns the reader with secrets shown.
	trusted() clusto.Reader
}

func (r *reader) restriction() *judge { return r.judge }

func (r *reader) trusted() clusto.Reader {
	open := *r
	open.reveal = true
	return &open
}

func (p *past) trusted() clusto.Reader { return p.revealed() }

func (p *past) revealed() *past {
	open := *p.reader
	open.reveal = true
	return &past{&open, p.history}
}

func (t *tx) trusted() clusto.Reader {
	open := *t
	open.past = t.revealed()
	return &open
}

// restrictedOf returns r as one that was wrapped, or nil if it was not.
func restrictedOf(r clusto.Reader) restricted {
	for {
		inv, ok := r.(*clusto.Inventory)
		if !ok {
			break
		}
		r = inv.Reader
	}
	wrapped, _ := r.(restricted)
	return wrapped
}

// MayAct returns ErrDenied unless the subject that r was wrapped for may have an
// entity do something: "power", "console", or "call/" and the name of a method.
// Readers that were not wrapped permit everything.
func MayAct(ctx context.Context, r clusto.Reader, action string, e clusto.Entity) error {
	g, err := Parse(string(Act) + " " + action)
	if err != nil {
		return err
	}
	if len(g.Where) > 0 {
		return clusto.Errorf(clusto.ErrInvalid, "%q is not one action", action)
	}
	if w := restrictedOf(r); w != nil {
		return w.restriction().must(ctx, g.question(), e.ID)
	}
	return nil
}

// Acting returns the reader for code that does what MayAct permits: it shows
// the secrets that the hardware wants, such as a community, which the subject
// itself may not read. What the code answers must not have them in it.
func Acting(ctx context.Context, r clusto.Reader, action string, e clusto.Entity) (clusto.Reader, error) {
	if err := MayAct(ctx, r, action, e); err != nil {
		return nil, err
	}
	if w := restrictedOf(r); w != nil {
		return w.trusted(), nil
	}
	return r, nil
}

// MayScript returns ErrDenied unless the subject that r was wrapped for may run
// scripts on the server.
func MayScript(_ context.Context, r clusto.Reader) error { return mustHave(r, Script) }

// MayAdmin returns ErrDenied unless the subject that r was wrapped for may
// administer clusto.
func MayAdmin(_ context.Context, r clusto.Reader) error { return mustHave(r, Admin) }

func mustHave(r clusto.Reader, v Verb) error {
	w := restrictedOf(r)
	if w == nil {
		return nil
	}
	j := w.restriction()
	return j.rights.mustHave(j.who, v)
}

// question returns what somebody wants to do who wants to do all that g is about.
func (g Grant) question() question {
	q := question{verb: g.Verb, kind: g.What.Kind, name: g.What.Name}
	if g.What.Subkey != "" {
		q.subkey = clusto.Sub(g.What.Subkey)
	}
	return q
}

// Shown returns the reader of what is shown to the subject that r was wrapped for:
// a transaction itself sees a little more, to decide by it what it may do. Other
// readers are returned as they are.
func Shown(r clusto.Reader) clusto.Reader {
	t, ok := r.(*tx)
	if !ok {
		return r
	}
	plain := *t.reader
	plain.checks = false
	return &past{&plain, t.history}
}
