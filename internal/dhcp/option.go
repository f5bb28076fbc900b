package dhcp

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// definition is an option, or something else that an attribute dhcp.* can say.
type definition struct {
	slot slot
	code uint16 // with which it is sent; 0 if it is not
	form *form
	name string   // for people
	also []string // other names that people use for it
}

// slot tells definitions of one protocol apart. Those of plain options are
// their codes, of everything else one of these.
type slot uint32

// What attributes say besides options.
const (
	slotEnabled slot = 1<<16 + iota
	slotUpdateIPMI
	slotBMCVendor
	slotLease
	slotRenew
	slotRebind
	slotNextServer
	slotServerName
	slotElsewhere // of managers, switches or hosts, and read where it is looked for
	slotServer    // what the server alone says
	slotBoot      // and those after it: see package-level table of boot files
)

// dictionary has the names of one protocol's options.
type dictionary struct {
	family Family
	byName map[string]*definition
	byCode map[uint16]*definition
}

// newDictionary makes the dictionary of definitions.
func newDictionary(family Family, tables ...[]definition) *dictionary {
	d := &dictionary{family, map[string]*definition{}, map[uint16]*definition{}}
	for _, table := range tables {
		for i := range table {
			def := &table[i]
			for _, name := range append([]string{def.name}, def.also...) {
				if known := d.byName[plain(name)]; known != nil && known != def {
					panic(fmt.Sprintf("dhcp: %s and %s both have the name %s", known.name, def.name, name))
				}
				d.byName[plain(name)] = def
			}
			if def.code != 0 && d.byCode[def.code] == nil {
				d.byCode[def.code] = def
			}
		}
	}
	return d
}

// plain returns a name as dictionaries have it: in small letters and with
// underscores for hyphens.
func plain(name string) string {
	for i := range len(name) {
		if c := name[i]; c == '-' || 'A' <= c && c <= 'Z' {
			return strings.ToLower(strings.ReplaceAll(name, "-", "_"))
		}
	}
	return name
}

// numbered is what names of options by number begin with.
const numbered = "option_"

// lookUp returns what a subkey of an attribute dhcp.* means, or an error that
// says why it means nothing.
func (d *dictionary) lookUp(subkey string) (*definition, error) {
	if def, ok := d.byName[subkey]; ok {
		return def, nil
	}
	name := plain(subkey)
	if def, ok := d.byName[name]; ok {
		return def, nil
	}
	if number, ok := strings.CutPrefix(name, numbered); ok {
		return d.byNumber(number)
	}
	err := clusto.Errorf(clusto.ErrInvalid, "there is no option %q", subkey)
	if near := nearest.Names(name, slices.Collect(maps.Keys(d.byName))); near != nil {
		return nil, clusto.WithHint(err, "%s", nearest.Question(near...))
	}
	return nil, clusto.WithHint(err, "an option without a name is written by its number: %soption-224", d.prefix())
}

// prefix is how names of attributes begin.
func (d *dictionary) prefix() string {
	if d.family == V6 {
		return keyDHCP6 + "."
	}
	return keyDHCP + "."
}

// byNumber returns the option that a number and perhaps a form name: 224_ip.
func (d *dictionary) byNumber(text string) (*definition, error) {
	digits, formName, formed := strings.Cut(text, "_")
	highest := uint64(254)
	if d.family == V6 {
		highest = 1<<16 - 1
	}
	code, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || code == 0 || code > highest {
		return nil, clusto.Errorf(clusto.ErrInvalid, "%q is not the number of an option, which is from 1 to %d", digits, highest)
	}
	known := d.byCode[uint16(code)]
	if known != nil && (!formed || known.slot >= slotEnabled) {
		return known, nil
	}
	def := &definition{slot: slot(code), code: uint16(code), form: formAny, name: "option-" + digits}
	if known != nil {
		def.name = known.name
	}
	if !formed {
		return def, nil
	}
	for _, f := range forms {
		if plain(f.name) == formName {
			def.form = f
			return def, nil
		}
	}
	return nil, clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%q is not the form of an option", formName),
		"forms are %s", formNames())
}

func formNames() string {
	var names []string
	for _, f := range forms {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

// formAny is that of an option of which nothing is known but its number.
var formAny = &form{want: "a text, or octets after hex:; other forms are told by the name, such as option-224-ip", encode: each(encodeAny)}

func encodeAny(to []byte, text string) ([]byte, error) {
	if _, err := strconv.ParseInt(text, 10, 64); err == nil {
		return to, clusto.Errorf(clusto.ErrInvalid, "how many octets has the number %s?", text)
	}
	if strings.HasPrefix(text, "0x") {
		return encodeHex(to, text)
	}
	return encodeText(to, text)
}
