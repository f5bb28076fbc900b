package snapshot

import (
	"hash/maphash"
	"math/bits"

	"github.com/clusto/clusto"
)

// Names, hardware addresses and values are found by 32 bits of a hash. What is
// found is always compared, so that a collision costs time only.

// nameHash returns the hash of an entity's name.
func nameHash(seed maphash.Seed, name string) uint32 {
	return mix(maphash.String(seed, name), 1)
}

// macHash returns the hash of a hardware address.
func macHash(mac uint64) uint32 { return mix(mac, 2) }

// valueHash returns the hash of a value of an attribute with a name. JSON is
// compared by its meaning, so all JSON has the same.
func valueHash(seed maphash.Seed, of number, f form, value int64, text string) uint32 {
	h := uint64(value)
	if f == formText {
		h = maphash.String(seed, text)
	}
	return mix(h, uint64(of)<<8|uint64(f)<<4|3)
}

// mix returns 32 bits in which each bit of a and b counts.
func mix(a, b uint64) uint32 {
	upper, lower := bits.Mul64(a^0x9e3779b97f4a7c15, b*2+0xd6e8feb86659fd93)
	upper, lower = bits.Mul64(upper^lower, 0xa0761d6478bd642f)
	return uint32(upper ^ lower)
}

// macOf returns the hardware address that a text spells, as clusto.ParseMAC
// does, and whether it spells one.
func macOf(text string) (uint64, bool) {
	group := 12 // digits between separators
	switch {
	case len(text) == 17 && (text[2] == ':' || text[2] == '-'):
		group = 2
	case len(text) == 14 && text[4] == '.':
		group = 4
	case len(text) != 12:
		return 0, false
	}
	var mac uint64
	for i, left := 0, group; i < len(text); i++ {
		if left == 0 {
			if text[i] != text[group] {
				return 0, false
			}
			left = group
			continue
		}
		digit, ok := hexDigit(text[i])
		if !ok {
			return 0, false
		}
		mac = mac<<4 | digit
		left--
	}
	return mac, true
}

func hexDigit(c byte) (uint64, bool) {
	switch {
	case '0' <= c && c <= '9':
		return uint64(c - '0'), true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return uint64(c|0x20-'a') + 10, true
	}
	return 0, false
}

// macNumber returns a hardware address as macOf does.
func macNumber(mac clusto.MAC) uint64 {
	var n uint64
	for _, b := range mac {
		n = n<<8 | uint64(b)
	}
	return n
}
