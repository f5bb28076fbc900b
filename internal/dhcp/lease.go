package dhcp

import (
	"context"
	"encoding/binary"
	"time"
)

// The times that are told if no attribute says others (classic:
// services/dhcp.py, handle_discover).
const (
	DefaultLease = 3600 * time.Second
	DefaultRenew = 1600 * time.Second
)

// times sets for how long the address is told.
func (d *decision) times(ctx context.Context) error {
	lease, err := d.seconds(ctx, slotLease)
	if err != nil {
		return err
	}
	renew, err := d.seconds(ctx, slotRenew)
	if err != nil {
		return err
	}
	rebind, err := d.seconds(ctx, slotRebind)
	if err != nil {
		return err
	}
	a := d.a
	a.Lease, a.Renew, a.Rebind = DefaultLease, DefaultRenew, time.Duration(rebind)*time.Second
	if lease != 0 {
		a.Lease = time.Duration(lease) * time.Second
		a.Renew = a.Lease / 2 // RFC 2131 section 4.4.5
	}
	if renew != 0 {
		a.Renew = time.Duration(renew) * time.Second
	}
	if lease == infinite {
		a.Renew, a.Rebind = a.Lease, a.Lease
		d.tellTimes()
		return nil
	}
	if a.Rebind == 0 {
		a.Rebind = max(a.Lease*7/8, a.Renew).Truncate(time.Second) // the same section
	}
	if a.Renew > a.Rebind || a.Rebind > a.Lease {
		d.a.BadSettings++
		d.tellBadTimes()
		a.Renew, a.Rebind = (a.Lease / 2).Truncate(time.Second), (a.Lease * 7 / 8).Truncate(time.Second)
	}
	d.tellTimes()
	return nil
}

// seconds returns the time that a setting of the slot says, if there is one.
func (d *decision) seconds(ctx context.Context, of slot) (uint32, error) {
	p := d.around.prepare(d.familyIndex(), d.net)
	s := d.first(of, d.host.settings[d.familyIndex()], p.settings)
	if s == nil && d.c.Family == V6 {
		s = d.first(of, d.host.settings[0], p.shared)
	}
	if s == nil || s.none() {
		return 0, nil
	}
	_, data, ok, err := d.value(ctx, s)
	if err != nil || !ok {
		return 0, err
	}
	d.tellSetting(s)
	return binary.BigEndian.Uint32(data), nil
}
