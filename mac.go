package clusto

import "encoding/hex"

// MAC is a 48-bit hardware address (IEEE 802, EUI-48).
type MAC [6]byte

// ParseMAC reads a hardware address in any usual notation: 00:16:3e:00:00:01,
// 00-16-3E-00-00-01, 0016.3e00.0001 or 00163e000001, in any case.
// It returns ErrInvalid for anything else.
func ParseMAC(s string) (MAC, error) {
	var mac MAC
	var group int // digits between separators
	switch {
	case len(s) == 17 && (s[2] == ':' || s[2] == '-'):
		group = 2
	case len(s) == 14 && s[4] == '.':
		group = 4
	case len(s) == 12:
		group = 12
	default:
		return mac, Errorf(ErrInvalid, "%q is not a MAC address such as 00:16:3e:00:00:01", s)
	}
	digits := make([]byte, 0, 2*len(mac))
	for i := 0; i < len(s); i++ {
		if i%(group+1) != group {
			digits = append(digits, s[i])
		} else if s[i] != s[group] {
			return mac, Errorf(ErrInvalid, "MAC address %q mixes its separators", s)
		}
	}
	if n, err := hex.Decode(mac[:], digits); err != nil || n != len(mac) {
		return MAC{}, Errorf(ErrInvalid, "%q is not a MAC address such as 00:16:3e:00:00:01", s)
	}
	return mac, nil
}

// String returns m in the form clusto stores: 00:16:3e:00:00:01.
func (m MAC) String() string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 17)
	for i, b := range m {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}

// Bare returns m as twelve digits without separators: 00163e000001. Databases
// index hardware addresses in this form.
func (m MAC) Bare() string { return hex.EncodeToString(m[:]) }
