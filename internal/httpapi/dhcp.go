package httpapi

import (
	"encoding/hex"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/dhcp"
)

// decider returns what decides about DHCP clients, or ErrUnsupported.
func (s *Server) decider() (dhcp.Decider, error) {
	if s.options.DHCP == nil {
		return nil, clusto.Errorf(clusto.ErrUnsupported, "this server knows no DHCP")
	}
	return s.options.DHCP()
}

// ExplainDhcp answers explainDhcp.
func (s *Server) ExplainDhcp(w http.ResponseWriter, r *http.Request, params api.ExplainDhcpParams) {
	var answer api.DhcpExplanation
	decider, err := s.decider()
	var c dhcp.Client
	if err == nil {
		c, err = clientOf(params)
	}
	if err == nil {
		err = s.viewDriven(r.Context(), params.At, func(inv *clusto.Inventory) error {
			var decided dhcp.Answer
			var story dhcp.Story
			if err := decider.Decide(r.Context(), inv.Reader, &c, &decided, &story); err != nil {
				return err
			}
			answer = showDecision(c.Family, &decided, &story)
			answer.Version, err = versionNumber(r.Context(), inv)
			return err
		})
	}
	s.reply(w, r, answer, err)
}

// clientOf returns the client that the parameters describe, or ErrInvalid.
func clientOf(p api.ExplainDhcpParams) (dhcp.Client, error) {
	c := dhcp.Client{Family: dhcp.V4, Hostname: []byte(p.Hostname), Vendor: []byte(p.VendorClass), User: []byte(p.UserClass), Via: p.Interface}
	var err error
	problem := func(name string, parse error) {
		if err == nil && parse != nil {
			err = clusto.Errorf(clusto.ErrInvalid, "the parameter %s: %w", name, parse)
		}
	}
	switch p.Family {
	case 0, 4:
	case 6:
		c.Family = dhcp.V6
	default:
		return c, clusto.Errorf(clusto.ErrInvalid, "the parameter family cannot be %d: it is 4 or 6", p.Family)
	}
	var parse error
	if p.Mac != "" {
		c.MAC, parse = clusto.ParseMAC(p.Mac)
		problem("mac", parse)
	}
	c.ID, parse = digits(p.Id)
	problem("id", parse)
	c.UUID, parse = digits(p.Uuid)
	problem("uuid", parse)
	c.CircuitID, parse = octets(p.CircuitId)
	problem("circuit_id", parse)
	c.RemoteID, parse = octets(p.RemoteId)
	problem("remote_id", parse)
	c.Relay, parse = addrOf(p.Relay, c.Family)
	problem("relay", parse)
	c.Link, parse = addrOf(p.Link, c.Family)
	problem("link", parse)
	if !c.Link.IsValid() {
		c.Link = c.Relay
	}
	for _, n := range p.Arch {
		if n < 0 || n > 65535 {
			problem("arch", clusto.Errorf(clusto.ErrInvalid, "%d is not from 0 to 65535", n))
		}
		c.Arch = append(c.Arch, uint16(n))
	}
	if err == nil && p.Mac == "" && p.Id == "" && p.CircuitId == "" && p.RemoteId == "" {
		err = clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "nothing tells who the client is"),
			"name its hardware address with mac, its client identifier or DUID with id, or the port that it is at with relay, circuit_id and remote_id")
	}
	return c, err
}

// digits reads hexadecimal digits, which may have colons or hyphens between them.
func digits(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	b, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "").Replace(strings.TrimPrefix(strings.ToLower(text), "0x")))
	if err != nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%q is not hexadecimal, two digits an octet", text)
	}
	return b, nil
}

// octets reads a text, or hexadecimal digits after 0x.
func octets(text string) ([]byte, error) {
	if strings.HasPrefix(strings.ToLower(text), "0x") {
		return digits(text)
	}
	return []byte(text), nil
}

// addrOf reads an address of a family; "" is none.
func addrOf(text string, family dhcp.Family) (netip.Addr, error) {
	if text == "" {
		return netip.Addr{}, nil
	}
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Is4() != (family == dhcp.V4) || addr.Zone() != "" {
		return netip.Addr{}, clusto.Errorf(clusto.ErrInvalid, "%q is not an IPv%d address", text, family)
	}
	return addr, nil
}

// showDecision returns a decision as the API shows it.
func showDecision(family dhcp.Family, a *dhcp.Answer, story *dhcp.Story) api.DhcpExplanation {
	shown := api.DhcpExplanation{
		Answered: a.Reason == dhcp.Answered, Reason: string(a.Reason), Host: a.Host.Name, Controller: a.BMC,
		Lease: seconds(a.Lease), Renew: seconds(a.Renew), Rebind: seconds(a.Rebind),
		ServerName: a.ServerName, BootFile: a.BootFile, Manager: a.Network.Manager.Name, Steps: showSteps(story),
	}
	if a.MAC != (clusto.MAC{}) {
		shown.Mac = a.MAC.String()
	}
	if a.Port != 0 {
		shown.Port = &api.PortRef{Entity: a.Host.Name, Type: a.PortType, Port: strconv.Itoa(a.Port)}
	}
	if a.Network.Prefix.IsValid() {
		shown.Network = a.Network.Prefix.String()
	}
	shown.Gateway, shown.NextServer = addrText(a.Network.Gateway), addrText(a.NextServer)
	for _, addr := range a.Addrs {
		shown.Addresses = append(shown.Addresses, addr.String())
	}
	for _, o := range a.Options {
		name, value := dhcp.Describe(family, o)
		shown.Options = append(shown.Options, api.DhcpOption{Code: int(o.Code), Name: name, Value: value, Data: hex.EncodeToString(o.Data)})
	}
	return shown
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// addrText returns an address, or "" for none.
func addrText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// showSteps returns a story as the API shows it.
func showSteps(story *dhcp.Story) []api.DhcpStep {
	steps := []api.DhcpStep{}
	for _, s := range story.Steps {
		step := api.DhcpStep{Subject: s.Subject, Text: s.Text, From: s.From, Failed: s.Failed, Hint: s.Hint}
		for _, o := range s.Overrides {
			step.Overrides = append(step.Overrides, api.DhcpOverride{From: o.From, Value: o.Value})
		}
		steps = append(steps, step)
	}
	return steps
}

// showPacket returns what came of a packet as the API shows it.
func showPacket(e *dhcp.Event) api.DhcpPacket {
	shown := api.DhcpPacket{
		At: e.At, Family: int(e.Family), Via: e.Via, Message: e.Message, Reply: e.Reply, Reason: string(e.Reason),
		Address: addrText(e.Addr()), Packet: e.Packet, Response: e.Response,
		From: portText(e.From), To: portText(e.To), Dest: portText(e.Dest),
	}
	if e.Client != nil {
		shown.Client = dhcp.ClientName(e.Family, e.Client.MAC, e.Client.ID)
	}
	if e.Answer != nil {
		shown.Entity = e.Answer.Host.Name
	}
	return shown
}

// portText returns an address with a port, or "" for none.
func portText(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
