package access

import (
	"context"
	"net/netip"

	"github.com/clusto/clusto"
)

// What a transaction notes beside the inventory: hints of resource managers, and
// receipts.

// managing asks whether the notes of a resource manager may be changed: by who
// allocates from it or gives it other properties.
func (t *tx) managing(ctx context.Context, manager clusto.EntityID) error {
	return t.either(ctx, manager, question{verb: Allocate}, question{verb: Write, kind: Attr, name: keyReserved})
}

// keyReserved is the key of what is reserved in a resource manager.
const keyReserved = "reserved"

// AddFreeRanges implements clusto.FreeRanger.
func (t *tx) AddFreeRanges(ctx context.Context, ranges ...clusto.FreeRange) error {
	for _, r := range ranges {
		if err := t.managing(ctx, r.Manager); err != nil {
			return err
		}
	}
	return t.inner.AddFreeRanges(ctx, ranges...)
}

// SetFreeRange implements clusto.FreeRanger.
func (t *tx) SetFreeRange(ctx context.Context, r clusto.FreeRange) error {
	if err := t.managing(ctx, r.Manager); err != nil {
		return err
	}
	return t.inner.SetFreeRange(ctx, r)
}

// ClearFreeRanges implements clusto.FreeRanger.
func (t *tx) ClearFreeRanges(ctx context.Context, manager clusto.EntityID) error {
	if err := t.managing(ctx, manager); err != nil {
		return err
	}
	return t.inner.ClearFreeRanges(ctx, manager)
}

// FreeRanges implements clusto.FreeRanger.
func (t *tx) FreeRanges(ctx context.Context, manager clusto.EntityID, limit int) ([]clusto.FreeRange, error) {
	if seen, err := t.onlyVisible(ctx, []clusto.EntityID{manager}); err != nil || len(seen) == 0 {
		return nil, err
	}
	return t.inner.FreeRanges(ctx, manager, limit)
}

// LowestFreeRanges implements clusto.FreeRanger.
func (t *tx) LowestFreeRanges(ctx context.Context, manager clusto.EntityID, limit int) ([]clusto.FreeRange, error) {
	if seen, err := t.onlyVisible(ctx, []clusto.EntityID{manager}); err != nil || len(seen) == 0 {
		return nil, err
	}
	return t.inner.LowestFreeRanges(ctx, manager, limit)
}

// Freed implements clusto.FreedKeeper.
func (t *tx) Freed(ctx context.Context, m clusto.FreedMatch) ([]clusto.Freed, error) {
	if seen, err := t.onlyVisible(ctx, []clusto.EntityID{m.Manager}); err != nil || len(seen) == 0 {
		return nil, err
	}
	return t.inner.Freed(ctx, m)
}

// KeepFreed implements clusto.FreedKeeper.
func (t *tx) KeepFreed(ctx context.Context, freed ...clusto.Freed) error {
	for _, f := range freed {
		if err := t.managing(ctx, f.Manager); err != nil {
			return err
		}
	}
	return t.inner.KeepFreed(ctx, freed...)
}

// ForgetFreed implements clusto.FreedKeeper.
func (t *tx) ForgetFreed(ctx context.Context, manager clusto.EntityID, addrs ...netip.Addr) error {
	if err := t.managing(ctx, manager); err != nil {
		return err
	}
	return t.inner.ForgetFreed(ctx, manager, addrs...)
}

// FreedUpTo implements clusto.FreedKeeper.
func (t *tx) FreedUpTo(ctx context.Context, manager clusto.EntityID) (clusto.Version, bool, error) {
	return t.inner.FreedUpTo(ctx, manager)
}

// SetFreedUpTo implements clusto.FreedKeeper.
func (t *tx) SetFreedUpTo(ctx context.Context, manager clusto.EntityID, upTo clusto.Version) error {
	if err := t.managing(ctx, manager); err != nil {
		return err
	}
	return t.inner.SetFreedUpTo(ctx, manager, upTo)
}

// receiptKey returns the key under which a receipt of the subject is kept: what
// others did under the same key is nothing to it, nor what the same user did who
// could see more than a narrowed token may. Keys that cannot be are left as they
// are, for the store to refuse.
func (t *tx) receiptKey(key string) string {
	if key == "" || len(key) > clusto.MaxReceiptKeyLen || t.subject.KeepUser {
		return key
	}
	whose := t.subject.Name + "\x00"
	if narrow := t.judge.rights.narrow; narrow != nil {
		for _, h := range narrow {
			whose += h.Grant.String() + "\x00"
		}
		whose += "narrowed\x00"
	}
	return "access:" + hashOf(whose+key)
}

// Receipt implements clusto.Receipts.
func (t *tx) Receipt(ctx context.Context, key string) (string, bool, error) {
	return t.inner.Receipt(ctx, t.receiptKey(key))
}

// KeepReceipt implements clusto.Receipts.
func (t *tx) KeepReceipt(ctx context.Context, key, text string) error {
	return t.inner.KeepReceipt(ctx, t.receiptKey(key), text)
}
