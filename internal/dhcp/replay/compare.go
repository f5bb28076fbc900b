package replay

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/clusto/clusto/internal/dhcp"
	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

// field is a field of an answer, as text.
type field struct{ name, value string }

// compare returns in what two answers differ. Who the servers are makes none.
func compare(family dhcp.Family, recorded, ours []byte) []Difference {
	read := fields6
	if family == dhcp.V4 {
		read = fields4
	}
	theirs, mine := read(recorded), read(ours)
	var all []Difference
	for _, f := range theirs {
		if v := value(mine, f.name); v != f.value {
			all = append(all, Difference{Field: f.name, Recorded: f.value, Ours: v})
		}
	}
	for _, f := range mine {
		if value(theirs, f.name) == "" && f.value != "" {
			all = append(all, Difference{Field: f.name, Ours: f.value})
		}
	}
	return all
}

// value returns the value of a field, "" if it is not there.
func value(fields []field, name string) string {
	for _, f := range fields {
		if f.name == name {
			return f.value
		}
	}
	return ""
}

// fields4 reads the fields of a DHCPv4 answer that matter to a client.
func fields4(data []byte) []field {
	if len(data) == 0 {
		return nil
	}
	m, err := dhcpv4.FromBytes(data)
	if err != nil {
		return unread(data)
	}
	fields := []field{
		{"message", m.MessageType().String()}, {"address", m.YourIPAddr.String()}, {"next server", m.ServerIPAddr.String()},
		{"server name", m.ServerHostName}, {"boot file", m.BootFileName},
	}
	// One at a time, in the order of their codes, since that names and writes them.
	for code := range 256 {
		data, ok := m.Options[uint8(code)]
		switch dhcpv4.GenericOptionCode(code).Code() {
		case dhcpv4.OptionDHCPMessageType.Code(), dhcpv4.OptionServerIdentifier.Code(), dhcpv4.OptionRelayAgentInformation.Code():
			continue // said already, the server itself, and the relay's own
		}
		if ok {
			fields = append(fields, said(dhcpv4.Options{uint8(code): data}.String(), code, data))
		}
	}
	return fields
}

// fields6 reads the fields of a DHCPv6 answer that matter to a client.
func fields6(data []byte) []field {
	if len(data) == 0 {
		return nil
	}
	m, _ := message6(data)
	if m == nil {
		return unread(data)
	}
	fields := []field{{"message", m.Type().String()}}
	for _, o := range m.Options.Options {
		switch o := o.(type) {
		case *dhcpv6.OptIANA:
			name := fmt.Sprintf("IA_NA %x", o.IaId)
			fields = append(fields, field{name + " times", fmt.Sprintf("%.0fs %.0fs", o.T1.Seconds(), o.T2.Seconds())})
			fields = append(fields, identity(name, o.Options.Options)...)
		case *dhcpv6.OptIATA:
			fields = append(fields, identity(fmt.Sprintf("IA_TA %x", o.IaId), o.Options.Options)...)
		case *dhcpv6.OptIAPD:
			fields = append(fields, identity(fmt.Sprintf("IA_PD %x", o.IaId), o.Options.Options)...)
		case *dhcpv6.OptStatusCode:
			fields = append(fields, field{"status", o.StatusCode.String()})
		default:
			if o.Code() != dhcpv6.OptionServerID && o.Code() != dhcpv6.OptionClientID {
				fields = append(fields, said(o.String(), int(o.Code()), o.ToBytes()))
			}
		}
	}
	return fields
}

// identity reads the options of an identity association. The texts of statuses do
// not matter.
func identity(name string, options dhcpv6.Options) []field {
	var fields []field
	for _, o := range options {
		switch o := o.(type) {
		case *dhcpv6.OptIAAddress:
			fields = append(fields, field{fmt.Sprintf("%s %s", name, o.IPv6Addr), fmt.Sprintf("%.0fs %.0fs", o.PreferredLifetime.Seconds(), o.ValidLifetime.Seconds())})
		case *dhcpv6.OptIAPrefix:
			fields = append(fields, field{fmt.Sprintf("%s %s", name, o.Prefix), fmt.Sprintf("%.0fs %.0fs", o.PreferredLifetime.Seconds(), o.ValidLifetime.Seconds())})
		case *dhcpv6.OptStatusCode:
			fields = append(fields, field{name + " status", o.StatusCode.String()})
		}
	}
	return fields
}

// said makes a field of an option that is written "name: value".
func said(text string, code int, data []byte) field {
	name, value, _ := strings.Cut(strings.TrimSpace(text), ": ")
	if strings.HasPrefix(value, "[") && strings.Contains(value, " ") && len(data) > 0 && strings.HasPrefix(value, fmt.Sprintf("[%d ", data[0])) {
		value = dhcp.Text(data) // only the octets
	}
	value = strings.Join(strings.Fields(value), " ")
	return field{fmt.Sprintf("option %d (%s)", code, strings.TrimSuffix(name, ":")), cmp.Or(value, "set")}
}

// unread is a message that cannot be read.
func unread(data []byte) []field { return []field{{"message", fmt.Sprintf("%x", data)}} }
