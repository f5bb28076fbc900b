package demo

import (
	"net/netip"

	"github.com/clusto/clusto/internal/snmp"
)

// Community is what the imitated switches and the daemon share.
const Community = "demo"

// racks are the racks of world.clusto.
var racks = []string{"sv3-001", "sv3-002"}

// Addresses of the imitated switches, as in world.clusto.
var (
	switch1  = netip.MustParseAddr("127.0.1.1")
	switch2  = netip.MustParseAddr("127.0.1.2")
	stranger = netip.MustParseAddr("127.0.9.9")
)

// act is a trap and what is said before it.
type act struct {
	text    string
	from    netip.Addr
	changes []snmp.MACChange
}

// firstAct is sent twice.
var firstAct = []snmp.MACChange{learnt(2, 2), learnt(3, 3), learnt(4, 4)}

// story is what happens.
var story = []act{
	{"Three new machines in sv3-001, in one trap. Each gets a name, a place, cables and an address:", switch1, firstAct},
	{"The same trap again, as UDP may bring it. Nothing is written:", switch1, firstAct},
	{"The machine that was announced appears. It is racked under the name it has:", switch1, []snmp.MACChange{learnt(1, 1)}},
	{"Two machines in sv3-002, where the layout has servers of two units at these ports:", switch2, []snmp.MACChange{learnt(5, 19), learnt(6, 20)}},
	{"A MAC address behind the uplink, which is no machine of this rack:", switch1, []snmp.MACChange{learnt(7, 48)}},
	{"A switch that is not in the inventory:", stranger, []snmp.MACChange{learnt(8, 1)}},
	{"A machine is unplugged. Its place stays its own:", switch1, []snmp.MACChange{removed(3, 3)}},
}

// vlan is where all machines are.
const vlan = 442

// learnt is a machine that appears on a port of a switch.
func learnt(machine byte, port int) snmp.MACChange {
	return snmp.MACChange{Op: snmp.MACLearnt, VLAN: vlan, MAC: mac(machine), Port: port}
}

// removed is a machine that disappears.
func removed(machine byte, port int) snmp.MACChange {
	return snmp.MACChange{Op: snmp.MACRemoved, VLAN: vlan, MAC: mac(machine), Port: port}
}

// mac returns the address of a machine, of those that RFC 7042 keeps for
// documents.
func mac(machine byte) snmp.MAC { return snmp.MAC{0x00, 0x00, 0x5e, 0x00, 0x53, machine} }

// next is what to type after the demonstration.
var next = []string{
	"clusto info s0002                     # a server that came by itself",
	"clusto info 00:00:5E:00:53:02         # the same by its MAC address",
	"clusto attr show s0002                # all that is known about it",
	"clusto tree -c eqix-sv3               # what is where",
	"clusto rack show sv3-001              # how a rack looks, unit by unit",
	"clusto export                         # everything, for other programs",
	"clusto shell                          # to go on by yourself",
}
