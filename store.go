package clusto

import (
	"context"
	"iter"
	"net/netip"
	"time"
)

// Store is a database that holds the inventory. It is safe for use by many
// goroutines and, with other processes, on one database.
type Store interface {
	// View calls fn with a reader of one consistent state: the live rows, or
	// those of version at. It returns fn's error, ErrNotFound if at is later
	// than the newest version, or ErrUnavailable. The reader must not be used
	// after fn has returned.
	View(ctx context.Context, at Version, fn func(Reader) error) error

	// Update calls fn with a transaction and commits what it changed as one
	// version, whose number it returns; 0 says that nothing changed and no
	// version was made. If fn returns an error nothing is changed and that
	// error is returned.
	//
	// The database's write lock is taken at the first write. If somebody else
	// committed between fn's first read and its first write, fn is called
	// again from the start: it must not keep state from one call to the next,
	// and acts outside the database only through Tx.OnCommit or after asking
	// Tx.ActOutside. fn must not call Update itself, which
	// would wait for the lock that fn has.
	Update(ctx context.Context, change Change, fn func(Tx) error) (Version, error)

	// Close ends the use of the database.
	Close() error
}

// Reader answers questions about one state of the inventory. Each method needs
// a number of database statements that does not depend on how many entities it
// is asked about or answers with.
//
// While a sequence that a Reader returned is being ranged over, the Reader must
// not be asked anything else; it returns an error if it is. Use [Collect] to
// have all of an answer first.
type Reader interface {
	// Version returns the version that the reader shows: the newest one when
	// the reader shows the live rows.
	Version(ctx context.Context) (Version, error)

	// Entity returns the entity called name, or ErrNotFound.
	Entity(ctx context.Context, name string) (Entity, error)

	// Entities returns the entities with these IDs in their order. It
	// returns ErrNotFound if one of them does not exist.
	Entities(ctx context.Context, ids ...EntityID) ([]Entity, error)

	// Find yields the entities that m selects, in the order of their IDs.
	Find(ctx context.Context, m Match) iter.Seq2[Entity, error]

	// Attrs yields the attributes that m selects, in the order in which their
	// rows were made, or as m.ByEntity says.
	Attrs(ctx context.Context, m AttrMatch) iter.Seq2[Attr, error]

	// Contents returns what is directly in the given containers, or with deep
	// also what is in that, and so on. Each entity comes once, nearest first,
	// then in the order of the rows that put it there. The containers
	// themselves are not part of the answer, even in a cycle.
	Contents(ctx context.Context, of []EntityID, deep bool) ([]Placed, error)

	// Parents is Contents in the other direction: what the given entities are in.
	Parents(ctx context.Context, of []EntityID, deep bool) ([]Placed, error)

	// Counter returns the value of the counter key of an entity, and whether
	// there is one. Counters have no history: they are always the live ones.
	Counter(ctx context.Context, id EntityID, key string) (int64, bool, error)

	// Versions yields the versions after since, oldest first, up to the one
	// that the reader shows.
	Versions(ctx context.Context, since Version) iter.Seq2[VersionInfo, error]
}

// Intersecter is what a Reader can do to answer in one question what else takes
// one for each container and brings all contents of each.
type Intersecter interface {
	// InEach returns the entities that are in each of the given containers,
	// with deep at any depth, in the order of their IDs. A container is not in
	// itself, even in a cycle. Without containers there are none.
	InEach(ctx context.Context, containers []EntityID, deep bool) ([]Entity, error)
}

// Placed is an entity in an answer about containers.
type Placed struct {
	Entity
	Via   EntityID // the container, or for parents the content, through which it was reached first
	Depth int      // 1 for direct contents and parents
}

// Tx is a transaction: a History of the live rows that also sees its own
// changes, and what makes them. After any of its methods has returned an error
// other than ErrNotFound, ErrExists, ErrInvalid or ErrUnsupported, the
// transaction can only be given up.
type Tx interface {
	History

	// Create makes an entity. It returns ErrExists if a live one has the name,
	// and ErrInvalid if name, type or driver cannot be written.
	Create(ctx context.Context, name, typ, driver string) (Entity, error)

	// Rename gives an entity another name; it keeps its ID, and what it was
	// called is kept for readers of older versions. It returns ErrExists or
	// ErrInvalid as Create does.
	Rename(ctx context.Context, id EntityID, name string) error

	// ChangeDriver gives an entity another driver and type, remembered likewise.
	ChangeDriver(ctx context.Context, id EntityID, typ, driver string) error

	// Delete removes an entity, its attributes and counters, and every
	// attribute of others that refers to it.
	Delete(ctx context.Context, id EntityID) error

	// AddAttrs adds attributes, each to the entity that its field Entity says.
	// It returns ErrInvalid if one breaks a rule, and ErrNotFound if an entity
	// that is to have one, or that one refers to, does not exist; then none is
	// added.
	AddAttrs(ctx context.Context, attrs ...Attr) error

	// DelAttrs removes the attributes that m selects and returns how many they
	// were.
	DelAttrs(ctx context.Context, m AttrMatch) (int, error)

	// SetCounter sets the counter key of an entity.
	SetCounter(ctx context.Context, id EntityID, key string, value int64) error

	FreeRanger
	Reviver
	Redactor
	Receipts
	FreedKeeper

	// Now returns the time of the version that the transaction makes. It counts
	// as the transaction's first write: who asks the time of a change is about to
	// make one, and times rise with versions only for those who wait their turn.
	Now(ctx context.Context) (time.Time, error)

	// Nest calls fn with a transaction inside this one. If fn returns an error,
	// what it changed is undone, and Nest returns the error; the outer
	// transaction can go on.
	Nest(ctx context.Context, fn func(Tx) error) error

	// Describe sets the description of the version being made.
	Describe(text string)

	// OnCommit has fn called after the transaction was committed, in the order
	// of the calls. Its errors are joined to what Update returns. It is
	// forgotten when the transaction, or the Nest that it was called in, fails.
	OnCommit(fn func(context.Context) error)

	// ActOutside says that the caller is about to do something, such as "send
	// mail", that cannot be undone. After the transaction's first write it
	// returns ErrInvalid, and the caller must not act. Before it, the transaction
	// is marked: it will fail with ErrConflict where it else would be run again.
	ActOutside(what string) error
}

// FreeRange is a hint that the addresses First to Last of a resource manager
// may be free. It must be checked before use: others may have taken some.
type FreeRange struct {
	ID          int64 // set by the store; later ones are higher
	Manager     EntityID
	First, Last netip.Addr
}

// FreeRanger keeps the free-range hints of resource managers. They are derived
// data, without history.
type FreeRanger interface {
	// FreeRanges returns at most limit hints of a manager, oldest first.
	FreeRanges(ctx context.Context, manager EntityID, limit int) ([]FreeRange, error)
	// LowestFreeRanges is FreeRanges in the order of their First.
	LowestFreeRanges(ctx context.Context, manager EntityID, limit int) ([]FreeRange, error)
	// AddFreeRanges adds hints; their ID is ignored.
	AddFreeRanges(ctx context.Context, ranges ...FreeRange) error
	// SetFreeRange changes the ends of the hint r.ID; one whose First is after
	// its Last is removed.
	SetFreeRange(ctx context.Context, r FreeRange) error
	// ClearFreeRanges removes all hints of a manager.
	ClearFreeRanges(ctx context.Context, manager EntityID) error
}

// Freed is a note that an address of a resource manager was given back. It must
// be checked before use: somebody may have taken the address again.
type Freed struct {
	Manager EntityID
	Addr    netip.Addr
	At      time.Time // in whole seconds
}

// FreedMatch selects notes of a manager: those that meet every condition that
// is set.
type FreedMatch struct {
	Manager EntityID
	// First and Last limit to addresses from First to Last; the zero Addr
	// means no limit.
	First, Last netip.Addr
	// Before limits to what was given back before it; zero means no limit.
	Before time.Time
	// Lowest asks for the lowest address first; else what was given back
	// longest ago comes first, the lowest of one time before others.
	Lowest bool
	// Limit is how many are wanted at most; 0 means all.
	Limit int
}

// FreedKeeper keeps notes of what was given back to resource managers. Like
// free-range hints they are derived data, without history.
type FreedKeeper interface {
	// Freed returns the notes that m selects.
	Freed(ctx context.Context, m FreedMatch) ([]Freed, error)
	// KeepFreed keeps notes. An address has one, with the time it got last.
	KeepFreed(ctx context.Context, freed ...Freed) error
	// ForgetFreed removes the notes about addresses of a manager.
	ForgetFreed(ctx context.Context, manager EntityID, addrs ...netip.Addr) error
	// FreedUpTo returns the version up to which the hints and notes of a
	// manager were brought, and whether they ever were.
	FreedUpTo(ctx context.Context, manager EntityID) (Version, bool, error)
	// SetFreedUpTo notes up to which version they were brought.
	SetFreedUpTo(ctx context.Context, manager EntityID, upTo Version) error
}

// Collect returns all that seq yields, or the first error.
func Collect[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// First returns the first thing that seq yields and whether there was one.
func First[T any](seq iter.Seq2[T, error]) (T, bool, error) {
	for v, err := range seq {
		return v, err == nil, err
	}
	var none T
	return none, false, nil
}
