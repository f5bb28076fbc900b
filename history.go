package clusto

import (
	"context"
	"iter"
	"time"
)

// History is a Reader that also answers questions about how the inventory came
// to be what it is. Like those of a Reader, its answers show nothing that is
// newer than the version it reads at, and the cost of each follows the number
// of changes that it is asked about, not the size of the database.
type History interface {
	Reader

	// FindVersions yields the versions that m selects.
	FindVersions(ctx context.Context, m VersionMatch) iter.Seq2[VersionInfo, error]

	// Edits yields what the versions that m selects changed, in the order of
	// versions and, within one, first what it ended, then what it changed, then
	// what it made, each in the order of their rows.
	Edits(ctx context.Context, m EditMatch) iter.Seq2[Edit, error]

	// Lives yields the entities that m selects, dead ones included, in the
	// order of their IDs.
	Lives(ctx context.Context, m LifeMatch) iter.Seq2[Life, error]
}

// EditCounter is what a History can do to say how much versions changed without
// reading it.
type EditCounter interface {
	// CountEdits returns, for those of the versions that changed something, the
	// numbers of the rows that tell of it. It is ErrUnsupported where the asker
	// may not know of all of them.
	CountEdits(ctx context.Context, versions []Version) (map[Version]EditCount, error)

	// SampleEdits returns, for each of the versions that changed something, some of
	// the entities that they changed: a bounded number.
	SampleEdits(ctx context.Context, versions []Version) (map[Version]EditSample, error)
}

// EditCount is how many entities a version made, and how many rows of attributes it
// made and ended. An attribute that it both made and ended itself, as classic clusto
// does, counts twice.
type EditCount struct{ EntitiesMade, AttrsMade, AttrsEnded int }

// EditSample is some of the entities that a version made, and some of those with
// attributes that it made or ended, each in the order of their IDs.
type EditSample struct{ Made, Owners []EntityID }

// Past returns r as a History, or ErrUnsupported if what r reads from keeps
// none.
func Past(r Reader) (History, error) {
	if h, ok := r.(History); ok {
		return h, nil
	}
	return nil, Errorf(ErrUnsupported, "what is read from here keeps no history")
}

// VersionMatch selects versions: those that meet every condition that is set.
// The zero VersionMatch selects all.
type VersionMatch struct {
	// Only, if not nil, limits to these.
	Only []Version
	// After and To limit to the versions after After up to and including To;
	// 0 means no limit.
	After, To Version
	// Since and Until limit to versions made at or after Since and at or
	// before Until; zero means no limit. A version without time is not limited
	// by them.
	Since, Until time.Time
	// User limits to versions by this user; "" means no limit.
	User string
	// Grep limits to versions whose description contains this text, in any
	// case; "" means no limit.
	Grep string
	// About, if not nil, limits to versions that changed one of these entities:
	// the entity itself, an attribute of it, or one of another that refers to it.
	About []EntityID
	// NewestFirst turns the order round; else the oldest comes first.
	NewestFirst bool
	// Limit is how many are wanted at most; 0 means all.
	Limit int
}

// EditKind tells what an Edit did.
type EditKind uint8

// The kinds of edits.
const (
	EntityMade    EditKind = iota + 1 // Is is the new entity
	EntityEnded                       // Was is what it was
	EntityChanged                     // it was renamed, or got another driver: Was and Is
	AttrMade                          // Attr is the new attribute
	AttrEnded                         // Attr is what it was
	AttrsRedacted                     // Redacted old values of Attr.Key of the entity were taken out of the history
)

// Edit is one row's worth of what a version did. A changed attribute is one that
// ended and one that was made.
type Edit struct {
	Version  Version // that did it
	Kind     EditKind
	Entity   EntityID // what it was done to
	Was, Is  Entity   // see EditKind; empty for attributes
	Attr     Attr     // of AttrMade, AttrEnded and (its key) AttrsRedacted
	Redacted int
}

// EditMatch selects edits: those that meet every condition that is set.
type EditMatch struct {
	// Only, After and To limit the versions as in VersionMatch.
	Only      []Version
	After, To Version
	// About, if not nil, limits to edits of these entities, of their attributes
	// and of attributes of others that refer to them.
	About []EntityID
	// Key limits to edits of attributes whose key meets it, and to edits of
	// entities unless it is set.
	Key Cond[string]
	// Values, if not nil, limits to edits of attributes that had or got one of
	// these values, and leaves out all others. Texts are found by an index; of
	// other values every attribute with the key may be looked at.
	Values []Value
	// Kinds, if not nil, limits to edits of these kinds.
	Kinds []EditKind
}

// LifeMatch selects entities, dead ones included: those that meet every
// condition that is set.
type LifeMatch struct {
	// IDs, if not nil, limits to these.
	IDs []EntityID
	// Names, if not nil, limits to entities that ever had one of these names.
	Names []string
	// SuccessorsOf, if not nil, limits to entities that were undeleted from one
	// of these.
	SuccessorsOf []EntityID
}

// Life is an entity from beginning to end.
type Life struct {
	// Entity is what it is, or was last; its Version is the one that made it.
	Entity
	// Ended is the version that deleted it, or 0 while it lives. In a database
	// whose history classic clusto did not keep, the dead leave nothing.
	Ended Version
	// SuccessorOf is the dead entity that this one was undeleted from, or 0.
	SuccessorOf EntityID
}

// Reviver is what a Tx can do to bring back what was deleted.
type Reviver interface {
	// Revive makes an entity of the given name with the type and driver that
	// the dead entity id had last, and keeps the link between the two. It
	// returns ErrNotFound if there is no dead entity id, and errors as Create.
	Revive(ctx context.Context, id EntityID, name string) (Entity, error)
}

// Redactor is what a Tx can do about a secret that got into the history.
type Redactor interface {
	// Redact replaces the old values (not the live one) of the attributes
	// with key, and with subkey if it meets that condition, of the entity id
	// by the text RedactedValue, and returns how many; also where the
	// descriptions of the versions that made or ended them quote them. That it
	// did so is part of the version being made, also if nothing else is.
	Redact(ctx context.Context, id EntityID, key string, subkey Cond[string]) (int, error)
}

// RedactedValue is what stands in place of a value that was redacted.
const RedactedValue = "[redacted]"

// Pruner is a Store whose older history can be removed.
type Pruner interface {
	// Prune removes what ended before or at version upTo, and the record of
	// the versions up to it that have left nothing alive; reading at a version
	// before upTo is refused from then on. With dryRun nothing is removed; the
	// answer is the same. It returns ErrNotFound if there is no version upTo.
	Prune(ctx context.Context, upTo Version, dryRun bool) (Pruned, error)
}

// Pruned counts what Prune removed, or would remove, in rows.
type Pruned struct {
	Versions, Entities, Attrs, Changes int
}

// Receipts is what a Tx keeps so that a request that is repeated has the answer
// of the first: a text under the request's idempotency key. Receipts have no
// history.
type Receipts interface {
	// Receipt returns the text kept under key, and whether there is one.
	Receipt(ctx context.Context, key string) (text string, found bool, err error)
	// KeepReceipt keeps text under key, which has none yet. A key has at most
	// MaxReceiptKeyLen bytes. Receipts older than ReceiptLife may be forgotten.
	KeepReceipt(ctx context.Context, key, text string) error
}

// Limits of receipts.
const (
	MaxReceiptKeyLen = 255
	ReceiptLife      = 30 * 24 * time.Hour
)
