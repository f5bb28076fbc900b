// Package clusto is the vocabulary of clusto, the source of truth for a server
// fleet: what there is, where it stands, how it is cabled and addressed, and
// the code ("drivers") that acts on it. The package holds types, invariants,
// the contracts between layers, and the rules that every entity follows. It
// does no input or output and uses the standard library only.
//
// The words, which code, documents and commands use alike:
//
//	entity            anything in the inventory: a unique name, a type, a driver
//	attribute         key, optional number, optional subkey and a value, on an
//	                  entity; several may share a key. A key that begins with
//	                  "_" is hidden
//	value             int, string, datetime, json, or relation (another entity)
//	driver            what an entity can do: properties with defaults, ports,
//	                  methods, rules for insertion. Drivers extend drivers
//	type              family of drivers: server, rack, pool, networkswitch …
//	container         an entity with contents: "_contains" relations, such as
//	                  datacenter → rack → device; a pool is a container too
//	merged attributes an entity's attributes and those of all its containers,
//	                  nearest first
//	resource manager  hands out resources (addresses, names, numbers) and
//	                  remembers to whom
//	rack layout       the table of what goes where in a rack
//	rack factory      what applies a rack layout to a rack
//	version           one committed change to the inventory: number, time, user,
//	                  description
//	live, as of       the rows valid now, or at a version
//
// Data is reached through three interfaces: a [Store] opens transactions, a
// [Reader] answers questions about one state of the inventory, a [Tx] changes
// it. An [Inventory] joins a Reader or Tx with the [Registry] of drivers, and
// an [Object] is one entity seen through its driver: that is what drivers,
// scripts and daemons work with.
package clusto
