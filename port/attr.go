package port

import (
	"context"

	"github.com/clusto/clusto"
)

// Attr returns the value of e's attribute subkey, such as "mac" or "vlan", and
// whether there is one. It returns ErrInvalid if there are several.
func Attr(ctx context.Context, e End, subkey string) (clusto.Value, bool, error) {
	return e.Device.Value(ctx, e.match(subkey))
}

// AddAttr adds an attribute to e, whatever is there already.
func AddAttr(ctx context.Context, e End, subkey string, value clusto.Value) error {
	if err := e.mayWrite(subkey); err != nil {
		return err
	}
	a := e.attr(subkey)
	a.Value = value
	return e.Device.AddAttr(ctx, a)
}

// SetAttr gives e's attribute subkey a value. If it has that value already,
// nothing is written.
func SetAttr(ctx context.Context, e End, subkey string, value clusto.Value) error {
	if err := e.mayWrite(subkey); err != nil {
		return err
	}
	a := e.attr(subkey)
	a.Value = value
	return e.Device.SetAttr(ctx, a)
}

// DelAttr removes e's attributes with a subkey, if there are any.
func DelAttr(ctx context.Context, e End, subkey string) error {
	if err := e.mayWrite(subkey); err != nil {
		return err
	}
	_, err := e.Device.DelAttrs(ctx, e.match(subkey))
	return err
}

// mayWrite refuses ports that do not exist and subkeys that make up a cable:
// written alone they would leave half a connection.
func (e End) mayWrite(subkey string) error {
	if subkey == SubkeyConnection || subkey == clusto.SubkeyOtherPort {
		return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s: %s belongs to the cable and is not set alone", e, subkey),
			"use connect_ports and disconnect_port")
	}
	_, err := Of(e.Device, e.Type, e.Port)
	return err
}

func (e End) attr(subkey string) clusto.Attr {
	return clusto.Attr{Entity: e.Device.ID, Key: e.Key(), Number: clusto.Num(e.Port), Subkey: clusto.Sub(subkey)}
}

func (e End) match(subkey string) clusto.AttrMatch {
	return clusto.AttrMatch{Key: clusto.Is(e.Key()), Number: clusto.Is(int64(e.Port)), Subkey: clusto.Is(subkey)}
}
