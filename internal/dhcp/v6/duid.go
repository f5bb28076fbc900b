package v6

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"strings"

	"github.com/clusto/clusto"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
)

// ParseDUID reads a server identifier in hexadecimal digits, with or without
// colons, such as 00:03:00:01:00:16:3e:00:00:01. It returns ErrInvalid for
// anything else.
func ParseDUID(text string) ([]byte, error) {
	duid, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "", " ", "").Replace(text))
	if err != nil || len(duid) < minDUID || len(duid) > maxDUID {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%q is not a DUID such as 00:03:00:01:00:16:3e:00:00:01: %d to %d octets in hexadecimal digits, the first two being its type", text, minDUID, maxDUID)
	}
	return duid, nil
}

// duidOf returns the server identifier of a server on these interfaces: a DUID-LL
// of the first that has a hardware address (RFC 8415 section 11.4), else a
// DUID-UUID of the host's name (section 11.5). Neither needs anything to be kept.
func duidOf(faces []net.Interface, hostname string) []byte {
	for _, face := range faces {
		if len(face.HardwareAddr) == 6 {
			return (&dhcpv6.DUIDLL{HWType: iana.HWTypeEthernet, LinkLayerAddr: face.HardwareAddr}).ToBytes()
		}
	}
	sum := sha256.Sum256([]byte("clusto DHCPv6 server " + hostname))
	uuid := [16]byte(sum[:])
	uuid[6] = uuid[6]&0x0f | 0x80 // version 8, of its maker's own kind (RFC 9562 section 5.8)
	uuid[8] = uuid[8]&0x3f | 0x80
	return (&dhcpv6.DUIDUUID{UUID: uuid}).ToBytes()
}
