package dhcp

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
)

// circuit is what the circuit ID of a relay says about a switch port.
type circuit struct {
	ports []portName // the likeliest first
	names []string   // that may be of the switch
}

// portName is a port as a switch calls it.
type portName struct {
	text string // such as Gi1/0/24; "" if the switch told numbers only
	// module is the number before that of the port, such as a slot or a member
	// of a stack; 0 if there is none.
	module int
	number int // counted from 1
	raw    int // as told in octets, before anything is added; -1 if it was a text
}

// remote is what a remote ID says about the switch.
type remote struct {
	mac   clusto.MAC // the zero MAC if it says none
	addr  netip.Addr
	names []string
}

// Types of the suboptions in circuit and remote IDs of Cisco and those who
// follow it.
const (
	ciscoBinary = 0
	ciscoText   = 1
)

// parseCircuit takes a circuit ID apart. What it can be: 0 4 VLAN (2 octets)
// module port, of Cisco, HP Comware and many others; 1 LENGTH TEXT, of the same; a
// port number in two octets, of HP ProCurve; or a text such as ge-0/0/23.0, of
// Juniper, Arista and others, with the switch's name before it, or a VLAN after
// it.
func parseCircuit(id []byte) circuit {
	switch {
	case len(id) == 6 && id[0] == ciscoBinary && id[1] == 4:
		return circuit{ports: []portName{{module: int(id[4]), number: int(id[5]), raw: int(id[5])}}}
	case len(id) > 2 && id[0] <= ciscoText && int(id[1]) == len(id)-2 && printable(id[2:]):
		return parseCircuitText(string(id[2:]))
	case len(id) == 2 && !printable(id):
		return circuit{ports: []portName{{number: int(id[0])<<8 | int(id[1]), raw: int(id[0])<<8 | int(id[1])}}}
	case printable(id):
		return parseCircuitText(string(id))
	}
	return circuit{}
}

// parseCircuitText finds the words that may be a port, and those that may be a
// switch.
func parseCircuitText(text string) circuit {
	var c circuit
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(":;,|= \t\"'()[]", r) })
	var classes [portClasses][]portName
	for _, word := range words {
		c.names = append(c.names, word)
		if p, class := parsePort(word); class < portClasses {
			classes[class] = append(classes[class], p)
		}
	}
	for _, class := range classes {
		c.ports = append(c.ports, class...)
	}
	return c
}

// How much a word looks like a port.
const (
	portSlashes = iota // Gi1/0/24, 1/0/24
	portNamed          // Ethernet24, swp24
	portOther          // x24
	portBare           // 24
	portClasses        // none
)

// portWords are how names of ports begin; longer ones begin with one of these.
var portWords = []string{"et", "gi", "fa", "te", "tw", "fo", "hu", "fi", "ge", "xe", "xg", "10ge", "port", "swp", "lan", "p", "e"}

// parsePort reads the name of a port, such as Gi1/0/24, ge-0/0/23.0 or Ethernet24.
func parsePort(word string) (portName, int) {
	name, _, _ := strings.Cut(word, ".") // and a unit
	at := strings.IndexAny(name, "0123456789")
	if strings.Contains(name, "/") {
		at = strings.IndexByte(name, '/')
		for at > 0 && '0' <= name[at-1] && name[at-1] <= '9' {
			at--
		}
	}
	if at < 0 {
		return portName{}, portClasses
	}
	letters := strings.TrimRight(strings.ToLower(name[:at]), "-_")
	if strings.HasPrefix(letters, "vl") {
		return portName{}, portClasses
	}
	var numbers []int
	for part := range strings.SplitSeq(name[at:], "/") {
		n, err := strconv.ParseUint(part, 10, 16)
		if err != nil {
			return portName{}, portClasses
		}
		numbers = append(numbers, int(n))
	}
	p := portName{text: word, number: numbers[len(numbers)-1], raw: -1}
	if len(numbers) > 1 {
		p.module = numbers[0]
	}
	if junos[letters] && len(numbers) == 3 {
		p.number++ // Junos counts from 0
	}
	return p, portClass(letters, len(numbers))
}

func portClass(letters string, numbers int) int {
	switch {
	case numbers > 1:
		return portSlashes
	case letters == "":
		return portBare
	}
	for _, word := range portWords {
		if strings.HasPrefix(letters, word) {
			return portNamed
		}
	}
	return portOther
}

// junos are the kinds of ports of Junos.
var junos = map[string]bool{"ge": true, "xe": true, "et": true, "fe": true, "mge": true}

// parseRemote takes a remote ID apart: 0 6 MAC and 1 LENGTH TEXT, of Cisco, a MAC
// address or an IPv4 address in octets, of HP, or either of them or a name as text.
func parseRemote(id []byte) remote {
	switch {
	case len(id) == 8 && id[0] == ciscoBinary && id[1] == 6:
		return remote{mac: clusto.MAC(id[2:])}
	case len(id) > 2 && id[0] <= ciscoText && int(id[1]) == len(id)-2 && printable(id[2:]):
		return parseRemoteText(string(id[2:]))
	case printable(id):
		return parseRemoteText(string(id))
	case len(id) == 6:
		return remote{mac: clusto.MAC(id)}
	case len(id) == 4:
		return remote{addr: netip.AddrFrom4([4]byte(id))}
	}
	return remote{}
}

func parseRemoteText(text string) remote {
	text = strings.TrimSpace(text)
	if mac, err := clusto.ParseMAC(text); err == nil {
		return remote{mac: mac}
	}
	if addr, err := netip.ParseAddr(text); err == nil {
		return remote{addr: addr.Unmap().WithZone("")}
	}
	if text == "" {
		return remote{}
	}
	r := remote{names: []string{text}}
	if first, rest, found := strings.Cut(text, ":"); found && first != "" { // a name and something else
		r.names = append(r.names, first)
		if mac, err := clusto.ParseMAC(rest); err == nil {
			r.mac = mac
		}
	}
	return r
}
