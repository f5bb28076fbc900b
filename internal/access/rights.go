package access

import (
	"fmt"
	"slices"

	"github.com/clusto/clusto"
)

// rights are what a subject may do.
type rights struct {
	grants []held
	// narrow, if not nil, are the grants to which a token limits the others:
	// both must permit what is asked.
	narrow []held
	token  string // the name of that token
	// careful has nothing taken for permitted before the thing was looked at.
	// Tests check with it that looking changes no answer.
	careful bool
}

// held is a grant that a subject has.
type held struct {
	Grant
	id    int64  // of the grant
	group string // through which the subject has it; "" if it is its own
}

// newRights reads the lines of grants.
func newRights(lines, narrow []string) (*rights, error) {
	r := &rights{}
	for _, line := range lines {
		g, err := Parse(line)
		if err != nil {
			return nil, err
		}
		r.grants = append(r.grants, held{Grant: g})
	}
	if narrow == nil {
		return r, nil
	}
	r.narrow = []held{}
	for _, line := range narrow {
		g, err := Parse(line)
		if err != nil {
			return nil, err
		}
		r.narrow = append(r.narrow, held{Grant: g})
	}
	return r, nil
}

// sets returns the sets of grants that must each permit a question.
func (r *rights) sets() [][]held {
	if r.narrow == nil {
		return [][]held{r.grants}
	}
	return [][]held{r.grants, r.narrow}
}

// verdict is an answer that may depend on where a thing is.
type verdict uint8

const (
	never    verdict = iota // whatever it is about
	depends                 // on the entity
	whatever                // it is about
)

// rule is what rights say about a question.
type rule struct {
	verdict verdict
	sets    [][]held // the grants that cover the question, of each set that does not always permit it
}

// open is the grant by which everybody may read.
var open = held{Grant: Grant{Verb: Read, What: What{Kind: All}}}

// rule returns what r says about q. freely says that everybody may read who has
// signed in.
func (r *rights) rule(q question, freely bool) rule {
	all := rule{verdict: whatever}
	for i, set := range r.sets() {
		if i == 0 && freely && open.covers(q) {
			continue
		}
		covering := covering(set, q)
		switch {
		case len(covering) == 0:
			return rule{verdict: never}
		case !slices.ContainsFunc(covering, func(h held) bool { return len(h.Where) == 0 }):
			all.verdict = depends
			all.sets = append(all.sets, covering)
		}
	}
	if r.careful && q.verb != Admin {
		all.verdict = depends
	}
	return all
}

// covering returns those of the grants that cover q.
func covering(set []held, q question) []held {
	var covering []held
	for _, h := range set {
		if h.covers(q) {
			covering = append(covering, h)
		}
	}
	return covering
}

// mustHave returns ErrDenied unless r has a verb without object.
func (r *rights) mustHave(who string, v Verb) error {
	q := question{verb: v}
	if r.rule(q, false).verdict == whatever {
		return nil
	}
	return clusto.WithHint(clusto.Errorf(clusto.ErrDenied, "%s", r.refusal(who, q, "")), "that needs the grant %q", v)
}

// refusal says that who may not do what q asks to something.
func (r *rights) refusal(who string, q question, name string) string {
	s := fmt.Sprintf("%s may not %s", who, q.deed(name))
	if r.narrow != nil && r.only(r.grants).rule(q, false).verdict != never {
		s += fmt.Sprintf(" with the token %q, which is narrowed", r.token)
	}
	return s
}

// only returns the rights of one set of grants.
func (rights) only(set []held) *rights { return &rights{grants: set} }

// deed says what q asks to do to something, which may be "".
func (q question) deed(name string) string {
	of := func(what string) string {
		if name == "" {
			return what
		}
		return what + " of " + name
	}
	switch {
	case q.verb == Admin:
		return "administer clusto"
	case q.verb == Script:
		return "run scripts on the server"
	case q.verb == Allocate && name == "":
		return "allocate"
	case q.verb == Allocate:
		return "allocate from " + name
	case q.verb == Secret:
		return of("read the secret attribute " + q.attr())
	case q.verb == Act && q.kind == Call:
		return of("call the method " + q.name)
	case q.verb == Act && q.kind == All:
		return of("do everything with the hardware")
	case q.verb == Act:
		return of("use the " + string(q.kind))
	case q.kind == Entity && q.verb == Write:
		if name == "" {
			return "create, rename or delete entities"
		}
		return "create, rename, change or delete " + name
	case q == seeing && name != "":
		return "see " + name
	case q.kind == All:
		return of(string(q.verb) + " all")
	case q.kind == Attr:
		return of(string(q.verb) + " the attribute " + q.attr())
	case q.kind == Port:
		return of(string(q.verb) + " the ports")
	case q.kind == Contents:
		return of(string(q.verb) + " the contents")
	}
	return of(string(q.verb))
}

// attr returns the attribute that q is about as people write it.
func (q question) attr() string { return clusto.Attr{Key: q.name, Subkey: q.subkey}.Name() }
