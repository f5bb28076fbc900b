package dhcp

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Keys of the attributes that decide.
const (
	keyDHCP  = "dhcp"
	keyDHCP6 = "dhcp6" // options of DHCPv6
)

// setting is what the attributes of one entity say about one option.
type setting struct {
	*definition
	from    clusto.Entity
	written string   // the attribute's name
	texts   []string // the values as somebody wrote them, in order
	// pieces are texts taken apart, if one of them refers to the host; else data
	// is what they make.
	pieces [][]piece
	data   []byte
	err    error      // why they make nothing
	over   []*setting // what farther entities say, nearest first
}

// none reports whether s says that nothing is to be sent.
func (s *setting) none() bool { return len(s.texts) == 0 || len(s.texts) == 1 && s.texts[0] == "" }

// shown returns the values for people.
func (s *setting) shown() string {
	if s.none() {
		return "nothing"
	}
	return strings.Join(s.texts, ", ")
}

// settings are those of one entity, or of several, each slot once, by slot.
type settings []*setting

// find returns the setting of a slot, or nil.
func (all settings) find(of slot) *setting {
	i, found := slices.BinarySearchFunc(all, of, func(s *setting, of slot) int { return cmp.Compare(s.slot, of) })
	if !found {
		return nil
	}
	return all[i]
}

// written are attributes of one entity, as they come from a Reader.
type written struct {
	from  clusto.Entity
	attrs []clusto.Attr
}

// read makes settings of the attributes of one entity: those that make nothing
// come as settings that say why.
func (d *dictionary) read(w written) settings {
	slices.SortStableFunc(w.attrs, func(a, b clusto.Attr) int {
		return cmp.Or(cmp.Compare(a.Number.Or(-1), b.Number.Or(-1)), cmp.Compare(a.ID, b.ID))
	})
	var all settings
	for _, a := range w.attrs {
		subkey, ok := a.Subkey.Get()
		if !ok {
			continue
		}
		def, err := d.lookUp(subkey)
		if err != nil {
			def = &definition{slot: slotServer, name: subkey}
		}
		s := all.joins(def, err)
		if s == nil {
			s = &setting{definition: def, from: w.from, written: a.Key + "." + subkey, err: err}
			all = append(all, s)
		}
		s.add(a.Value)
	}
	for _, s := range all {
		s.compile()
	}
	slices.SortStableFunc(all, func(a, b *setting) int { return cmp.Compare(a.slot, b.slot) })
	return all
}

// joins returns the setting that another value of an option belongs to, or nil.
func (all settings) joins(def *definition, err error) *setting {
	if err != nil || def.slot == slotServer || def.slot == slotElsewhere {
		return nil
	}
	for _, s := range all {
		if s.slot == def.slot {
			return s
		}
	}
	return nil
}

// add adds a value.
func (s *setting) add(v clusto.Value) {
	switch v.Kind() {
	case clusto.KindJSON:
		texts, err := listTexts(v.Str())
		if err != nil && s.err == nil {
			s.err = err
		}
		s.texts = append(s.texts, texts...)
		return
	case clusto.KindRelation:
		if s.err == nil {
			s.err = clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "it refers to an entity, and a text is wanted"), "write the address or the name itself")
		}
	}
	if text := v.Text(); !slices.Contains(s.texts, text) { // the same twice is no list of two
		s.texts = append(s.texts, text)
	}
}

// listTexts returns the elements of a JSON list; lists in it become texts with blanks.
func listTexts(text string) ([]string, error) {
	var list []any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&list); err != nil {
		return []string{text}, clusto.Errorf(clusto.ErrInvalid, "%.40q is JSON but no list", text)
	}
	var texts []string
	for _, v := range list {
		inner, ok := v.([]any)
		if !ok {
			inner = []any{v}
		}
		var parts []string
		for _, p := range inner {
			switch p.(type) {
			case string, json.Number, bool:
				parts = append(parts, fmt.Sprint(p))
			default:
				return []string{text}, clusto.Errorf(clusto.ErrInvalid, "%.40q has something else in it than texts and numbers", text)
			}
		}
		texts = append(texts, strings.Join(parts, " "))
	}
	return texts, nil
}

// compile makes data of the texts, or takes apart those that refer to a host.
func (s *setting) compile() {
	if s.slot == slotServer && s.err == nil {
		s.err = clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "the server itself says that"), "delete the attribute %s of %s", s.written, s.from.Name)
	}
	if s.err != nil || s.slot == slotElsewhere || s.slot == slotEnabled || s.slot == slotUpdateIPMI || s.none() {
		return
	}
	dynamic := false
	for _, text := range s.texts {
		dynamic = dynamic || strings.Contains(text, "%")
	}
	if !dynamic {
		s.data, s.err = s.form.make(nil, s.texts)
		return
	}
	for _, text := range s.texts {
		pieces, err := parseTemplate(text)
		if err != nil {
			s.err = err
			return
		}
		s.pieces = append(s.pieces, pieces)
	}
}

// merge puts lists of settings together, of which the nearer come first: the
// nearest setting of a slot counts, and knows what it overrides.
func merge(nearest ...settings) settings {
	var all settings
	for _, list := range nearest {
		for _, s := range list {
			if s.slot == slotServer || s.slot == slotElsewhere { // no option, and not only one of it
				all = append(all, s)
				continue
			}
			i := slices.IndexFunc(all, func(near *setting) bool { return near.slot == s.slot })
			if i < 0 {
				own := *s // its entity may be among others for another host
				own.over = slices.Clone(s.over)
				all = append(all, &own)
				continue
			}
			all[i].over = append(append(all[i].over, s), s.over...)
		}
	}
	slices.SortStableFunc(all, func(a, b *setting) int { return cmp.Compare(a.slot, b.slot) })
	return all
}
