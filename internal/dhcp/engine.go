package dhcp

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/clusto/clusto"
)

// Options are what an Engine needs to know.
type Options struct {
	// Drivers say which entities are address managers; required.
	Drivers *clusto.Registry
	// UpdateIPMI is whether management controllers are told from their hosts by
	// vendor class where no attribute dhcp.update_ipmi says so or not so (classic:
	// services/dhcp.py, the setting dhcp.update_ipmi).
	UpdateIPMI bool
	// BMCVendors are the vendor classes of management controllers, in which *
	// stands for any text, where no attribute dhcp.bmc_vendor names others. Nil
	// means that which classic clusto knows.
	BMCVendors []string
}

// classicBMCVendor is the vendor class by which classic clusto knew a management
// controller (services/dhcp.py, update_ipmi).
const classicBMCVendor = "udhcp 0.9.9-pre"

// Engine is a [Decider].
type Engine struct {
	drivers      *clusto.Registry
	updateIPMI   bool
	bmcVendors   []string
	dictionaries [2]*dictionary // of DHCPv4 and DHCPv6

	decisions sync.Pool // of *decision
	views     atomic.Uint64
	view      atomic.Pointer[view]     // of the last state that was asked about
	networks  atomic.Pointer[networks] // that were read last
	memory    *memory
}

var _ Decider = (*Engine)(nil)

// New returns an Engine. It keeps what containers and managers say of the last
// [Unchanging] state that it was asked about.
func New(o Options) (*Engine, error) {
	if o.Drivers == nil {
		return nil, clusto.Errorf(clusto.ErrInvalid, "dhcp: the drivers are missing")
	}
	e := &Engine{drivers: o.Drivers, updateIPMI: o.UpdateIPMI, bmcVendors: o.BMCVendors, memory: new(memory)}
	if e.bmcVendors == nil {
		e.bmcVendors = []string{classicBMCVendor}
	}
	e.dictionaries[0] = newDictionary(V4, options4, besides4, bootFiles(codeBootFile, bootNames))
	e.dictionaries[1] = newDictionary(V6, options6, besides6, bootFiles(codeBootFile6, append([]string{"bootfile-url"}, bootNames...)))
	return e, nil
}

// decision is one decision being made.
type decision struct {
	e     *Engine
	r     clusto.Reader
	c     *Client
	a     *Answer
	story *Story

	quick    Direct // r, if it is one
	view     *view
	networks *networks // once they were needed
	host     host
	around   *around
	net      *network // nil if none

	ids      [1]clusto.EntityID // room for a list of one
	direct   []clusto.EntityID  // what the host is directly in
	attrs    []clusto.Attr      // the last answer about attributes
	entities []clusto.Entity    // and about entities
	claims   []claim
	slots    []slot
	byIPMI   bool // whether the client is known as ipmi-mac of its host
	present  uint // which of the options that are always sent attributes set
}

// Decide implements [Decider].
func (e *Engine) Decide(ctx context.Context, r clusto.Reader, c *Client, a *Answer, story *Story) error {
	d, _ := e.decisions.Get().(*decision)
	if d == nil {
		d = &decision{}
	}
	a.reset()
	d.begin(e, r, c, a, story)
	err := d.decide(ctx)
	if err != nil {
		a.Reason = InventoryFailure
		story.Tell(Step{Subject: "inventory", Text: "The inventory could not be asked: " + err.Error() + ".", Failed: true, Hint: "see that the database runs: clusto doctor"})
	}
	d.end()
	e.decisions.Put(d)
	return err
}

func (d *decision) begin(e *Engine, r clusto.Reader, c *Client, a *Answer, story *Story) {
	d.e, d.r, d.c, d.a, d.story = e, r, c, a, story
	d.view = e.viewOf(r)
	d.quick, _ = r.(Direct)
}

// end forgets what belongs to others and keeps the memory.
func (d *decision) end() {
	d.host.reset()
	clear(d.attrs)
	clear(d.entities)
	*d = decision{host: d.host, direct: d.direct[:0], attrs: d.attrs[:0], entities: d.entities[:0], claims: d.claims[:0], slots: d.slots[:0]}
}

// decide makes the decision, step by step.
func (d *decision) decide(ctx context.Context) error {
	d.tellClient()
	if known, err := d.who(ctx); err != nil || !known {
		return err
	}
	if err := d.readHost(ctx); err != nil {
		return err
	}
	if err := d.readContainers(ctx); err != nil {
		return err
	}
	if !d.enabled() {
		return nil
	}
	d.controller()
	if err := d.place(ctx); err != nil {
		return err
	}
	if d.a.Reason != Answered && d.c.Family == V4 {
		d.story = nil // who waits for an address need not hear of options; DHCPv6 has more clients that want no address
	}
	return d.options(ctx)
}

// entityID returns the host's ID as a list.
func (d *decision) entityID() []clusto.EntityID {
	d.ids[0] = d.a.Host.ID
	return d.ids[:]
}

// familyIndex is 0 for DHCPv4 and 1 for DHCPv6.
func (d *decision) familyIndex() int {
	if d.c.Family == V6 {
		return 1
	}
	return 0
}

// knownNetworks returns the networks of all managers.
func (d *decision) knownNetworks(ctx context.Context) (*networks, error) {
	if d.networks != nil {
		return d.networks, nil
	}
	var err error
	d.networks, err = d.e.networksOf(ctx, d.r, d.view)
	return d.networks, err
}

// merged returns what attributes dhcp.* say about a slot, for DHCPv6 those of
// dhcp6.* first, of host and containers. It is nil if none does.
func (d *decision) merged(of slot) *setting {
	if d.c.Family == V6 {
		if s := d.first(of, d.host.settings[1], d.around.own); s != nil {
			return s
		}
	}
	return d.first(of, d.host.settings[0], d.around.shared)
}

// enabled decides whether the host is to be answered: the nearest dhcp.enabled
// says so.
func (d *decision) enabled() bool {
	s := d.merged(slotEnabled)
	yes := s != nil && len(s.texts) > 0 && clusto.String(s.texts[0]).Truthy()
	if !yes {
		d.a.Reason = Disabled
	}
	d.tellEnabled(s, yes)
	return yes
}

// controller finds out whether the client is the host's management controller.
func (d *decision) controller() {
	a := d.a
	a.BMC = d.byIPMI
	for _, name := range d.host.osNames {
		a.BMC = a.BMC || isManagement(name)
	}
	update := d.e.updateIPMI
	if s := d.merged(slotUpdateIPMI); s != nil {
		update = len(s.texts) > 0 && clusto.String(s.texts[0]).Truthy()
	}
	if update && d.isBMCVendor() {
		a.BMC = true
		mac, err := clusto.ParseMAC(d.host.ipmiMAC.Str())
		a.Learn = d.c.MAC != (clusto.MAC{}) && (err != nil || mac != d.c.MAC)
	}
	if a.BMC {
		d.tellController()
	}
}

func (d *decision) isBMCVendor() bool {
	patterns := d.e.bmcVendors
	if s := d.merged(slotBMCVendor); s != nil {
		patterns = s.texts
	}
	for _, pattern := range patterns {
		if len(d.c.Vendor) > 0 && clusto.MatchGlob(pattern, string(d.c.Vendor)) {
			return true
		}
	}
	return false
}
