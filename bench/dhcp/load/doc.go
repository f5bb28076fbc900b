// Package load plays the DHCP clients of a data center against one server, by way
// of a relay or directly, and measures how many four-way exchanges (DISCOVER,
// OFFER, REQUEST, ACK) it completes, how long they take, and whether each client
// is told the address that is its own.
//
// Client number i, from 0, has the hardware address Options.MAC + i and the address
// Options.Addr + i. In a closed loop a number of exchanges is under way at any time:
// that finds what a server can do when nobody hurries it. In an open loop
// exchanges begin at a rate, whatever becomes of them: that finds what it loses.
package load
