package snmptrap

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"time"

	"github.com/clusto/clusto"
)

// errWouldWrite ends a look: what it would come to only a transaction can tell.
var errWouldWrite = errors.New("this takes a transaction")

// onlooker is a transaction on a state in memory that cannot be changed. Whatever
// a transaction is asked beyond what a Reader knows (to write, to act outside, or
// for what has no version, such as counters, hints and receipts) ends the look.
// That is remembered too, as scripts may go on after an error.
type onlooker struct {
	clusto.Reader
	ended bool
}

var _ clusto.Tx = (*onlooker)(nil)

// end ends the look.
func (o *onlooker) end() error {
	o.ended = true
	return errWouldWrite
}

// nothing ends the look where a sequence is asked for.
func nothing[T any](o *onlooker) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		yield(none, o.end())
	}
}

// Nest calls fn with the onlooker itself: there is nothing that could be undone.
func (o *onlooker) Nest(_ context.Context, fn func(clusto.Tx) error) error { return fn(o) }

// What follows implements clusto.Tx; all of it ends the look.

func (o *onlooker) Counter(context.Context, clusto.EntityID, string) (int64, bool, error) {
	return 0, false, o.end()
}

func (o *onlooker) Versions(context.Context, clusto.Version) iter.Seq2[clusto.VersionInfo, error] {
	return nothing[clusto.VersionInfo](o)
}

func (o *onlooker) FindVersions(context.Context, clusto.VersionMatch) iter.Seq2[clusto.VersionInfo, error] {
	return nothing[clusto.VersionInfo](o)
}

func (o *onlooker) Edits(context.Context, clusto.EditMatch) iter.Seq2[clusto.Edit, error] {
	return nothing[clusto.Edit](o)
}

func (o *onlooker) Lives(context.Context, clusto.LifeMatch) iter.Seq2[clusto.Life, error] {
	return nothing[clusto.Life](o)
}

func (o *onlooker) Create(context.Context, string, string, string) (clusto.Entity, error) {
	return clusto.Entity{}, o.end()
}

func (o *onlooker) Rename(context.Context, clusto.EntityID, string) error { return o.end() }

func (o *onlooker) ChangeDriver(context.Context, clusto.EntityID, string, string) error {
	return o.end()
}

func (o *onlooker) Delete(context.Context, clusto.EntityID) error { return o.end() }

func (o *onlooker) AddAttrs(context.Context, ...clusto.Attr) error { return o.end() }

func (o *onlooker) DelAttrs(context.Context, clusto.AttrMatch) (int, error) { return 0, o.end() }

func (o *onlooker) SetCounter(context.Context, clusto.EntityID, string, int64) error {
	return o.end()
}

func (o *onlooker) FreeRanges(context.Context, clusto.EntityID, int) ([]clusto.FreeRange, error) {
	return nil, o.end()
}

func (o *onlooker) LowestFreeRanges(context.Context, clusto.EntityID, int) ([]clusto.FreeRange, error) {
	return nil, o.end()
}

func (o *onlooker) AddFreeRanges(context.Context, ...clusto.FreeRange) error { return o.end() }

func (o *onlooker) SetFreeRange(context.Context, clusto.FreeRange) error { return o.end() }

func (o *onlooker) ClearFreeRanges(context.Context, clusto.EntityID) error { return o.end() }

func (o *onlooker) Revive(context.Context, clusto.EntityID, string) (clusto.Entity, error) {
	return clusto.Entity{}, o.end()
}

func (o *onlooker) Redact(context.Context, clusto.EntityID, string, clusto.Cond[string]) (int, error) {
	return 0, o.end()
}

func (o *onlooker) Receipt(context.Context, string) (string, bool, error) { return "", false, o.end() }

func (o *onlooker) KeepReceipt(context.Context, string, string) error { return o.end() }

func (o *onlooker) Freed(context.Context, clusto.FreedMatch) ([]clusto.Freed, error) {
	return nil, o.end()
}

func (o *onlooker) KeepFreed(context.Context, ...clusto.Freed) error { return o.end() }

func (o *onlooker) ForgetFreed(context.Context, clusto.EntityID, ...netip.Addr) error {
	return o.end()
}

func (o *onlooker) FreedUpTo(context.Context, clusto.EntityID) (clusto.Version, bool, error) {
	return 0, false, o.end()
}

func (o *onlooker) SetFreedUpTo(context.Context, clusto.EntityID, clusto.Version) error {
	return o.end()
}

func (o *onlooker) Now(context.Context) (time.Time, error) { return time.Time{}, o.end() }

func (o *onlooker) Describe(string) { o.ended = true }

func (o *onlooker) OnCommit(func(context.Context) error) { o.ended = true }

func (o *onlooker) ActOutside(string) error { return o.end() }
