package snapshot

import (
	"maps"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// number is the number of a name or kind in its table.
type number = uint32

// name is a key and a subkey, as attributes have them.
type name struct {
	key    string
	subkey clusto.Subkey
}

// entry is a name in its table.
type entry struct {
	name
	hidden   bool // the key begins with "_"
	contains bool // the key is that of containment
}

// names numbers the names that attributes have. There are few of them, so one
// more makes a new table.
type names struct {
	all     []entry
	numbers map[name]number
	byKey   map[string][]number
	grown   map[string]bool // keys of which the list in byKey is not shared with the table before
}

func newNames() *names {
	return &names{numbers: map[name]number{}, byKey: map[string][]number{}, grown: map[string]bool{}}
}

func (n *names) clone() *names {
	return &names{slices.Clip(n.all), maps.Clone(n.numbers), maps.Clone(n.byKey), map[string]bool{}}
}

// add gives a name that has none a number.
func (n *names) add(of name) number {
	of.key = strings.Clone(of.key) // texts of a load are pieces of larger ones
	if subkey, ok := of.subkey.Get(); ok {
		of.subkey = clusto.Sub(strings.Clone(subkey))
	}
	no := number(len(n.all))
	n.all = append(n.all, entry{
		name:     of,
		hidden:   (clusto.Attr{Key: of.key}).Hidden(),
		contains: of.key == clusto.KeyContains,
	})
	n.numbers[of] = no
	if !n.grown[of.key] {
		n.grown[of.key] = true
		n.byKey[of.key] = slices.Clip(n.byKey[of.key])
	}
	n.byKey[of.key] = append(n.byKey[of.key], no)
	return no
}

// kind is a type and a driver, as entities have them.
type kind struct{ typ, driver string }

// kinds numbers the kinds of entities.
type kinds struct {
	all     []kind
	numbers map[kind]number
}

func newKinds() *kinds { return &kinds{numbers: map[kind]number{}} }

func (k *kinds) clone() *kinds { return &kinds{slices.Clip(k.all), maps.Clone(k.numbers)} }

// add gives a kind that has none a number.
func (k *kinds) add(of kind) number {
	of = kind{strings.Clone(of.typ), strings.Clone(of.driver)}
	no := number(len(k.all))
	k.all = append(k.all, of)
	k.numbers[of] = no
	return no
}
