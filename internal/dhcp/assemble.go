package dhcp

import (
	"context"
	"net/netip"
	"strings"
)

// Options that are sent though no attribute says so, as bits of decision.present.
const (
	hasMask uint = 1 << iota
	hasRouter
	hasHostName
	hasBroadcast
	hasVendorClass
	hasPXELinux
	wantsPXELinux // an option that pxelinux heeds only with its magic number
	hasFQDN6
)

// magic is what tells pxelinux that its options are meant for it (RFC 5071
// section 3).
var magic = []byte{0xf1, 0x00, 0x74, 0x7e}

// options sets the options, times and boot file: what host, containers and
// manager say, each option by the nearest, and what is always sent.
func (d *decision) options(ctx context.Context) error {
	family := d.familyIndex()
	near, far := d.host.settings[family], d.around.prepare(family, d.net).settings
	for len(near) > 0 || len(far) > 0 {
		s := d.next(&near, &far)
		if err := d.send(ctx, s); err != nil {
			return err
		}
	}
	if err := d.boot(ctx); err != nil {
		return err
	}
	if err := d.always(ctx); err != nil {
		return err
	}
	return d.times(ctx)
}

// first returns the setting of a slot that counts, or nil.
func (d *decision) first(of slot, near, far settings) *setting {
	n, f := near.find(of), far.find(of)
	if n == nil {
		return f
	}
	return d.over(n, f)
}

// over returns near, for a story as one that knows what it overrides.
func (d *decision) over(near, far *setting) *setting {
	if d.story == nil || far == nil {
		return near
	}
	both := *near
	both.over = append([]*setting{far}, far.over...)
	return &both
}

// next takes the setting with the lowest slot from the lists; a near one hides a
// far one.
func (d *decision) next(near, far *settings) *setting {
	n, f := *near, *far
	switch {
	case len(f) == 0 || len(n) > 0 && (n[0].slot < f[0].slot || n[0].slot == f[0].slot && n[0].slot == slotServer):
		*near = n[1:]
		return n[0]
	case len(n) == 0 || f[0].slot < n[0].slot:
		*far = f[1:]
		return f[0]
	}
	*near, *far = n[1:], f[1:]
	return d.over(n[0], f[0])
}

// send adds the option that s makes. What is no plain option is looked at later.
func (d *decision) send(ctx context.Context, s *setting) error {
	if s.slot == slotElsewhere {
		return nil
	}
	if s.slot >= slotEnabled && s.slot != slotServer {
		return nil
	}
	if s.none() && s.err == nil {
		d.note(s.code)
		d.tellSetting(s)
		return nil
	}
	text, data, ok, err := d.value(ctx, s)
	if err != nil || !ok {
		return err
	}
	d.note(s.code)
	d.put(s.code, data)
	d.tellSetting(s)
	if s.slot == codeTFTPServer && d.c.Family == V4 && !d.a.NextServer.IsValid() {
		if addr, err := netip.ParseAddr(text); err == nil && addr.Is4() {
			d.a.NextServer = addr
		}
	}
	return nil
}

// note remembers that an attribute says something about an option.
func (d *decision) note(code uint16) {
	if d.c.Family == V6 {
		if code == codeFQDN6 {
			d.present |= hasFQDN6
		}
		return
	}
	switch code {
	case codeMask:
		d.present |= hasMask
	case codeRouter:
		d.present |= hasRouter
	case codeHostName:
		d.present |= hasHostName
	case codeBroadcast:
		d.present |= hasBroadcast
	case codeVendorClass:
		d.present |= hasVendorClass
	case codePXELinux:
		d.present |= hasPXELinux
	case codePXELinux + 1, codePXELinux + 2, codePXELinux + 3:
		d.present |= wantsPXELinux
	}
}

// put adds an option at its place.
func (d *decision) put(code uint16, data []byte) {
	options := append(d.a.Options, Option{code, data})
	for i := len(options) - 1; i > 0 && options[i-1].Code > code; i-- {
		options[i-1], options[i] = options[i], options[i-1]
	}
	d.a.Options = options
}

// keep returns what fill appends, in memory of the answer.
func (d *decision) keep(fill func([]byte) ([]byte, error)) ([]byte, error) {
	start := len(d.a.bytes)
	filled, err := fill(d.a.bytes)
	if err != nil {
		return nil, err
	}
	d.a.bytes = filled
	return filled[start:len(filled):len(filled)], nil
}

func (d *decision) keepText(text string) []byte {
	start := len(d.a.bytes)
	d.a.bytes = append(d.a.bytes, text...)
	return d.a.bytes[start:len(d.a.bytes):len(d.a.bytes)]
}

func (d *decision) keepAddr(addr netip.Addr) []byte {
	start := len(d.a.bytes)
	raw := addr.As4()
	d.a.bytes = append(d.a.bytes, raw[:]...)
	return d.a.bytes[start:len(d.a.bytes):len(d.a.bytes)]
}

// value returns what s says for this host, as text and as an option. It returns
// false if that makes nothing, which is told and counted.
func (d *decision) value(ctx context.Context, s *setting) (text string, data []byte, ok bool, err error) {
	switch {
	case s.err != nil:
		d.bad(s, s.err)
		return "", nil, false, nil
	case s.pieces == nil:
		return s.texts[0], s.data, true, nil
	}
	texts := make([]string, len(s.pieces))
	for i, pieces := range s.pieces {
		var trouble error
		if texts[i], trouble, err = d.expand(ctx, pieces); err != nil {
			return "", nil, false, err
		}
		if trouble != nil {
			d.bad(s, trouble)
			return "", nil, false, nil
		}
	}
	data, trouble := d.keep(func(to []byte) ([]byte, error) { return s.form.make(to, texts) })
	if trouble != nil {
		d.bad(s, trouble)
		return "", nil, false, nil
	}
	d.tellExpanded(s, texts)
	return texts[0], data, true, nil
}

// bad counts a setting that makes nothing.
func (d *decision) bad(s *setting, why error) {
	d.a.BadSettings++
	d.tellBad(s, why)
}

// always adds what is sent though no attribute says so.
func (d *decision) always(ctx context.Context) error {
	if d.c.Family == V6 {
		return d.always6(ctx)
	}
	if n := d.net; n != nil {
		if d.present&hasMask == 0 {
			data, err := d.keep(func(to []byte) ([]byte, error) { return encodeIPv4(to, n.mask) })
			if err == nil {
				d.putAlways(codeMask, "subnet-mask", "that of the network", data)
			}
		}
		if d.present&hasRouter == 0 && n.Gateway.Is4() {
			d.putAlways(codeRouter, "routers", "the gateway of the network", d.keepAddr(n.Gateway))
		}
		if d.present&hasBroadcast == 0 && n.broadcast.IsValid() {
			d.putAlways(codeBroadcast, "broadcast-address", "the last address of the network", d.keepAddr(n.broadcast))
		}
	}
	if name := d.hostname(); d.present&hasHostName == 0 && !d.a.BMC && isHostName(name) {
		d.put(codeHostName, d.keepText(name))
		d.tellHostName(name)
	}
	if d.present&(wantsPXELinux|hasPXELinux) == wantsPXELinux {
		d.putAlways(codePXELinux, "pxelinux-magic", "without which pxelinux does not heed its options", magic)
	}
	return nil
}

// isHostName reports whether a name is one that a machine can have.
func isHostName(name string) bool {
	return name != "" && len(name) <= maxDomain && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && r != '.' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// always6 adds the host's full name.
func (d *decision) always6(context.Context) error {
	if d.present&hasFQDN6 != 0 || d.a.BMC {
		return nil
	}
	name := d.host.fqdn
	if name == "" {
		name = d.hostname()
		if domain := d.domain(); domain != "" && !strings.Contains(name, ".") {
			name += "." + strings.TrimPrefix(domain, ".")
		}
	}
	if !strings.Contains(name, ".") || !isHostName(name) {
		return nil
	}
	if data, err := d.keep(func(to []byte) ([]byte, error) { return encodeFQDN6(to, name) }); err == nil {
		d.put(codeFQDN6, data)
		d.tellHostName(name)
	}
	return nil
}

// putAlways adds an option that comes from the manager or from itself.
func (d *decision) putAlways(code uint16, name, why string, data []byte) {
	d.put(code, data)
	d.tellAlways(name, why, data)
}
