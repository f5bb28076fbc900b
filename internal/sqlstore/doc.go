// Package sqlstore keeps the inventory in an SQL database: it is a
// [clusto.Store] over the tables of classic clusto and a few of its own. What
// differs between databases is behind a [Dialect]; the packages below this one
// each hold one and the function Open. DESIGN.md tells why things are as they
// are.
//
// A [Store] hands out connections. A View is a reader (reader.go), which
// answers every question with one SQL statement. An Update is a tx (tx.go):
// it looks into its memory of what it has seen and made (memory.go), then asks
// its reader, and collects what it adds (pending.go) to write it in batches.
// migrate.go makes the tables and indexes.
package sqlstore
