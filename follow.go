package clusto

import (
	"context"
	"iter"
)

// Follower is a Store whose changes can be followed.
type Follower interface {
	// Changes yields the versions after since in the order in which they were
	// committed, each once, and then waits for more until ctx ends, which ends
	// the sequence without an error. A commit through this Store is yielded at
	// once, one of another process within 100 ms. While the database is out of
	// reach the sequence waits for it.
	//
	// It yields ErrNotFound, and ends, if since is later than the newest version,
	// if what came after since was pruned, and if a version that it has yielded
	// is gone, because the database was restored from an older copy. Who follows
	// then reads the inventory as it is, and follows from the version that it
	// shows.
	//
	// A change that makes no version is not yielded: neither one of counters or
	// hints alone, nor any in a database whose history is not kept. Classic
	// clusto numbers its versions when they begin, so that on a server one may
	// be committed after a later one. It is yielded then, out of the order of
	// numbers, if that is within ten minutes; but who stops following in
	// between, and goes on from the highest version it had with another process,
	// misses it. Versions that were made here are always in the order of their
	// numbers.
	Changes(ctx context.Context, since Version) iter.Seq2[VersionInfo, error]
}
