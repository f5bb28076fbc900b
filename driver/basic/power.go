package basic

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/port"
)

// powerPorts begins the types of ports that feed a device.
const powerPorts = "pwr-"

// rebootPause is how long a device that has several outlets stays without power
// in a reboot: long enough for its power supplies to run dry.
const rebootPause = 5 * time.Second

// outlet is an outlet of a power strip that can be switched.
type outlet struct {
	port.End
	by clusto.PowerSwitch
}

// powerMethod declares a method that switches the outlets of a device. Classic
// asked people to type a word back; that is the business of commands, so the
// parameter captcha is accepted and ignored.
func powerMethod(name, doc string, action clusto.PowerAction) *clusto.Method {
	return clusto.M(name, "captcha=True", doc, func(ctx context.Context, o *clusto.Object, _ bool) error {
		outlets, err := outletsOf(ctx, o)
		if err != nil {
			return err
		}
		if tx, err := o.Inventory().Tx(); err == nil {
			if err := tx.ActOutside("switch the power of " + o.Name); err != nil {
				return err
			}
		}
		return switchOutlets(ctx, outlets, action)
	})
}

// outletsOf returns the outlets that feed o. It returns ErrNotFound if there is
// none, and ErrUnsupported if one of them cannot be switched: half of the feeds of a
// device are not worth switching.
func outletsOf(ctx context.Context, o *clusto.Object) ([]outlet, error) {
	if o.Driver().Is(driverPowerStrip) { // its power ports feed others
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrUnsupported, "%s is a power strip, which cannot be switched as a whole", o.Name),
			"switch the devices that it feeds")
	}
	connected, err := port.Connected(ctx, o, "")
	if err != nil {
		return nil, err
	}
	var outlets []outlet
	for _, s := range connected {
		if !strings.HasPrefix(s.Type, powerPorts) {
			continue
		}
		strip := s.Peer.Device.Driver()
		by, ok := clusto.AbilityOf[clusto.PowerSwitch](strip)
		if !ok {
			return nil, clusto.Errorf(clusto.ErrUnsupported, "%s is fed by %s, whose driver %s cannot switch outlets", o.Name, s.Peer, strip.Name)
		}
		if s.Peer.Port == 0 {
			return nil, clusto.Errorf(clusto.ErrNotFound, "%s is fed by %s, but the outlet is not known", s.End, s.Peer.Device.Name)
		}
		outlets = append(outlets, outlet{s.Peer, by})
	}
	if len(outlets) == 0 {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "%s is not connected to a power strip", o.Name),
			"connect it with clusto port connect, or connect_ports in a script")
	}
	return outlets, nil
}

// switchOutlets does action to outlets that feed one device. To reboot it they
// must all be off at one time.
func switchOutlets(ctx context.Context, outlets []outlet, action clusto.PowerAction) error {
	steps := []clusto.PowerAction{action}
	if action == clusto.PowerReboot && len(outlets) > 1 {
		steps = []clusto.PowerAction{clusto.PowerOff, clusto.PowerOn}
	}
	for i, step := range steps {
		if i > 0 {
			select {
			case <-ctx.Done():
				return fmt.Errorf("reboot: the power stays off: %w", ctx.Err())
			case <-time.After(rebootPause):
			}
		}
		for _, out := range outlets {
			if err := out.by.SwitchOutlet(ctx, out.Device, out.Port, step); err != nil {
				return fmt.Errorf("power %s at %s: %w", step, out.End, err)
			}
		}
	}
	return nil
}
