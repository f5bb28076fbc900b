package dialect

import "fmt"

// refuse fails if t begins something of Python that scripts do not have, or
// is a word that cannot stand where it does.
func (p *parser) refuse(t token) {
	if hint, ok := refusedWords[t.text]; ok && (t.kind == tokKeyword || t.kind == tokName) {
		p.fail(t.pos, fmt.Sprintf("'%s' is not available in scripts", t.text), hint)
		return
	}
	switch {
	case t.is("elif"), t.is("else"):
		p.fail(t.pos, fmt.Sprintf("'%s' without 'if'", t.text), "check its indentation")
	case t.is("except"), t.is("finally"):
		p.fail(t.pos, fmt.Sprintf("'%s' without 'try'", t.text), "check its indentation")
	case t.is("*"), t.is("**"):
		p.fail(t.pos, fmt.Sprintf("'%s' before a value is available in calls only", t.text), "join lists with a + b, dicts with a | b")
	}
}

// refusedWords are the ways out for statements that scripts do not have.
// Those that are names in Python 2 are refused only where a name cannot stand.
var refusedWords = map[string]string{
	"with":  "for one transaction use transaction(function); to release something use try and finally",
	"yield": "scripts have no generators; build a list and return it",
	"async": "scripts run one thing after the other; leave it out",
	"await": "scripts run one thing after the other; leave it out",
	"exec":  "call functions, or import a module",
	"match": "use if and elif",
}
