package access

import (
	"strings"

	"github.com/clusto/clusto"
)

// SecretMark stands in place of the value of a secret attribute for those who
// may not read it.
const SecretMark = "[secret]"

// HiddenMark stands in place of a relation to an entity that may not be seen.
const HiddenMark = "[hidden]"

// DefaultSecrets are the patterns of secret attributes unless Options say
// otherwise.
func DefaultSecrets() []string {
	return []string{
		"*password*", "*passwd*", "*passphrase*", "*secret*", "*community*", "*credential*",
		"*private-key*", "*private_key*", "*privatekey*", "*api-key*", "*api_key*", "*apikey*",
	}
}

// Options are rules for all subjects. The zero Options work.
type Options struct {
	// ReadByGrant has people see only what a grant lets them; else everybody who
	// has signed in sees everything but secrets.
	ReadByGrant bool
	// Secrets are patterns of secret attributes: "key.subkey", or one that is
	// met by a key or a subkey. In both * stands for any text; case does not
	// count. Nil means DefaultSecrets, empty means none.
	Secrets []string
	// Allocated are the keys under which resource managers hand out; nil means
	// DefaultAllocated.
	Allocated []string
}

// DefaultAllocated are the keys under which the resource managers that come
// with clusto hand out.
func DefaultAllocated() []string { return []string{"ip", "simplename", "simplenum", "resource"} }

// Policy is what Options say, ready for use.
type Policy struct {
	readByGrant bool
	secrets     []secretPattern
	allocated   map[string]bool
}

// NewPolicy returns ErrInvalid if a pattern can be met by no attribute.
func NewPolicy(o Options) (*Policy, error) {
	if o.Secrets == nil {
		o.Secrets = DefaultSecrets()
	}
	if o.Allocated == nil {
		o.Allocated = DefaultAllocated()
	}
	p := &Policy{readByGrant: o.ReadByGrant, allocated: map[string]bool{}}
	for _, text := range o.Secrets {
		key, subkey, dotted := strings.Cut(strings.ToLower(text), ".")
		if !pattern.MatchString(key) || dotted && !pattern.MatchString(subkey) {
			return nil, clusto.WithHint(
				clusto.Errorf(clusto.ErrInvalid, "%q is no pattern for secret attributes", text),
				"a pattern is a key, or a key and a subkey with a dot between them, in which * stands for any text, such as *password* or snmp.community")
		}
		if dotted {
			p.secrets = append(p.secrets, secretPattern{key: key, subkey: subkey})
			continue
		}
		p.secrets = append(p.secrets, secretPattern{key: key}, secretPattern{key: "*", subkey: key})
	}
	for _, key := range o.Allocated {
		p.allocated[key] = true
	}
	return p, nil
}

// secretPattern is met by attributes whose key and, unless it is "", subkey
// match. It is in lower case.
type secretPattern struct{ key, subkey string }

func (p secretPattern) meets(key string, subkey clusto.Subkey) bool {
	s, has := subkey.Get()
	return clusto.MatchGlob(p.key, strings.ToLower(key)) &&
		(p.subkey == "" || has && clusto.MatchGlob(p.subkey, strings.ToLower(s)))
}

// Secret reports whether attributes with a key and a subkey are secret.
func (p *Policy) Secret(key string, subkey clusto.Subkey) bool {
	if key == clusto.KeyContains {
		return false
	}
	for _, s := range p.secrets {
		if s.meets(key, subkey) {
			return true
		}
	}
	return false
}

// secrecy tells how many of the attributes that a question is about are secret.
type secrecy uint8

const (
	noSecret secrecy = iota
	someSecret
	onlySecret
)

// secrecy tells how many of the attributes that m can select are secret. It
// looks at keys and subkeys alone.
func (p *Policy) secrecy(m *clusto.AttrMatch) secrecy {
	if m.Key == clusto.Is(clusto.KeyContains) {
		return noSecret
	}
	most := noSecret
	for _, s := range p.secrets {
		most = max(most, min(met(m.Key, s.key, true), met(m.Subkey, s.subkey, false)))
	}
	return most
}

// met tells how many of the texts that meet a condition match a pattern, where
// texts that need not be there always are.
func met(c clusto.Cond[string], pattern string, always bool) secrecy {
	switch {
	case pattern == "": // nothing is asked for
		return onlySecret
	case c.Op == clusto.Equal && clusto.MatchGlob(pattern, strings.ToLower(c.Arg)):
		return onlySecret
	case c.Op == clusto.Equal, c.Op == clusto.Absent:
		return noSecret
	case pattern == "*" && (always || c.Op == clusto.Present || c.Op == clusto.Glob):
		return onlySecret
	}
	return someSecret
}
