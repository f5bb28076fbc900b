// Package snapshot holds the inventory of one version in memory, compact and
// with indexes, so that daemons answer without a database.
//
// A [Snapshot] never changes: any number of goroutines read it without locks,
// and the one that brings it up to date makes another with [Snapshot.Apply],
// which shares with it what is the same in both. So a change costs what the
// change is, not what the inventory is. A [Builder] makes the first one. The
// answers are those of the database, in the same order.
//
// A [Store] keeps the newest snapshot of a database: it loads it, follows the
// changes, and answers as the store of the database does.
//
// DESIGN.md tells how it is made.
package snapshot
