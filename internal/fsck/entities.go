package fsck

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/clusto/clusto"
)

// meta looks for the entity about the database itself.
type meta struct {
	*world
	version []clusto.Value // what it says the schema's is
}

func newMeta(w *world) looker { return &meta{world: w} }

func (m *meta) see(a *clusto.StoredAttr) {
	if a.Key == keySchemaVersion && a.Subkey == clusto.Sub(clusto.SubkeyProperty) && m.entities[a.Entity].Name == clusto.MetaEntity {
		m.version = append(m.version, a.Value)
	}
}

func (m *meta) judge() {
	all := m.named[clusto.MetaEntity]
	switch {
	case len(all) == 0:
		m.report(Error, nil, fmt.Sprintf("the entity %s is missing, without which nothing can be allocated", clusto.MetaEntity),
			"makes it", &mending{makeMeta: true})
	case len(m.version) == 0:
		m.report(Warning, all[:1], fmt.Sprintf("%s does not say which version the schema has", clusto.MetaEntity),
			fmt.Sprintf("sets its property %s to %d", keySchemaVersion, schemaVersion),
			&mending{add: []clusto.Attr{schemaVersionOf(all[0])}})
	case len(m.version) > 1 || !m.version[0].Equal(clusto.Int(schemaVersion)):
		m.report(Warning, all[:1], fmt.Sprintf("the property %s of %s is %s and not %d", keySchemaVersion, clusto.MetaEntity, m.version[0].Text(), schemaVersion),
			"see which version of classic clusto has written the database, and set it", nil)
	}
}

// doubled looks for names that several live entities have, as two processes of
// classic clusto could make them.
type doubled struct {
	blind
	*world
}

func newDoubled(w *world) looker { return doubled{world: w} }

func (d doubled) judge() {
	for name, all := range sorted(d.named) {
		for _, id := range all[1:] {
			other := d.newName(name)
			d.report(Error, ids{all[0], id}, fmt.Sprintf("%s has the name of %s", d.name(id), d.name(all[0])),
				fmt.Sprintf("renames the newer one to %s", other), &mending{rename: naming{id, other}})
		}
	}
}

// newName returns a name for an entity whose name another has, and notes that
// it is taken.
func (d doubled) newName(name string) string {
	for n := 1; ; n++ {
		ending := fmt.Sprintf("-duplicate-%d", n)
		candidate := permitted(name, clusto.MaxNameLen-len(ending)) + ending
		if _, taken := d.named[candidate]; !taken {
			d.named[candidate] = nil
			return candidate
		}
	}
}

// permitted returns name with what new names may not have replaced, cut to
// limit characters.
func permitted(name string, limit int) string {
	text := []rune(strings.Map(func(c rune) rune {
		if c == '/' || unicode.IsControl(c) {
			return '-'
		}
		return c
	}, strings.TrimSpace(strings.ToValidUTF8(name, "-"))))
	if len(text) > limit {
		text = text[:limit]
	}
	return cmp.Or(string(text), "unnamed")
}

// names looks for names and keys that are older than the rules about them.
type names struct {
	*world
	bad map[string]*badKey // by what is bad
	ok  map[string]bool    // keys and subkeys that were looked at
}

// badKey is a key or subkey that new attributes may not have.
type badKey struct {
	problem string
	count   int
	first   clusto.EntityID
}

func newNames(w *world) looker {
	return &names{world: w, bad: map[string]*badKey{}, ok: map[string]bool{}}
}

func (n *names) see(a *clusto.StoredAttr) {
	if a.Misfit != "" {
		return // another check's, which writes them anew
	}
	subkey := a.Subkey.Or("")
	known := n.ok[a.Key] && n.ok[subkey]
	if k := a.Value.Kind(); known && (k == clusto.KindInt || k == clusto.KindRelation) {
		return
	}
	looked := clusto.Attr{Key: a.Key, Subkey: a.Subkey, Value: a.Value}
	if known {
		looked.Key, looked.Subkey = "k", clusto.Subkey{} // the value is left to look at
	}
	err := looked.Validate()
	if err == nil {
		n.ok[a.Key], n.ok[n.word(subkey)] = true, true
		return
	}
	b := n.bad[err.Error()]
	if b == nil {
		if len(n.bad) >= MaxFindings {
			return
		}
		b = &badKey{problem: err.Error(), first: a.Entity}
		n.bad[b.problem] = b
	}
	b.count++
}

const nothingToDo = "nothing has to be done: it is read and exported as it is"

func (n *names) judge() {
	for _, id := range n.order {
		if err := clusto.ValidateName(n.entities[id].Name); err != nil {
			n.report(Info, ids{id}, "a new entity could not be called so: "+err.Error(), nothingToDo+"; rename it when nobody relies on the name", nil)
		}
	}
	for problem, b := range sorted(n.bad) {
		n.report(Info, ids{b.first}, fmt.Sprintf("%s, the first of %s, could not be written today: %s", plural(b.count, "attribute"), n.name(b.first), problem), nothingToDo, nil)
	}
}

// drivers looks for entities that the program knows little about.
type drivers struct {
	blind
	*world
}

func newDrivers(w *world) looker { return drivers{world: w} }

func (d drivers) judge() {
	unknown := map[string]ids{}
	other := map[[3]string]ids{} // driver, type there, type of the driver
	for _, id := range d.order {
		e := d.entities[id]
		switch driver := d.driver(id); {
		case driver == nil:
			unknown[e.Driver] = append(unknown[e.Driver], id)
		case driver.EntityType() != e.Type:
			k := [3]string{e.Driver, e.Type, driver.EntityType()}
			other[k] = append(other[k], id)
		}
	}
	for driver, all := range sorted(unknown) {
		d.report(Info, all[:min(len(all), some)], fmt.Sprintf("%s with the driver %s, which is not known: %s", plural(len(all), "entity"), driver, list(d.names(all...))),
			"put the driver into the library directory; without it they have attributes and contents, and no abilities", nil)
	}
	for _, k := range slices.SortedFunc(maps.Keys(other), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		all := other[k]
		d.report(Info, all[:min(len(all), some)], fmt.Sprintf("%s with the driver %s and the type %s, where the driver has the type %s: %s",
			plural(len(all), "entity"), k[0], k[1], k[2], list(d.names(all...))),
			"give them the driver again if they should be found by its type", nil)
	}
}
