package clusto

import (
	"context"
	"iter"
)

// Auditor is a Reader that shows the rows of a database as they lie there, for
// who looks for what is wrong with them. Each method is one statement.
type Auditor interface {
	Reader

	// AuditAttrs yields every attribute in the order of its row: also those of
	// entities that do not live, and those that Attrs cannot read.
	AuditAttrs(ctx context.Context) iter.Seq2[StoredAttr, error]

	// AuditCounters yields every counter in the order of its row; one that is
	// doubled comes twice.
	AuditCounters(ctx context.Context) iter.Seq2[StoredCounter, error]

	// AuditFreeRanges yields the free-range hints of all managers, ordered by
	// manager and age. The ends of one that cannot be read are the zero Addr.
	AuditFreeRanges(ctx context.Context) iter.Seq2[FreeRange, error]
}

// StoredAttr is an attribute as its row has it.
type StoredAttr struct {
	Attr
	// Misfit says in what way the row contradicts its datatype, such as "its
	// datatype is int, and it has a text"; "" if it does not. The value is then
	// that of the column which the datatype names, or else what the row has.
	Misfit string
}

// StoredCounter is the row of a counter.
type StoredCounter struct {
	Entity EntityID
	Key    string
	Value  int64
}

// Mender is what a Tx can do about rows that an Auditor shows and the methods of
// a Tx do not reach.
type Mender interface {
	Auditor

	// EndAttrs removes the attributes with these IDs, whatever they hold and
	// whoever's they are, and returns how many were there.
	EndAttrs(ctx context.Context, ids ...AttrID) (int, error)

	// DropCounter removes every row of the counter key of an entity, which need
	// not live.
	DropCounter(ctx context.Context, id EntityID, key string) error
}
