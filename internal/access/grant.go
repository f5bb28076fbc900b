package access

import (
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// Verb is what a grant permits to do.
type Verb string

// The verbs.
const (
	Read     Verb = "read"     // see entities and attributes; see Options.ReadByGrant
	Write    Verb = "write"    // change entities and attributes
	Secret   Verb = "secret"   // see the values of secret attributes
	Allocate Verb = "allocate" // take from resource managers and give back
	Act      Verb = "act"      // have real hardware, or a driver's method, do something
	Script   Verb = "script"   // run scripts on the server
	Admin    Verb = "admin"    // everything, accounts and maintenance too
)

// verbs are all verbs, in the order of messages.
var verbs = []string{string(Read), string(Write), string(Secret), string(Allocate), string(Act), string(Script), string(Admin)}

// Kind is the kind of thing that a grant is about.
type Kind string

// The kinds of things.
const (
	All      Kind = "*"        // all that the verb can be about, secrets excepted
	Attr     Kind = "attr"     // attributes other than those that follow
	Entity   Kind = "entity"   // the entity itself: its name, type, driver and life
	Contents Kind = "contents" // what is in it, and what it is put into
	Port     Kind = "port"     // its ports and their cables
	Power    Kind = "power"    // switching it on and off
	Console  Kind = "console"  // its console
	Call     Kind = "call"     // a method of its driver
	View     Kind = "view"     // the views that all share; it holds everywhere
)

// objects are the kinds that a verb can be about; a verb without kinds has no object.
var objects = map[Verb][]string{
	Read:   {string(All), string(Attr), string(Entity), string(Port)},
	Write:  {string(All), string(Attr), string(Entity), string(Contents), string(Port), string(View)},
	Secret: {string(Attr)},
	Act:    {string(All), string(Power), string(Console), string(Call)},
}

// What is the object of a grant.
type What struct {
	Kind Kind // "" for a verb without object
	// Name is a pattern, in which * stands for any text, for the key of an Attr
	// or the name of a method to Call.
	Name string
	// Subkey is a pattern for the subkey of an Attr; "" covers all attributes
	// with the key, those without subkey too.
	Subkey string
}

// String returns w as it stands in a grant.
func (w What) String() string {
	if w.Name == "" {
		return string(w.Kind)
	}
	s := string(w.Kind) + "/" + w.Name
	if w.Subkey != "" {
		s += "." + w.Subkey
	}
	return s
}

// Relation is how a grant says where it holds.
type Relation string

// The relations.
const (
	OfType   Relation = "of type"
	OfDriver Relation = "of driver"
	On       Relation = "on" // the entity with that name alone
	In       Relation = "in" // the entity with that name, and all that is in it at any depth
)

// Place is one condition on where a grant holds.
type Place struct {
	Relation Relation
	Type     string // the type that the container must have; "" means any
	Name     string
}

// String returns p as it stands in a grant.
func (p Place) String() string {
	s := string(p.Relation) + " "
	if p.Type != "" {
		s += quote(p.Type) + " "
	}
	return s + quote(p.Name)
}

// Grant is what a line permits.
type Grant struct {
	Verb  Verb
	What  What
	Where []Place // all must hold; none means everywhere
}

// String returns g in its canonical form, which Parse reads.
func (g Grant) String() string {
	parts := []string{string(g.Verb)}
	if g.What.Kind != "" {
		parts = append(parts, g.What.String())
	}
	for _, p := range g.Where {
		parts = append(parts, p.String())
	}
	return strings.Join(parts, " ")
}

// quote returns a name as a grant has it: in quotes if it would else be read as
// something else.
func quote(name string) string {
	if name != "" && !strings.ContainsFunc(name, isBlank) && !strings.HasPrefix(name, `"`) && !slices.Contains(relations, name) {
		return name
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// question is what somebody wants to do.
type question struct {
	verb   Verb
	kind   Kind
	name   string // the key of an attribute, or the name of a method
	subkey clusto.Subkey
}

// line returns the object of q as a grant has it.
func (q question) what() What { return What{q.kind, q.name, q.subkey.Or("")} }

// String returns q as the beginning of a grant that permits it.
func (q question) String() string { return Grant{Verb: q.verb, What: q.what()}.String() }

// seeing asks whether an entity may be seen to exist.
var seeing = question{verb: Read, kind: Entity}

// covers reports whether g permits q, wherever g holds. Who may change
// something may see it, and who may do anything with an entity sees that it is
// there.
func (g Grant) covers(q question) bool {
	switch {
	case g.Verb == Admin:
		return true
	case g.Verb == Script:
		return q.verb == Script
	case q == seeing:
		return true
	case g.Verb != q.verb && (g.Verb != Write || q.verb != Read):
		return false
	case g.What.Kind == "" || g.What.Kind == All:
		return true
	case g.What.Kind != q.kind:
		return false
	}
	return g.What.names(q)
}

// names reports whether w names what q, which is of its kind, is about.
func (w What) names(q question) bool {
	if w.Name == "" {
		return true
	}
	subkey, has := q.subkey.Get()
	return clusto.MatchGlob(w.Name, q.name) && (w.Subkey == "" || has && clusto.MatchGlob(w.Subkey, subkey))
}

// portPrefix begins the keys of ports (classic: portmixin.py).
const portPrefix = "port-"

// kindOf returns the kind of an attribute with a key.
func kindOf(key string) Kind {
	switch {
	case key == clusto.KeyContains:
		return Contents
	case strings.HasPrefix(key, portPrefix):
		return Port
	}
	return Attr
}

// asking returns the question whether somebody may do something with an
// attribute. Who sees an entity sees what it is in and what is in it.
func asking(v Verb, key string, subkey clusto.Subkey) question {
	q := question{verb: v, kind: kindOf(key)}
	switch {
	case q.kind == Contents && v == Read:
		return seeing
	case v == Secret: // also of a port
		q.kind = Attr
	}
	if q.kind == Attr {
		q.name, q.subkey = key, subkey
	}
	return q
}
