package dhcp

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// Subkeys under which identifiers of clients are stored: dhcp.client_id and
// dhcp.duid of a host, or the same of one of its ports.
const (
	subkeyClientID = "client_id"
	subkeyDUID     = "duid"
)

// byID looks for the client's identifier where somebody stored it.
func (d *decision) byID(ctx context.Context) (bool, error) {
	id := d.c.ID
	if len(id) == 0 {
		return false, nil
	}
	if d.c.Family == V6 {
		return d.byStored(ctx, subkeyDUID, spellings(id), "its DUID")
	}
	known, err := d.byStored(ctx, subkeyClientID, spellings(id), "its client identifier")
	if known || err != nil || d.a.Reason != Answered {
		return known, err
	}
	if duid := duidOf(id); duid != nil {
		return d.byStored(ctx, subkeyDUID, spellings(duid), "the DUID in its client identifier")
	}
	return false, nil
}

// duidOf returns the DUID that a client identifier of DHCPv4 holds after its
// type and the number of the interface (RFC 4361 section 6.1), or nil.
func duidOf(id []byte) []byte {
	const typeDUID, head = 255, 5
	if len(id) <= head || id[0] != typeDUID {
		return nil
	}
	return id[head:]
}

// spellings are the texts that an identifier may be stored as: hexadecimal
// digits with or without colons, or, if its first octet says that it is one, the
// text after it.
func spellings(id []byte) []clusto.Value {
	bare := hex.EncodeToString(id)
	var colons strings.Builder
	for i := 0; i < len(bare); i += 2 {
		if i > 0 {
			colons.WriteByte(':')
		}
		colons.WriteString(bare[i : i+2])
	}
	texts := []string{bare, colons.String(), strings.ToUpper(bare), strings.ToUpper(colons.String()), "0x" + bare, "hex:" + colons.String()}
	if printable(id) {
		texts = append(texts, string(id))
	}
	if id[0] == 0 && printable(id[1:]) {
		texts = append(texts, string(id[1:]))
	}
	values := make([]clusto.Value, len(texts))
	for i, text := range texts {
		values[i] = clusto.String(text)
	}
	return values
}

// printable reports whether b is a text in ASCII.
func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return len(b) > 0
}

// byStored looks for an attribute with one of these values.
func (d *decision) byStored(ctx context.Context, subkey string, values []clusto.Value, how string) (bool, error) {
	d.claims = d.claims[:0]
	for a, err := range d.r.Attrs(ctx, clusto.AttrMatch{Subkey: clusto.Is(subkey), Values: values}) {
		if err != nil {
			return false, err
		}
		if a.Key == keyDHCP || a.Key == keyDHCP6 {
			d.claims = append(d.claims, claim{entity: a.Entity})
		} else if portType, ok := strings.CutPrefix(a.Key, port.KeyPrefix); ok {
			d.claims = append(d.claims, claim{a.Entity, portType, int(a.Number.Or(0))})
		}
	}
	if len(d.claims) == 0 {
		return false, nil
	}
	return d.settle(ctx, how)
}
