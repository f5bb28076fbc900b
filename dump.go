package clusto

import "context"

// Dumper is a Store that can give all that lives at once, faster than its
// Readers answer.
type Dumper interface {
	// Dump gives every live entity and attribute of one state, in any order, and
	// returns the version of that state. It calls part, from the caller's
	// goroutine, for each of those who give side by side; each uses its part
	// alone, and has ended when Dump returns. After an error what was given is
	// of no use.
	Dump(ctx context.Context, part func() DumpPart) (Version, error)
}

// DumpPart takes some of what a Dump gives. The texts of an entity or attribute
// may be pieces of a larger one, which is kept in memory as long as any of them:
// who keeps some for long clones them.
type DumpPart interface {
	Entity(Entity)
	Attr(Attr)
	// Unreadable takes a live attribute whose value cannot be read, and why; it has
	// all but the value. Readers return the error to who asks for it.
	Unreadable(Attr, error)
}
