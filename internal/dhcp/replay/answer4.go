package replay

import (
	"context"
	"net/netip"

	"github.com/clusto/clusto/internal/dhcp"
	v4 "github.com/clusto/clusto/internal/dhcp/v4"
)

// answer4 answers a DHCPv4 request. The server's own address is what tells in
// which network a client is that asks directly.
func (x *pending) answer4(ctx context.Context, o *Options) error {
	m := v4.Meta{At: x.Request.At, From: x.Request.From, To: x.Request.To, Via: x.Request.Via, Self: o.Server4}
	for _, seen := range append([]header{x.header}, x.replies...) {
		if addr, ok := netip.AddrFromSlice(seen.server); ok && !m.Self.IsValid() {
			m.Self = addr.Unmap()
		}
	}
	for _, link := range o.Links {
		if link.Is4() && !m.Self.IsValid() {
			m.Self = link
		}
	}
	if !m.Self.IsValid() {
		m.Self = netip.IPv4Unspecified()
	}
	out := v4.Answer(ctx, o.Decider, o.Reader, x.Request.Data, m, &x.Story)
	if out.Err != nil {
		return out.Err
	}
	x.Reply, x.To, x.Reason, x.Host = out.Reply, out.To, out.Reason, out.Answer.Host
	x.Client = dhcp.ClientName(dhcp.V4, out.Client.MAC, out.Client.ID)
	if len(x.Reply) > 0 && x.Reason == dhcp.Answered && len(out.Answer.Addrs) > 0 {
		x.Addr = out.Answer.Addrs[0]
	}
	if name := out.Kind.String(); name != "" {
		x.Message = name
	}
	x.Told = out.Told.String()
	return nil
}
