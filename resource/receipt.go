package resource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/clusto/clusto"
)

// asked is what a receipt keeps of a request, to tell whether another with the same
// key is its repetition.
type asked struct {
	Manager  clusto.EntityID `json:"manager"`
	Thing    clusto.EntityID `json:"thing,omitempty"`
	Driver   string          `json:"driver,omitempty"`
	Resource string          `json:"resource,omitempty"`
	Number   *int64          `json:"number,omitempty"`
	Reserved bool            `json:"reserved,omitempty"`
}

// given is what a receipt keeps of the answer.
type given struct {
	Entity clusto.EntityID `json:"entity"`
	Number int64           `json:"number,omitempty"`
	Text   string          `json:"text"` // of the resource, for people
}

// receipt is kept as JSON under the key of the request.
type receipt struct {
	Asked asked `json:"asked"`
	Given given `json:"given"`
}

// complete returns a with what the request says itself.
func (a asked) complete(want Request) asked {
	if want.Resource != nil {
		a.Resource = fmt.Sprint(want.Resource)
		if v, ok := want.Resource.(clusto.Value); ok {
			a.Resource = v.Text()
		}
	}
	if n, ok := want.Number.Get(); ok {
		a.Number = &n
	}
	a.Reserved = want.Reserved
	return a
}

// once calls do, or if a request with the same key was answered before returns
// what it was given. Without a key it just calls do.
func once(ctx context.Context, inv *clusto.Inventory, want Request, a asked, do func() (given, error)) (given, error) {
	if want.IdempotencyKey == "" {
		return do()
	}
	tx, err := inv.Tx()
	if err != nil {
		return given{}, err
	}
	kept, found, err := tx.Receipt(ctx, want.IdempotencyKey)
	if err != nil {
		return given{}, err
	}
	a = a.complete(want)
	if found {
		return repeated(want, a, kept)
	}
	g, err := do()
	if err != nil {
		return given{}, err
	}
	text, err := json.Marshal(receipt{a, g})
	if err != nil {
		return given{}, err
	}
	return g, tx.KeepReceipt(ctx, want.IdempotencyKey, string(text))
}

// repeated returns what a receipt says was given, or ErrConflict if it is one of
// another request.
func repeated(want Request, a asked, kept string) (given, error) {
	same, err := json.Marshal(a)
	if err != nil {
		return given{}, err
	}
	var r receipt
	if err := json.Unmarshal([]byte(kept), &r); err == nil {
		if before, err := json.Marshal(r.Asked); err == nil && string(before) == string(same) {
			return r.Given, nil
		}
	}
	return given{}, clusto.WithHint(
		clusto.Errorf(clusto.ErrConflict, "idempotency key %q was used for another request", want.IdempotencyKey),
		"repeat a request as it was, or give this one a key of its own")
}

// releasedError is the error of a request that is repeated when what it got is gone.
func releasedError(want Request, g given, err error) error {
	if want.IdempotencyKey == "" || err != nil && !errors.Is(err, clusto.ErrNotFound) {
		return err
	}
	return clusto.WithHint(
		clusto.Errorf(clusto.ErrNotFound, "the request with idempotency key %q got %s, which was given back since", want.IdempotencyKey, g.Text),
		"ask with a new key for another one")
}

// allocateOnce is Allocate of a request that has an idempotency key.
func (m *Manager) allocateOnce(ctx context.Context, thing *clusto.Object, want Request) (clusto.Attr, error) {
	g, err := once(ctx, m.Inventory(), want, asked{Manager: m.ID, Thing: thing.ID}, func() (given, error) {
		held, err := m.allocate(ctx, thing, want)
		if err != nil {
			return given{}, err
		}
		r, err := m.rules(ctx)
		if err != nil {
			return given{}, err
		}
		return given{Entity: thing.ID, Number: held.Number.Or(0), Text: r.text(held.Value)}, nil
	})
	if err != nil {
		return clusto.Attr{}, err
	}
	rows, err := thing.Attrs(ctx, clusto.AttrMatch{Key: clusto.Is(Key(m.Driver())), Number: clusto.Is(g.Number)})
	if err != nil {
		return clusto.Attr{}, err
	}
	r, err := m.rules(ctx)
	if err != nil {
		return clusto.Attr{}, err
	}
	for _, a := range managed(rows, func(id clusto.EntityID) bool { return id == m.ID }) {
		if r.text(a.Value) == g.Text {
			return a, nil
		}
	}
	return clusto.Attr{}, releasedError(want, g, nil)
}
