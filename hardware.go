package clusto

import "context"

// PowerAction is what to do to an outlet.
type PowerAction string

// The actions of a PowerSwitch.
const (
	PowerOn     PowerAction = "on"
	PowerOff    PowerAction = "off"
	PowerReboot PowerAction = "reboot" // off, a pause, on
)

// PowerSwitch is the ability of a power strip whose outlets can be switched
// from afar.
type PowerSwitch interface {
	// SwitchOutlet does action to an outlet, which counts from 1.
	SwitchOutlet(ctx context.Context, strip *Object, outlet int, action PowerAction) error
}

// ConsoleServer is the ability of a console server to lead to a serial port.
type ConsoleServer interface {
	// ConsoleCommand returns the command, as arguments, that opens the console
	// on a port, which counts from 1, for the given user.
	ConsoleCommand(ctx context.Context, server *Object, port int, user string) ([]string, error)
}
