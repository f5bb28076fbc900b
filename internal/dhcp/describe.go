package dhcp

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Describe returns the name of an option, "" if it has none, and what it says as
// people read it.
func Describe(family Family, o Option) (name, value string) {
	options := options4
	if family == V6 {
		options = options6
	}
	for i := range options {
		if def := &options[i]; def.code == o.Code {
			if text, ok := def.form.read(o.Data); ok {
				return def.name, text
			}
			return def.name, hex.EncodeToString(o.Data)
		}
	}
	if o.Code == codeBootFile && family == V4 { // which attributes set by other names
		name = "bootfile-name"
	}
	return name, Text(o.Data)
}

// read returns what an option of the form says, and whether it is of the form.
func (f *form) read(data []byte) (text string, ok bool) {
	switch f {
	case formText:
		return Text(data), len(data) > 0
	case formIP, formIPs:
		return all(data, net4, ", ")
	case formPairs:
		return all(data, 2*net4, ", ")
	case formIP6, formIP6s:
		return all(data, net6, ", ")
	case formU8, formU8s, formBool:
		return all(data, 1, ", ")
	case formU16, formU16s:
		return all(data, 2, ", ")
	case formU32, formI32, formSeconds:
		return readNumber(f, data)
	case formDomain, formSearch:
		return readDomains(data)
	case formRoutes:
		return readRoutes(data)
	case formEmpty:
		return "", len(data) == 0
	}
	return "", false
}

// Octets of an address.
const (
	net4 = 4
	net6 = 16
)

// all returns values of so many octets each.
func all(data []byte, octets int, between string) (text string, ok bool) {
	if len(data) == 0 || len(data)%octets != 0 {
		return "", false
	}
	var values []string
	for ; len(data) > 0; data = data[octets:] {
		values = append(values, readValue(data[:octets]))
	}
	return strings.Join(values, between), true
}

// readValue returns a number of one or two octets, an address, or two.
func readValue(data []byte) string {
	switch len(data) {
	case 1:
		return strconv.Itoa(int(data[0]))
	case 2:
		return strconv.Itoa(int(binary.BigEndian.Uint16(data)))
	case 2 * net4:
		return readValue(data[:net4]) + " " + readValue(data[net4:])
	}
	addr, _ := netip.AddrFromSlice(data) // of 4 or 16 octets
	return addr.String()
}

func readNumber(f *form, data []byte) (text string, ok bool) {
	if len(data) != 4 {
		return "", false
	}
	n := binary.BigEndian.Uint32(data)
	switch {
	case f == formI32:
		return strconv.Itoa(int(int32(n))), true
	case f == formSeconds && n == infinite:
		return "infinite", true
	case f == formSeconds:
		return (time.Duration(n) * time.Second).String(), true
	}
	return strconv.FormatUint(uint64(n), 10), true
}

// readDomains returns names as encodeDomain writes them.
func readDomains(data []byte) (text string, ok bool) {
	var names []string
	for len(data) > 0 {
		var labels []string
		for len(data) > 0 && data[0] != 0 {
			n := int(data[0])
			if n > maxLabel || len(data) <= n {
				return "", false
			}
			labels = append(labels, Text(data[1:1+n]))
			data = data[1+n:]
		}
		if len(data) == 0 {
			return "", false
		}
		names, data = append(names, strings.Join(labels, ".")), data[1:]
	}
	return strings.Join(names, ", "), names != nil
}

// readRoutes returns routes as encodeRoute writes them.
func readRoutes(data []byte) (text string, ok bool) {
	var routes []string
	for len(data) > 0 {
		bits := int(data[0])
		octets := (bits + 7) / 8
		if bits > 8*net4 || len(data) < 1+octets+net4 {
			return "", false
		}
		var raw [net4]byte
		copy(raw[:], data[1:1+octets])
		network := netip.PrefixFrom(netip.AddrFrom4(raw), bits)
		routes = append(routes, network.String()+" via "+readValue(data[1+octets:][:net4]))
		data = data[1+octets+net4:]
	}
	return strings.Join(routes, ", "), routes != nil
}
