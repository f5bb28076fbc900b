package client

import (
	"context"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/client/internal/rest"
)

// PowerAction is what is done to the power of a device: api.On, api.Off or api.Reboot.
type PowerAction = api.SwitchPowerJSONBodyAction

// Power returns by which outlets a device is supplied, at a version or a time; ""
// is now.
func (c *Client) Power(ctx context.Context, name, at string) (*api.Power, error) {
	return fetch[api.Power](ctx, c, api.GetPowerParams{At: at}, name)(rest.NewGetPowerRequest(c.base, name, nil))
}

// SwitchPower switches the power of a device. It is sent once: an outlet that is
// switched twice is another thing than once. It returns ErrInvalid for a dry run:
// there is nothing to tell but [Client.Power].
func (c *Client) SwitchPower(ctx context.Context, name string, action PowerAction, ch Change) (*api.Power, error) {
	if err := ch.unconditional(); err != nil {
		return nil, err
	}
	if ch.DryRun {
		return nil, clusto.Errorf(clusto.ErrInvalid, "power is switched or not: there is no dry run")
	}
	return fetch[api.Power](ctx, c.single(), api.SwitchPowerParams{IdempotencyKey: ch.Key}, name)(
		rest.NewSwitchPowerRequest(c.base, name, nil, api.SwitchPowerJSONRequestBody{Action: action, Description: ch.Description}))
}

// Console returns how to reach the serial console of a device as user, who may be
// "".
func (c *Client) Console(ctx context.Context, name, user string) (*api.Console, error) {
	return fetch[api.Console](ctx, c, api.GetConsoleParams{User: user}, name)(rest.NewGetConsoleRequest(c.base, name, nil))
}
