// Package rackfactory puts into the inventory what stands in a rack and how it
// is cabled. A [Layout] is the table of one kind of rack: its fixed devices,
// and for each switch port the driver, rack units, outlets and cables of the
// server plugged in there. A [Factory] applies a layout to one rack.
//
// Layouts are YAML files. Those of this package's directory layouts ship with
// the program; [New] reads more from a library directory and offers all of them
// as a [Source]. Scripts are another Source, [Sources] joins several, and [For]
// finds the factory that a rack's attributes name.
//
// A factory plans before it writes: it reads the inventory, asks the DNS, and
// refuses what cannot be done; only then it makes the first change. A [Preview]
// is such a plan, shown and not carried out.
package rackfactory
