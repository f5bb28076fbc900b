package operation

import (
	"github.com/clusto/clusto/api"
	"github.com/clusto/clusto/internal/elevation"
)

// ShowRack returns an elevation as the API shows it, without its version.
func ShowRack(e *elevation.Standing) api.Rack {
	return api.Rack{
		Name: e.Name, Driver: e.Driver, In: e.In, Layout: e.Layout, Lowest: e.Low, Highest: e.High, Free: e.Free,
		Devices: ShowDevices(e.Rack),
	}
}

// ShowDevices returns what stands in a rack as the API shows it.
func ShowDevices(e *elevation.Rack) []api.RackDevice {
	shown := make([]api.RackDevice, len(e.Devices))
	for i, d := range e.Devices {
		shown[i] = api.RackDevice{
			Name: d.Name, Type: d.Type, Driver: d.Driver, Units: d.Units, Side: api.RackSide(d.Side), Width: api.RackWidth(d.Width),
		}
	}
	return shown
}
