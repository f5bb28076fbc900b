package dialect

// The names of the helpers, which the package comment describes. A script can
// neither write nor shadow them, since no name begins with @.
const (
	helperGlobals = "@globals"
	helperScope   = "@scope"
	helperLate    = "@late"
	helperClass   = "@class"
	helperSuper   = "@super"
	helperImport  = "@import"
	helperFrom    = "@from"
	helperTry     = "@try"
	helperMatch   = "@match"
	helperRaise   = "@raise"
	helperAssert  = "@assert"
	helperMod     = "@mod"
	helperPow     = "@pow"
	helperFormat  = "@format"
	helperSet     = "@set"
	helperDel     = "@del"
	helperShow    = "@show"
)

// Helpers returns the names that the interpreter must predeclare for every
// script, in the order of the package comment.
func Helpers() []string {
	return []string{
		helperGlobals, helperScope, helperLate, helperClass, helperSuper, helperImport, helperFrom, helperTry, helperMatch,
		helperRaise, helperAssert, helperMod, helperPow, helperFormat, helperSet, helperDel, helperShow,
	}
}

// errorVar is the parameter of the function made of except clauses: the
// exception that is being handled.
const errorVar = "<error>"

// isHidden reports whether name is a helper's or one that the front end made
// up. No script can contain such a name.
func isHidden(name string) bool { return name[0] == '@' || name[0] == '<' }
