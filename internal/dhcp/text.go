package dhcp

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// Text returns what a client or relay says as text: without the NULs with which
// some end it, and in hexadecimal digits if it is not for people to read.
func Text(b []byte) string {
	s := strings.TrimRight(string(b), "\x00")
	if utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return s
	}
	return hex.EncodeToString(b)
}

// ClientName returns what clusto calls a client that asks with a hardware address,
// or if that is zero with a client identifier or DUID: see clusto.Sighting.Client.
// It is "" if the client has neither.
func ClientName(family Family, mac clusto.MAC, id []byte) string {
	switch {
	case mac != clusto.MAC{}:
		return mac.String()
	case len(id) == 0:
		return ""
	case family == V6:
		return "duid:" + hex.EncodeToString(id)
	}
	return "id:" + hex.EncodeToString(id)
}
