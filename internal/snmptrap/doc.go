// Package snmptrap is the policy of the trap daemon: a MAC address that a
// switch has learnt becomes a server in its rack.
//
// The life of one trap:
//
//	Daemon.Handle    reads the MAC changes
//	Daemon.look      decides about all of them on the state in memory; if that
//	                 changes nothing, which is nearly always, it ends here
//	Daemon.update    opens one transaction for all
//	transaction.run  finds the switch, its leave to discover, and its rack
//	change.decide    what a change means: known, connected, free, or to be dropped
//	change.create    a new server: name, driver, place, cables, address
//	Daemon.tell      counts, logs and reports what came of each change
//
// A look is transaction.run as well, in a transaction that ends at the first
// write ([Options].View; the type onlooker), so that memory and database cannot
// come to different ends.
//
// All changes of a trap are one version of the inventory. Each is a transaction
// inside that, so one that fails leaves nothing behind and does not hinder the
// others. Every change comes to one [Outcome], and a dropped one has a [Reason].
// What is in the inventory is asked anew for each trap; what a look remembers is
// about one state, which does not change.
package snmptrap
