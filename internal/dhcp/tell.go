package dhcp

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// This file tells decisions to people. What is told is what was decided: each
// function is called where that happens, and does nothing without a story.

// tell adds a step with a text.
func (d *decision) tell(subject, format string, args ...any) {
	d.story.Tell(Step{Subject: subject, Text: fmt.Sprintf(format, args...)})
}

// fail adds the step with which the decision ends.
func (d *decision) fail(subject, hint, format string, args ...any) {
	d.story.Tell(Step{Subject: subject, Text: fmt.Sprintf(format, args...), Failed: true, Hint: hint})
}

func (d *decision) tellClient() {
	if d.story == nil {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "DHCPv%d from %s", d.c.Family, d.clientName())
	if d.c.Relay.IsValid() {
		fmt.Fprintf(&b, ", through the relay %s", d.c.Relay)
	}
	if len(d.c.Vendor) > 0 {
		fmt.Fprintf(&b, ", vendor class %q", d.c.Vendor)
	}
	if d.c.arch() != archCount {
		fmt.Fprintf(&b, ", firmware %s", archNames[d.c.arch()][0])
	}
	if d.c.way() != byPXE {
		fmt.Fprintf(&b, ", boots by %s", wayNames[d.c.way()])
	}
	d.tell("client", "%s.", &b)
}

// clientName returns what a client is known by.
func (d *decision) clientName() string {
	if d.c.MAC != (clusto.MAC{}) {
		return d.c.MAC.String()
	}
	if len(d.c.ID) > 0 {
		return fmt.Sprintf("the client with the identifier %x", d.c.ID)
	}
	return "a client that does not say who it is"
}

func (d *decision) tellUnknownMAC() {
	if d.story != nil {
		d.tell("client", "No port, and no attribute bootstrap.mac, has %s.", d.c.MAC)
	}
}

// tellLearnt says that only switches have the address.
func (d *decision) tellLearnt(switches []clusto.Entity) {
	if d.story == nil {
		return
	}
	for _, c := range d.claims {
		for _, sw := range switches {
			if sw.ID == c.entity {
				d.tell("client", "%s has learnt %s on its port %s/%d. That says where the client is, not what.", sw.Name, d.c.MAC, c.portType, c.port)
			}
		}
	}
}

func (d *decision) tellUnknown() {
	if d.story == nil {
		return
	}
	hint := "clusto attr set NAME dhcp.client_id=" + fmt.Sprintf("%x", d.c.ID)
	if d.c.Family == V6 {
		hint = "clusto attr set NAME dhcp.duid=" + fmt.Sprintf("%x", d.c.ID)
	}
	if d.c.MAC != (clusto.MAC{}) {
		hint = fmt.Sprintf("clusto port set NAME %s/1 mac=%s", port.Ethernet, d.c.MAC)
	}
	if d.a.Reason == UntrustedRelay {
		d.fail("client", hint, "Nothing in the inventory is %s, and what the relay says of its place is not believed.", d.clientName())
		return
	}
	d.fail("client", hint, "Nothing in the inventory is %s.", d.clientName())
}

func (d *decision) tellSeveral(how string, entities []clusto.Entity) {
	if d.story == nil {
		return
	}
	var names []string
	for _, e := range entities {
		if e.Type != typeSwitch || d.claimedOtherwise(e.ID) {
			names = append(names, e.Name)
		}
	}
	hint := "take it away from all but one"
	for _, c := range d.claims {
		if c.portType != "" && how == "its hardware address" {
			hint = fmt.Sprintf("take it away from all but one, such as by: clusto port set %s %s/%d mac=", names[len(names)-1], c.portType, c.port)
		}
	}
	d.fail("client", hint, "%s have %s: it is not clear which of them asks.", strings.Join(names, " and "), how)
}

func (d *decision) tellHost(how string) {
	if d.story == nil {
		return
	}
	a := d.a
	if a.Port == 0 {
		d.story.Tell(Step{Subject: "client", Text: fmt.Sprintf("%s, by %s.", a.Host.Name, how), From: a.Host.Name})
		return
	}
	d.story.Tell(Step{Subject: "port", Text: fmt.Sprintf("%s %s/%d, by %s.", a.Host.Name, a.PortType, a.Port, how), From: a.Host.Name})
}

func (d *decision) tellUntrusted() {
	if d.story == nil {
		return
	}
	if !d.c.Relay.IsValid() {
		d.tell("relay", "The client's place is told, but by no relay with an address, and is not believed.")
		return
	}
	d.story.Tell(Step{Subject: "relay", Text: fmt.Sprintf("%s is in no network of an address manager, so what it says of the client's place is not believed.", d.c.Relay),
		Hint: createManager(d.c.Relay)})
}

func (d *decision) tellNoSwitch() {
	if d.story != nil {
		d.story.Tell(Step{Subject: "relay",
			Text: fmt.Sprintf("No switch is known by the remote ID %s or the circuit ID %s.", shownID(d.c.RemoteID), shownID(d.c.CircuitID)),
			Hint: "give the switch the hardware address, or the address, that it calls itself: clusto attr set SWITCH bootstrap.mac=…"})
	}
}

func (d *decision) tellNoPort(sw clusto.Entity, where circuit) {
	if d.story == nil {
		return
	}
	text, hint := fmt.Sprintf("The circuit ID %s does not say which port of %s it is.", shownID(d.c.CircuitID), sw.Name), ""
	for _, p := range where.ports {
		if p.module > 1 && p.text != "" {
			text = fmt.Sprintf("No port of %s has the osname %s, and its number says little in slot or member %d.", sw.Name, p.text, p.module)
			hint = fmt.Sprintf("clusto port set %s %s/NUMBER osname=%s", sw.Name, port.Ethernet, p.text)
			break
		}
	}
	d.story.Tell(Step{Subject: "relay", Text: text, Hint: hint})
}

func (d *decision) tellFreePort(sw clusto.Entity, number int) {
	if d.story != nil {
		d.story.Tell(Step{Subject: "relay", Text: fmt.Sprintf("The client is at %s %s/%d, to which no host is connected.", sw.Name, port.Ethernet, number),
			From: sw.Name, Hint: fmt.Sprintf("clusto port connect NAME %s/1 %s %d", port.Ethernet, sw.Name, number)})
	}
}

func (d *decision) tellEnabled(s *setting, yes bool) {
	if d.story == nil {
		return
	}
	host := d.a.Host.Name
	set := "clusto attr set " + host + " dhcp.enabled=1"
	if pool := d.pool(); pool != "" {
		set += ", or for all in a pool: clusto attr set " + pool + " dhcp.enabled=1"
	} else {
		set += ", or put it into a pool that has it: clusto pool insert POOL " + host
	}
	if s == nil {
		d.fail("enabled", set, "Neither %s nor anything that it is in has an attribute dhcp.enabled, so it is not answered.", host)
		return
	}
	step := Step{Subject: "enabled", From: s.from.Name, Overrides: overrides(s)}
	step.Text = fmt.Sprintf("%s is %s at %s.", s.written, s.shown(), s.from.Name)
	if !yes {
		step.Failed, step.Hint = true, "clusto attr set "+host+" dhcp.enabled=1"
	}
	d.story.Tell(step)
}

// pool returns the nearest pool that the host is in, or "".
func (d *decision) pool() string {
	for _, c := range d.around.containers {
		if c.Type == "pool" {
			return c.Name
		}
	}
	return ""
}

func overrides(s *setting) []Override {
	var all []Override
	for _, far := range s.over {
		all = append(all, Override{From: far.from.Name, Value: far.shown()})
	}
	return all
}

func (d *decision) tellController() {
	if d.story == nil {
		return
	}
	text := fmt.Sprintf("This is not %s itself but its management controller.", d.a.Host.Name)
	if d.a.Learn {
		text += fmt.Sprintf(" %s is noted as ipmi-mac of its port %s/1.", d.a.MAC, port.Ethernet)
	}
	d.tell("controller", "%s", text)
}

func createManager(addr netip.Addr) string {
	network := "NETWORK"
	const usual4, usual6 = 24, 64
	if addr.IsValid() {
		bits := usual4
		if addr.Is6() {
			bits = usual6
		}
		if p, err := addr.WithZone("").Prefix(bits); err == nil {
			network = p.String()
		}
	}
	return "clusto manager create ipmanager NAME --network " + network
}

func (d *decision) tellNoNetwork(link netip.Addr) {
	if d.story == nil {
		return
	}
	if !link.IsValid() {
		d.fail("network", "clusto dhcp explain ... --relay ADDRESS, or --link with any address of the network that the client is in",
			"It is not known which network the client is in: it asks through no relay, and by no interface of a server.")
		return
	}
	d.fail("network", createManager(link), "No address manager has the network of %s, where the client is.", link)
}

func (d *decision) tellPlace(link netip.Addr, here *network) {
	if d.story == nil {
		return
	}
	a := d.a
	text := fmt.Sprintf("The client is in %s, the network of %s.", here.Prefix, here.Manager.Name)
	if d.net != here {
		text = fmt.Sprintf("The client is in %s, the network of %s; on the same wire is %s, that of %s.", here.Prefix, here.Manager.Name, d.net.Prefix, d.net.Manager.Name)
	}
	d.story.Tell(Step{Subject: "network", Text: text, From: d.net.Manager.Name})
	text = fmt.Sprintf("%s gets %s", a.Host.Name, a.Addrs[0])
	hint := ""
	switch osPort := d.boundTo(a.Addrs[0]); {
	case osPort == "":
		text += ", which is bound to no port."
	case a.Port != 0 && !a.BMC && d.bound(osPort) == boundElsewhere:
		text += fmt.Sprintf(", although that is bound to %s, and nothing says that this is %s/%d.", osPort, a.PortType, a.Port)
		hint = fmt.Sprintf("clusto port set %s %s/%d osportname=%s, or bind another address to this port", a.Host.Name, a.PortType, a.Port, osPort)
	default:
		text += fmt.Sprintf(", which is bound to %s.", osPort)
	}
	d.story.Tell(Step{Subject: "address", Text: text, From: a.Host.Name, Hint: hint})
}

func (d *decision) tellNoAddress(link netip.Addr) {
	if d.story == nil {
		return
	}
	d.story.Tell(Step{Subject: "network", Text: fmt.Sprintf("The client is in %s, the network of %s.", d.net.Prefix, d.net.Manager.Name), From: d.net.Manager.Name})
	var has []string
	for _, a := range d.host.addrs {
		text := a.addr.String()
		if a.osPort != "" {
			text += " (" + a.osPort + ")"
		}
		has = append(has, text)
	}
	text := fmt.Sprintf("%s has no address there", d.a.Host.Name)
	hint := fmt.Sprintf("clusto ip bind %s --manager %s", d.a.Host.Name, d.net.Manager.Name)
	if d.a.BMC {
		text = fmt.Sprintf("%s has no address there that is bound to its management controller", d.a.Host.Name)
		hint += " --port " + managementPorts[0]
	}
	if has != nil {
		text += "; it has " + strings.Join(has, ", ")
	}
	d.fail("address", hint, "%s.", text)
}

// shownID returns an identifier as text, or in hexadecimal digits.
func shownID(id []byte) string {
	if printable(id) {
		return fmt.Sprintf("%q", id)
	}
	if len(id) == 0 {
		return "(none)"
	}
	return fmt.Sprintf("%x", id)
}
