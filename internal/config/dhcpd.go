package config

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// DHCPd is the section [dhcpd], of "clusto dhcpd" and of what of DHCP "clusto
// serve" does.
type DHCPd struct {
	// Listen has each HOST:PORT to answer DHCPv4 on, all of one port. None means
	// that DHCPv4 is off. HOST is the server identifier and selects the interface.
	Listen []string
	// Listen6 has each HOST:PORT to answer DHCPv6 on. None means that it is off.
	Listen6 []string
	// Interface is the only one on which clients are answered. Empty means all
	// that Listen and Listen6 select.
	Interface string
	// DUID is the server identifier of DHCPv6. Nil means one made of the hardware
	// address of the first interface.
	DUID []byte
	// ReceiveBuffer is the size of the socket's receive buffer in bytes, and
	// Workers how many goroutines answer. Zero means the server's default.
	ReceiveBuffer int
	Workers       int
	// User is who changes are recorded for that requests teach.
	User string
	// UpdateIPMI says whether management controllers are told from their hosts by
	// vendor class where no attribute dhcp.update_ipmi says so or not so, and
	// BMCVendors which classes theirs are; nil means that which classic clusto knows.
	UpdateIPMI bool
	BMCVendors []string
	// Sightings says whether it is kept who has asked.
	Sightings bool
}

// DefaultDHCP is where "clusto dhcpd" listens for DHCPv4 unless something else is
// said, and DefaultDHCP6 where DHCPv6 is usually listened for.
const (
	DefaultDHCP  = "0.0.0.0:67"
	DefaultDHCP6 = "[::]:547"
)

func defaultDHCPd() DHCPd {
	return DHCPd{Listen: []string{DefaultDHCP}, User: "dhcpd", Sightings: true}
}

// settings returns what can be set in the section [dhcpd].
func (d *DHCPd) settings() map[string]setter {
	return map[string]setter{
		"listen": hostPortsOrOff(&d.Listen, DefaultDHCP), "listen6": hostPortsOrOff(&d.Listen6, DefaultDHCP6),
		"interface": text(&d.Interface), "duid": duid(&d.DUID),
		"receive_buffer": size(&d.ReceiveBuffer), "workers": whole(&d.Workers, 1),
		"user": text(&d.User), "update_ipmi": truth(&d.UpdateIPMI), "bmc_vendors": phrases(&d.BMCVendors),
		"sightings": truth(&d.Sightings),
	}
}

// classicSettings returns what can be set in classic clusto's section [dhcp].
func (d *DHCPd) classicSettings() map[string]setter {
	return map[string]setter{"update_ipmi": truth(&d.UpdateIPMI)}
}

// hostPortsOrOff stores addresses, or none for Off.
func hostPortsOrOff(to *[]string, example string) setter {
	return func(ld *loader, value string) error {
		if strings.EqualFold(value, Off) {
			*to = nil
			return nil
		}
		return list(to, func(word string) (string, error) {
			var addr string
			if hostPort(&addr)(nil, word) != nil {
				return "", fmt.Errorf("%q is neither HOST:PORT, such as %s, nor %s", word, example, Off)
			}
			return addr, nil
		})(ld, value)
	}
}

// duid stores a DUID in hexadecimal (RFC 8415 section 11: up to 130 octets).
func duid(to *[]byte) setter {
	return func(_ *loader, value string) error {
		b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimPrefix(strings.ToLower(value), "0x"), ":", ""))
		if err != nil || len(b) < 3 || len(b) > 130 {
			return fmt.Errorf("%q is not a DUID: 3 to 130 octets in hexadecimal", value)
		}
		*to = b
		return nil
	}
}

// phrases stores texts with commas between them.
func phrases(to *[]string) setter {
	return func(_ *loader, value string) error {
		*to = []string{}
		for phrase := range strings.SplitSeq(value, ",") {
			if phrase = strings.TrimSpace(phrase); phrase != "" {
				*to = append(*to, phrase)
			}
		}
		return nil
	}
}
