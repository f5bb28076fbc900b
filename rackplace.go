package clusto

import "strings"

// Side is a side of a rack, seen from the front: of a device that takes half the
// width of its units, or that hangs beside them. "" is neither.
type Side string

// The sides.
const (
	SideLeft  Side = "left"
	SideRight Side = "right"
)

// ParseSide reads a side, or returns ErrInvalid. "" is none.
func ParseSide(text string) (Side, error) {
	switch side := Side(strings.ToLower(text)); side {
	case "", SideLeft, SideRight:
		return side, nil
	}
	return "", WithHint(Errorf(ErrInvalid, "a rack has no side %.40q", text), "it is left or right, seen from the front")
}

// Other returns the side opposite to s.
func (s Side) Other() Side {
	switch s {
	case SideLeft:
		return SideRight
	case SideRight:
		return SideLeft
	}
	return ""
}

// Width is how much of the width of a rack a device takes.
type Width string

// The widths.
const (
	FullWidth Width = "full"
	HalfWidth Width = "half"
)

// NoUnits as [Driver.RackUnits] says that a device hangs at the side of a rack and
// takes no unit; scripts write 0.
const NoUnits = -1

// Subkeys of the relations by which a rack contains devices. The number of the first
// two is a unit, which counts from 1 at the bottom. Classic clusto knows SubkeyUnit
// (classic: basicrack.py) and expects one device of it in a unit, so that the device in the
// right half has another; it takes both for ordinary members of the rack.
const (
	SubkeyUnit      = "ru"         // the full width, or of a device of half the width the left
	SubkeyUnitRight = "ru-right"   // the right half
	SubkeySideLeft  = "side-left"  // beside the units
	SubkeySideRight = "side-right" // beside the units
)

// AnyUnit selects the subkeys that stand for units.
func AnyUnit() Cond[string] { return Like(SubkeyUnit + "*") }

// InUnit reports whether the number of a relation with this subkey is a unit of a rack.
func InUnit(subkey Subkey) bool {
	return subkey == Sub(SubkeyUnit) || subkey == Sub(SubkeyUnitRight)
}

// SideOf returns the side that a relation with this subkey tells. That of a device
// in the left half is "", since its row is like one of the full width: the
// driver says which it is, see [Driver.SideIn].
func SideOf(subkey Subkey) Side {
	switch subkey {
	case Sub(SubkeyUnitRight), Sub(SubkeySideRight):
		return SideRight
	case Sub(SubkeySideLeft):
		return SideLeft
	}
	return ""
}

// UnitSubkey returns the subkey of a device in units at a side; "" is the full width.
func UnitSubkey(side Side) Subkey {
	if side == SideRight {
		return Sub(SubkeyUnitRight)
	}
	return Sub(SubkeyUnit)
}

// SideIn returns the side of a device of d in a rack by the subkey of its row; "" if
// it takes the full width.
func (d *Driver) SideIn(subkey Subkey) Side {
	side := SideOf(subkey)
	if side == "" && subkey == Sub(SubkeyUnit) && d.HalfWide() {
		return SideLeft
	}
	return side
}

// HalfWide reports whether d's entities take half the width of a rack.
func (d *Driver) HalfWide() bool {
	for x := range d.Chain {
		if x.Width != "" {
			return x.Width == HalfWidth
		}
	}
	return false
}

// Beside reports whether d's entities hang at the side of a rack and take no unit.
func (d *Driver) Beside() bool {
	for x := range d.Chain {
		if x.RackUnits != 0 {
			return x.RackUnits == NoUnits
		}
	}
	return false
}
