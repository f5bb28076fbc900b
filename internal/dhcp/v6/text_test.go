package v6_test

import (
	"fmt"
	"strings"

	"github.com/insomniacslk/dhcp/dhcpv6"
)

// describe writes what matters of an answer's message, one option a line.
func describe(m *dhcpv6.Message) string {
	var b strings.Builder
	fmt.Fprintln(&b, m.Type())
	for _, o := range m.Options.Options {
		describeOption(&b, o, "  ")
	}
	return b.String()
}

func describeOption(b *strings.Builder, o dhcpv6.Option, indent string) {
	switch o := o.(type) {
	case *dhcpv6.OptIANA:
		fmt.Fprintf(b, "%sIA_NA %d T1 %.0f T2 %.0f\n", indent, o.IaId[3], o.T1.Seconds(), o.T2.Seconds())
		describeAll(b, o.Options.Options, indent)
	case *dhcpv6.OptIATA:
		fmt.Fprintf(b, "%sIA_TA %d\n", indent, o.IaId[3])
		describeAll(b, o.Options.Options, indent)
	case *dhcpv6.OptIAPD:
		fmt.Fprintf(b, "%sIA_PD %d\n", indent, o.IaId[3])
		describeAll(b, o.Options.Options, indent)
	case *dhcpv6.OptIAAddress:
		fmt.Fprintf(b, "%s%s for %.0f %.0f\n", indent, o.IPv6Addr, o.PreferredLifetime.Seconds(), o.ValidLifetime.Seconds())
	case *dhcpv6.OptStatusCode:
		fmt.Fprintf(b, "%sstatus %s\n", indent, o.StatusCode)
	default:
		fmt.Fprintf(b, "%s%d: %x\n", indent, o.Code(), o.ToBytes())
	}
}

func describeAll(b *strings.Builder, options dhcpv6.Options, indent string) {
	for _, o := range options {
		describeOption(b, o, indent+"  ")
	}
}
