// Package sighting keeps of each DHCP client when it asked last, and what came of
// it, in a [clusto.SightingKeeper].
//
// A server tells [Keeper.Observe] of each packet, which takes a fraction of a
// microsecond and never waits. Of a client the newest is held in memory, and
// [Keeper.Run] writes every few seconds what has changed, in small transactions.
// That alone the time has passed is written a minute later, so that a client that
// asks all the time costs no more than others. While the database is down the
// newest of each client waits, up to a bound. Of one entity, and of those that are
// nothing in the inventory, there are few: they may make up who they are.
package sighting
