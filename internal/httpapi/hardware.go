package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/access"
	"github.com/clusto/clusto/port"
)

// powerPorts begins the types of ports that feed a device.
const powerPorts = "pwr-"

// GetPower answers getPower.
func (s *Server) GetPower(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetPowerParams) {
	var answer api.Power
	ctx := r.Context()
	err := s.viewDriven(ctx, params.At, func(inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, name)
		if err != nil {
			return err
		}
		answer, err = powerOf(ctx, o)
		return err
	})
	s.reply(w, r, answer, err)
}

// powerOf returns the outlets that feed o.
func powerOf(ctx context.Context, o *clusto.Object) (api.Power, error) {
	power := api.Power{Entity: o.Name, Outlets: []api.Outlet{}}
	connected, err := port.Connected(ctx, o, "")
	if err != nil {
		return power, err
	}
	for _, c := range connected {
		if !strings.HasPrefix(c.Type, powerPorts) {
			continue
		}
		strip := c.Peer.Device.Driver()
		_, switchable := clusto.AbilityOf[clusto.PowerSwitch](strip)
		power.Outlets = append(power.Outlets, api.Outlet{
			Port: c.Port, Strip: c.Peer.Device.Name, Outlet: c.Peer.Port, Switchable: switchable && c.Peer.Port != 0,
			Name: port.Outlet(strip, c.OtherPort.Text()),
		})
	}
	return power, nil
}

// powerMethods are the methods of devices that switch their power.
var powerMethods = map[string]string{"on": "power_on", "off": "power_off", "reboot": "power_reboot"}

// SwitchPower answers switchPower.
func (s *Server) SwitchPower(w http.ResponseWriter, r *http.Request, name api.Name, params api.SwitchPowerParams) {
	var body api.SwitchPowerJSONRequestBody
	err := readBody(r, &body, false)
	if err == nil {
		err = s.options.Refresh()
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	method, known := powerMethods[string(body.Action)]
	if !known {
		s.fail(w, r, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the power cannot be switched %.40q", string(body.Action)), "use on, off or reboot"))
		return
	}
	var answer api.Power
	ctx := r.Context()
	change := s.options.Change(ctx)
	change.Description = body.Description
	err = s.once(ctx, r, params.IdempotencyKey, body, &answer, func(store clusto.Store) error {
		// The receipt has transactions of its own: one that has acted outside would
		// fail if somebody else had committed meanwhile, and be told to have failed.
		_, err := store.Update(ctx, change, func(clusto.Tx) error { return errNotYet })
		if !errors.Is(err, errNotYet) {
			return err
		}
		_, err = s.options.Store(ctx).Update(ctx, change, func(tx clusto.Tx) (err error) {
			answer, err = s.switchPower(ctx, tx, name, method)
			return err
		})
		if err != nil {
			return err
		}
		if _, err := store.Update(ctx, change, func(clusto.Tx) error { return nil }); err != nil {
			s.options.Log.WarnContext(ctx, "a repetition of this request would switch again", "entity", name, "err", err)
		}
		return nil
	})
	if err == nil {
		s.options.Log.InfoContext(ctx, "power switched", "entity", name, "action", string(body.Action), "user", change.User)
	}
	s.reply(w, r, answer, err)
}

// errNotYet ends the look whether a request was fulfilled before, if it was not.
var errNotYet = errors.New("not yet")

// switchPower calls a method that switches the power of what is called name, and
// returns what feeds that.
func (s *Server) switchPower(ctx context.Context, tx clusto.Tx, name, method string) (api.Power, error) {
	o, err := clusto.NewInventory(tx, s.options.Drivers).Object(ctx, name)
	if err != nil {
		return api.Power{}, err
	}
	power, err := powerOf(ctx, o)
	if err != nil {
		return power, err
	}
	if o, err = s.acting(ctx, tx, "power", o); err == nil {
		_, err = o.Call(ctx, method)
	}
	return power, err
}

// acting returns o as its driver needs it to do something with the hardware: it
// reads secrets that the user may not see.
func (s *Server) acting(ctx context.Context, tx clusto.Tx, action string, o *clusto.Object) (*clusto.Object, error) {
	reader, err := access.Acting(ctx, tx, action, o.Entity)
	if err != nil {
		return nil, err
	}
	return clusto.NewInventory(reader, s.options.Drivers).Object(ctx, o.Name)
}

// GetConsole answers getConsole.
func (s *Server) GetConsole(w http.ResponseWriter, r *http.Request, name api.Name, params api.GetConsoleParams) {
	user := params.User
	if user == "" {
		user = "root" // classic: drivers/base/device.py, console
	}
	var answer api.Console
	ctx := r.Context()
	err := s.viewDriven(ctx, "", func(inv *clusto.Inventory) error {
		o, err := inv.Object(ctx, name)
		if err != nil {
			return err
		}
		answer.Entity = o.Name
		if err := access.MayAct(ctx, inv.Reader, "console", o.Entity); err != nil {
			return err
		}
		if answer.Command, err = consoleCommand(ctx, o, user); err != nil {
			return err
		}
		connected, err := port.Connected(ctx, o, port.Console)
		if err != nil {
			return err
		}
		for _, c := range connected {
			if answer.Server == "" {
				answer.Server, answer.Port = c.Peer.Device.Name, c.Peer.Port
			}
		}
		return nil
	})
	s.reply(w, r, answer, err)
}

// consoleCommand returns what opens the console of o, as its driver says.
func consoleCommand(ctx context.Context, o *clusto.Object, user string) ([]string, error) {
	answer, err := o.Call(ctx, "console", user)
	if err != nil {
		return nil, err
	}
	switch answer := answer.(type) {
	case []string:
		return answer, nil
	case []any:
		var command []string
		for _, word := range answer {
			text, ok := word.(string)
			if !ok {
				break
			}
			command = append(command, text)
		}
		if len(command) == len(answer) {
			return command, nil
		}
	}
	return nil, clusto.Errorf(clusto.ErrUnsupported, "the method console of %s returns no command", o.Name)
}
