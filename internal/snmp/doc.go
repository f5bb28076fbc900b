// Package snmp is SNMP on the wire. It knows nothing of clusto: it does not
// look senders up, and it does not decide what a trap means for an inventory.
//
// A Listener receives traps and informs of SNMPv1, v2c and v3. The life of one
// datagram:
//
//	Listener.read    copies it, with those that wait beside it, from the
//	                 socket into a bounded queue
//	Listener.decode  checks it (decoder.decode, usm.open), answers informs
//	                 and engine discovery, and puts the Trap into its lane
//	Listener.handle  calls the handler that Run was given, for the traps of
//	                 a lane one at a time
//
// What is not handed on is counted under a Reason and said in the log; see
// Listener.Stats. MACChanges reads the changes out of a Trap of the
// CISCO-MAC-NOTIFICATION-MIB, and SendMACNotification sends such a trap as a
// Catalyst switch does.
//
// Packets are encoded and decoded by gosnmp, but for the usual traps of v1 and
// v2c, which plainTrap reads in a fifth of the time. Its TrapListener is not used: it
// reads, decodes and calls back on one goroutine, cannot say why it dropped
// something, and does not check the time window of informs.
package snmp
