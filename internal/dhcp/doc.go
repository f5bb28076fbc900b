// Package dhcp decides what a DHCP client is told: who it is in the inventory,
// which of its addresses belongs to the network that it asks from, and which
// options its attributes and those of its containers make. It is the same for
// both protocols, and knows no sockets: packages v4 and v6 make a [Client] of a
// packet, and a packet of an [Answer]. A decision can be told step by step, to a
// person who asks why.
package dhcp
