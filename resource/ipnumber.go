package resource

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"strings"

	"github.com/clusto/clusto"
)

// numberOffset is what is taken from an IPv4 address so that it fits a signed
// 32-bit SQL INTEGER (classic: resourcemanagers/ipmanager.py, _int_ip_const).
const numberOffset = 1 << 31

// IPNumber returns the number under which classic clusto stores addr: the
// address as an unsigned 32-bit integer minus 2147483648. It returns ErrInvalid if addr is not IPv4.
func IPNumber(addr netip.Addr) (int32, error) {
	if !addr.Is4() {
		return 0, clusto.Errorf(clusto.ErrInvalid, "%s is not an IPv4 address", addr)
	}
	raw := addr.As4()
	return int32(int64(binary.BigEndian.Uint32(raw[:])) - numberOffset), nil
}

// IPAddr returns the address that is stored as number, or ErrInvalid if number
// is not in the range of 32 bits.
func IPAddr(number int64) (netip.Addr, error) {
	if number < math.MinInt32 || number > math.MaxInt32 {
		return netip.Addr{}, clusto.Errorf(clusto.ErrInvalid, "%d is not the number of an IPv4 address", number)
	}
	var raw [4]byte
	binary.BigEndian.PutUint32(raw[:], uint32(number+numberOffset))
	return netip.AddrFrom4(raw), nil
}

// IPValue returns the value that stores addr: a number for IPv4, for IPv6 the
// canonical text. Classic has no IPv6.
func IPValue(addr netip.Addr) clusto.Value {
	addr = addr.Unmap()
	if number, err := IPNumber(addr); err == nil {
		return clusto.Int(int64(number))
	}
	return clusto.String(addr.String())
}

// ValueAddr returns the address that v stores, or ErrInvalid.
func ValueAddr(v clusto.Value) (netip.Addr, error) {
	switch {
	case v.Kind() == clusto.KindInt:
		return IPAddr(v.Int64())
	case v.Kind() == clusto.KindString:
		return ParseAddr(v.Str())
	}
	return netip.Addr{}, clusto.Errorf(clusto.ErrInvalid, "%s is not an address", v.Text())
}

// ParseAddr reads an address. IPv4 in the form of IPv6 becomes IPv4. It returns
// ErrInvalid for anything else, such as a network, a host name, or an address
// with a zone.
func ParseAddr(text string) (netip.Addr, error) {
	addr, err := netip.ParseAddr(strings.TrimSpace(text))
	switch {
	case err == nil && addr.Zone() != "":
		return netip.Addr{}, clusto.Errorf(clusto.ErrInvalid, "%q: an address with a zone means something on one host only", text)
	case err == nil:
		return addr.Unmap(), nil
	case strings.Contains(text, "/"):
		return netip.Addr{}, clusto.Errorf(clusto.ErrInvalid, "%q is a network, not an address", text)
	}
	return netip.Addr{}, clusto.Errorf(clusto.ErrInvalid, "%q is not an IP address", text)
}

// addrOf returns the address that somebody named: a netip.Addr, a text, a value
// or, as in classic, the number under which it is stored.
func addrOf(v any) (netip.Addr, error) {
	switch v := v.(type) {
	case netip.Addr:
		return ParseAddr(v.String())
	case string:
		return ParseAddr(v)
	case clusto.Value:
		return ValueAddr(v)
	case int:
		return IPAddr(int64(v))
	case int32:
		return IPAddr(int64(v))
	case int64:
		return IPAddr(v)
	case fmt.Stringer:
		return ParseAddr(v.String())
	}
	return netip.Addr{}, clusto.Errorf(clusto.ErrInvalid, "a %s is not an IP address", clusto.WordFor(v))
}
