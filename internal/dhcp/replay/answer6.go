package replay

import (
	"context"
	"encoding/hex"
	"net/netip"

	"github.com/clusto/clusto/internal/dhcp"
	v6 "github.com/clusto/clusto/internal/dhcp/v6"
)

// anyDUID is the server identifier where neither the recording nor anybody else
// says one: a DUID-LL of no interface.
var anyDUID = []byte{0, 3, 0, 1, 0, 0, 0, 0, 0, 0}

// answer6 answers a DHCPv6 request.
func (x *pending) answer6(ctx context.Context, o *Options) error {
	h := v6.Handler{Decider: o.Decider, DUID: o.DUID}
	for _, seen := range append([]header{x.header}, x.replies...) {
		if h.DUID == nil {
			h.DUID = seen.server
		}
	}
	if h.DUID == nil {
		h.DUID = anyDUID
	}
	m := v6.Meta{At: x.Request.At, From: x.Request.From, To: x.Request.To, Via: x.Request.Via, Links: o.Links}
	if len(m.Links) == 0 {
		for _, r := range x.replies {
			m.Links = append(m.Links, r.links...)
		}
		m.Links = append(m.Links, x.header.links...)
	}
	var out v6.Outcome
	h.Handle(ctx, o.Reader, x.Request.Data, &m, &out, &x.Story)
	if out.Err != nil {
		return out.Err
	}
	x.Reply, x.To, x.Reason, x.Host = out.Reply, out.To, out.Reason, out.Answer.Host
	x.Client = dhcp.ClientName(dhcp.V6, out.Client.MAC, out.Client.ID)
	if len(x.Reply) > 0 && x.Reason == dhcp.Answered && len(out.Answer.Addrs) > 0 {
		x.Addr = out.Answer.Addrs[0]
	}
	if out.Message != 0 {
		x.Message = out.Message.String()
	}
	if len(out.Reply) > 0 {
		x.Told = out.Told.String()
	}
	return nil
}

// serverText returns a server identifier as people read it.
func serverText(h header) string {
	if h.family == dhcp.V4 {
		if addr, ok := netip.AddrFromSlice(h.server); ok {
			return addr.Unmap().String()
		}
		return ""
	}
	return hex.EncodeToString(h.server)
}
