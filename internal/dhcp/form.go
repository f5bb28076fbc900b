package dhcp

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// form is how the value of an option is written and sent.
type form struct {
	name string // as in the name of an attribute such as dhcp.option-224-ip
	want string // what a value looks like, for messages
	list bool   // whether there may be several values, with commas between them
	// encode appends values to an option.
	encode func(to []byte, values []string) ([]byte, error)
}

// The forms of options.
var (
	formText   = &form{name: "text", want: "a text", encode: each(encodeText)}
	formIP     = &form{name: "ip", want: "an IPv4 address such as 192.0.2.1", encode: each(encodeIPv4)}
	formIPs    = &form{name: "ips", want: "IPv4 addresses such as 192.0.2.1, 192.0.2.2", list: true, encode: each(encodeIPv4)}
	formPairs  = &form{name: "ip-pairs", want: "pairs of IPv4 addresses such as 192.0.2.1 192.0.2.2", list: true, encode: each(encodePair)}
	formIP6    = &form{name: "ip6", want: "an IPv6 address such as 2001:db8::1", encode: each(encodeIPv6)}
	formIP6s   = &form{name: "ip6s", want: "IPv6 addresses such as 2001:db8::1, 2001:db8::2", list: true, encode: each(encodeIPv6)}
	formU8     = &form{name: "u8", want: "a number from 0 to 255", encode: each(unsigned(1))}
	formU16    = &form{name: "u16", want: "a number from 0 to 65535", encode: each(unsigned(2))}
	formU32    = &form{name: "u32", want: "a number from 0 to 4294967295", encode: each(unsigned(4))}
	formI32    = &form{name: "i32", want: "a number from -2147483648 to 2147483647", encode: each(encodeI32)}
	formU8s    = &form{name: "u8s", want: "numbers from 0 to 255", list: true, encode: each(unsigned(1))}
	formU16s   = &form{name: "u16s", want: "numbers from 0 to 65535", list: true, encode: each(unsigned(2))}
	formBool   = &form{name: "bool", want: "1 or 0", encode: each(encodeBool)}
	formHex    = &form{name: "hex", want: "octets in hexadecimal digits such as 0a:1b", encode: each(encodeHex)}
	formEmpty  = &form{name: "empty", want: "nothing", list: true, encode: each(func(to []byte, _ string) ([]byte, error) { return to, nil })}
	formDomain = &form{name: "domain", want: "a domain such as example.com", encode: each(encodeDomain)}
	formSearch = &form{name: "domains", want: "domains such as example.com, example.org", list: true, encode: each(encodeDomain)}
	formRoutes = &form{name: "routes", want: "routes such as 10.0.0.0/8 192.0.2.1", list: true, encode: each(encodeRoute)}
	formSIP    = &form{name: "sip", want: "IPv4 addresses or domains", list: true, encode: encodeSIP}
	formNTP6   = &form{name: "ntp6", want: "IPv6 addresses or domains", list: true, encode: each(encodeNTP6)}
	formTexts  = &form{name: "texts", want: "texts", list: true, encode: each(encodeCounted)}
	formFQDN6  = &form{name: "fqdn6", want: "a full name such as web1.example.com", encode: each(encodeFQDN6)}
)

// forms are those that an attribute may name.
var forms = []*form{
	formText, formIP, formIPs, formPairs, formIP6, formIP6s, formU8, formU16, formU32, formI32, formU8s, formU16s, formBool,
	formHex, formEmpty, formDomain, formSearch, formRoutes, formTexts,
}

// each returns the encoder of values that stand one after the other.
func each(one func([]byte, string) ([]byte, error)) func([]byte, []string) ([]byte, error) {
	return func(to []byte, values []string) ([]byte, error) {
		var err error
		for _, v := range values {
			if to, err = one(to, v); err != nil {
				return to, err
			}
		}
		return to, nil
	}
}

// make appends texts, each as somebody wrote it, to an option.
func (f *form) make(to []byte, texts []string) ([]byte, error) {
	if len(texts) == 1 {
		if digits, raw := strings.CutPrefix(texts[0], "hex:"); raw {
			return encodeHex(to, digits)
		}
	}
	values := texts
	if f.list {
		values = nil
		for _, text := range texts {
			for value := range strings.SplitSeq(text, ",") {
				values = append(values, strings.TrimSpace(value))
			}
		}
		values = f.apart(values)
	}
	if len(values) != 1 && !f.list {
		return to, clusto.Errorf(clusto.ErrInvalid, "%d values where one is wanted: %s", len(values), f.want)
	}
	to, err := f.encode(to, values)
	if err != nil {
		return to, clusto.Errorf(clusto.ErrInvalid, "%w; want %s", err, f.want)
	}
	return to, nil
}

// apart takes values apart that have blanks between them where a value has none.
func (f *form) apart(values []string) []string {
	if f == formPairs || f == formRoutes || f == formTexts || f == formEmpty {
		return values
	}
	var all []string
	for _, v := range values {
		all = append(all, strings.Fields(v)...)
		if v == "" {
			all = append(all, v) // which is an error, and said to be
		}
	}
	return all
}

func encodeText(to []byte, text string) ([]byte, error) {
	if text == "" || strings.Contains(text, "\x00") {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is no text to send", text)
	}
	return append(to, text...), nil
}

// encodeCounted is a text with its length before it (RFC 5970 section 3.2).
func encodeCounted(to []byte, text string) ([]byte, error) {
	if len(text) > math.MaxUint16 {
		return to, clusto.Errorf(clusto.ErrInvalid, "a text of %d octets is too long", len(text))
	}
	return append(binary.BigEndian.AppendUint16(to, uint16(len(text))), text...), nil
}

func encodeIPv4(to []byte, text string) ([]byte, error) {
	addr, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil || !addr.Is4() {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is not an IPv4 address", text)
	}
	raw := addr.As4()
	return append(to, raw[:]...), nil
}

func encodePair(to []byte, text string) ([]byte, error) {
	first, second, _ := strings.Cut(strings.TrimSpace(text), " ")
	to, err := encodeIPv4(to, first)
	if err != nil {
		return to, err
	}
	return encodeIPv4(to, second)
}

func encodeIPv6(to []byte, text string) ([]byte, error) {
	addr, err := netip.ParseAddr(strings.TrimSpace(text))
	if err != nil || !addr.Is6() || addr.Is4In6() || addr.Zone() != "" {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is not an IPv6 address", text)
	}
	raw := addr.As16()
	return append(to, raw[:]...), nil
}

// unsigned returns the encoder of numbers of so many octets.
func unsigned(octets int) func([]byte, string) ([]byte, error) {
	return func(to []byte, text string) ([]byte, error) {
		n, err := strconv.ParseUint(strings.TrimSpace(text), 10, octets*8)
		if err != nil {
			return to, clusto.Errorf(clusto.ErrInvalid, "%q is no such number", text)
		}
		var raw [8]byte
		binary.BigEndian.PutUint64(raw[:], n)
		return append(to, raw[8-octets:]...), nil
	}
}

func encodeI32(to []byte, text string) ([]byte, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 32)
	if err != nil {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is no such number", text)
	}
	return binary.BigEndian.AppendUint32(to, uint32(n)), nil
}

func encodeBool(to []byte, text string) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "1", "true", "yes", "on":
		return append(to, 1), nil
	case "0", "false", "no", "off":
		return append(to, 0), nil
	}
	return to, clusto.Errorf(clusto.ErrInvalid, "%q is neither true nor false", text)
}

// encodeHex takes octets with or without 0x before and colons between them.
func encodeHex(to []byte, text string) ([]byte, error) {
	digits := strings.TrimPrefix(strings.TrimSpace(text), "0x")
	if strings.Contains(digits, ":") {
		for octet := range strings.SplitSeq(digits, ":") {
			if len(octet) != 2 {
				return to, clusto.Errorf(clusto.ErrInvalid, "%q is not hexadecimal, two digits an octet", text)
			}
		}
		digits = strings.ReplaceAll(digits, ":", "")
	}
	raw, err := hex.DecodeString(digits)
	if err != nil || len(raw) == 0 {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is not hexadecimal, two digits an octet", text)
	}
	return append(to, raw...), nil
}

// Limits of names in the DNS (RFC 1035 section 2.3.4).
const (
	maxLabel  = 63
	maxDomain = 255
)

// encodeDomain writes a domain as labels, without compression, which DHCPv6
// does not allow and DHCPv4 does not need (RFC 3397, RFC 8415 section 10).
func encodeDomain(to []byte, text string) ([]byte, error) {
	name := strings.TrimSuffix(strings.TrimSpace(text), ".")
	if len(name)+2 > maxDomain {
		return to, clusto.Errorf(clusto.ErrInvalid, "a domain of %d letters is too long", len(name))
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > maxLabel || strings.ContainsAny(label, " \t\x00,") {
			return to, clusto.Errorf(clusto.ErrInvalid, "%q is not a domain", text)
		}
		to = append(append(to, byte(len(label))), label...)
	}
	return append(to, 0), nil
}

// encodeRoute writes "10.0.0.0/8 192.0.2.1", a route to a network by a router
// (RFC 3442). A word between them, such as via, may help to read it.
func encodeRoute(to []byte, text string) ([]byte, error) {
	words := strings.Fields(text)
	if len(words) == 3 && words[1] == "via" {
		words = []string{words[0], words[2]}
	}
	if len(words) != 2 {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is not a network and a router", text)
	}
	if words[0] == "default" {
		words[0] = "0.0.0.0/0"
	}
	network, err := netip.ParsePrefix(words[0])
	if err != nil || !network.Addr().Is4() || network != network.Masked() {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is not an IPv4 network", words[0])
	}
	raw := network.Addr().As4()
	to = append(append(to, byte(network.Bits())), raw[:(network.Bits()+7)/8]...)
	return encodeIPv4(to, words[1])
}

// encodeSIP writes addresses, or domains, after an octet that says which (RFC 3361).
func encodeSIP(to []byte, values []string) ([]byte, error) {
	if addrs, err := each(encodeIPv4)(append(to, 1), values); err == nil {
		return addrs, nil
	}
	return each(encodeDomain)(append(to, 0), values)
}

// Suboptions of NTP servers in DHCPv6 (RFC 5908 section 4).
const (
	ntpAddr      = 1
	ntpMulticast = 2
	ntpDomain    = 3
)

func encodeNTP6(to []byte, text string) ([]byte, error) {
	sub := uint16(ntpDomain)
	value, err := encodeIPv6(nil, text)
	switch {
	case err != nil:
		value, err = encodeDomain(nil, text)
	case value[0] == 0xff:
		sub = ntpMulticast
	default:
		sub = ntpAddr
	}
	to = binary.BigEndian.AppendUint16(to, sub)
	to = binary.BigEndian.AppendUint16(to, uint16(len(value)))
	return append(to, value...), err
}

// encodeFQDN6 says the name of a client, and that the server makes no update of
// the DNS (RFC 4704 section 4.1: the bit N).
func encodeFQDN6(to []byte, text string) ([]byte, error) { return encodeDomain(append(to, 4), text) }

// infinite is a lease that never ends (RFC 2131 section 3.3).
const infinite = math.MaxUint32

// formSeconds is a time in whole seconds.
var formSeconds = &form{name: "seconds", want: "seconds, such as 3600, a time such as 12h, or infinite", encode: each(encodeSeconds)}

func encodeSeconds(to []byte, text string) ([]byte, error) {
	if text = strings.TrimSpace(text); text == "infinite" {
		return binary.BigEndian.AppendUint32(to, infinite), nil
	}
	seconds, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		d, durationErr := time.ParseDuration(text)
		if durationErr != nil || d < 0 || d >= infinite*time.Second {
			return to, clusto.Errorf(clusto.ErrInvalid, "%q is no time", text)
		}
		seconds = uint64(d / time.Second)
	}
	if seconds == 0 {
		return to, clusto.Errorf(clusto.ErrInvalid, "%q is no time", text)
	}
	return binary.BigEndian.AppendUint32(to, uint32(seconds)), nil
}

// formVendors are patterns of vendor classes; nothing of them is sent.
var formVendors = &form{name: "vendors", want: "vendor classes such as udhcp 0.9.9-pre, in which * stands for anything",
	encode: each(encodeText)}
