// Package dialect is the front end of clusto's script language: Parse turns a
// script, which looks like Python 2 or 3, into a syntax tree of
// go.starlark.net that starlark.FileProgram compiles. Incomplete tells a
// shell whether to read another line. The package knows nothing of clusto
// and runs nothing; package script does.
//
// Parse scans (scan.go), parses (parser.go, stmt.go, compound.go, expr.go) and
// lowers (lower.go, try.go, names.go). It has a parser of its own because
// Starlark's refuses Python's words, and because nodes then have the place of
// what the user wrote: all errors, tracebacks and warnings show that.
//
// # The language
//
// A script has Python's statements and expressions with Python's scopes:
//
//   - import a.b as c; from m import a, b as c, with brackets, *, and leading
//     dots; from __future__ is passed over; Starlark's load("m", "a").
//   - def with defaults, *args, **kwargs, annotations (passed over), nested;
//     lambda; recursion; global and nonlocal.
//   - class with bases, documentation, nested classes, conditional members and
//     super() without arguments. Methods see the names of the function or
//     module around the class; what is found nowhere else is looked up in the
//     class (Python would not).
//   - Decorators: any expression before def or class.
//   - if, elif, else; for and while with else; break, continue, pass.
//   - try with except T, except (A, B) as e, except T, e (Python 2), a bare
//     except, else and finally, anywhere, with return, break and continue
//     in it. raise, raise e, raise E, "text" (Python 2), raise e from c.
//   - assert; del x[k]; x: int = 1; a = b = c; all augmented assignments.
//   - print x, y and print x, (Python 2) and print(x).
//   - Strings with the prefixes r, b, u and f, in all mixtures; strings next to each
//     other are one. f-strings have conversions, nested specifications and {x=}.
//   - x % y with Python's formats; x ** y; x <> y; x is y and x is not y, which
//     are == and !=; a < b < c, which evaluates b once.
//   - Comprehensions of lists, dicts and sets. f(x for x in y) passes a list.
//   - Numbers such as 0x1f, 0o17, 0b1, 1_000, 10L.
//   - Indentation by blanks and tabs, a tab going to the next multiple of eight
//     as in Python 2. A script may be indented as a whole. Line ends are LF or
//     CRLF.
//
// These are refused with a hint to the way out: with, yield, async, await, exec,
// print >>, := and @ as operators, [*a] and {**a}, a, *b = c, a second *argument,
// del of names, attributes and slices, assignment to slices, tuple
// parameters, raise with a traceback, metaclass=, octal 0777, complex
// numbers, backquotes and \N{}.
//
// These differ from Python because Starlark runs the script: a string is not
// iterable, a list cannot change while a loop goes over it, x and y of
// different types cannot be compared by <, / of whole numbers gives a
// fraction, and a generator is a list.
//
// A script has at most 1 MiB, 50 blocks inside each other, 100 expressions inside
// each other and 500 operators in a row, so that nothing overflows the stack.
//
// # Names
//
// Starlark's functions cannot assign the names of their surroundings. So a
// name of a module or class, and a local name that a try block or a nonlocal
// of an inner function assigns, becomes an attribute of a namespace object:
// x of a module is @globals.x. That is how a name can be defined after the
// function that uses it, in a later line of a shell too. Only a name of
// Options.Known that the script does not assign stays a predeclared name of
// Starlark; a name that is nowhere to be found is reported to Options.Warn
// and fails when it is used. The program itself has no globals that matter: its
// names are in @globals when it has run.
//
// # What the interpreter provides
//
// The lowered script uses the names below, which the interpreter must
// predeclare, with those of Options.Known (Helpers lists them). No script can
// write them, as they begin with @. Arguments are positional except where a
// name is given.
//
//	@globals
//		The namespace of the module or shell session. Attributes can be set.
//		Reading one that is not set gives the predeclared value of that name
//		(all of them, also those in Known), or else an error, NameError:
//		"undefined: x".
//	@scope(outer=None)
//		Returns a new, empty namespace, for the names of one function call or
//		class body. Attributes can be set. Reading one that is not set looks
//		in outer, if there is one, or else is an error: "local variable x
//		referenced before assignment". It keeps the order of assignment.
//	@late(name, members)
//		Returns what @globals has for name, without an error if it has nothing;
//		then the attribute of members, which is a namespace.
//	@class(name, bases, members, doc)
//		Returns a new class. bases is a tuple, members the namespace that the body
//		of the class filled, doc a string or None. Decorators are applied by the
//		script.
//	@super(members, self)
//		Returns super() in a method of the class made of members, bound to self.
//	@import(module)
//		Returns the package that the dotted name begins with, after loading all
//		of it, as Python's __import__ does: "a.b" gives a, which has b.
//	@from(module, names)
//		Returns a tuple of the members that the tuple names lists, which may be
//		empty. module has leading dots if the import is relative.
//	@try(body, handler, orelse, final)
//		Runs a try statement. Each is a function, or None if absent; handler
//		takes the exception, the others nothing. body is called. If it returns
//		None and there is an orelse, the result is that of orelse, whose errors
//		handler does not see. If body fails and there is a handler, the result
//		is that of handler(exception); it fails with @raise(exception) if no
//		clause matches. At last final is called in any case; if it fails or
//		returns anything but None, that is the outcome. The result is passed on
//		as it is: None, (value,), True or False. An interrupt, a step limit, and
//		every other end that a script must not stop are not handled: @try
//		returns them at once, without calling handler or final. Writes to the
//		database in a body that fails are kept, as in Python.
//	@match(exception, types)
//		Returns whether an except clause with types, a class or a tuple of
//		classes, handles the exception.
//	@raise(exception, value=None, cause=None)
//		Fails. exception is an exception or a class of them, of which one is
//		made, from value if that is given. An exception that handler was
//		given keeps its traceback.
//	@assert(message=None)
//		Fails with AssertionError.
//	@mod(x, y), @pow(x, y)
//		Return x % y, with Python's formats if x is a string (package format), and x ** y.
//	@format(value, spec, conversion)
//		Returns a string: the value of an f-string. spec is "" or what follows the
//		colon, conversion is "", "r", "s" or "a" (format.Funcs.Field).
//	@set(list)
//		Returns a set: Starlark's set.
//	@del(x, key)
//		Removes x[key] and returns None.
//	@show(value)
//		Shows the value of an expression statement in a shell, unless it is
//		None (Options.Show). Returns None.
//
// Scripts also expect ordinary predeclared names: print with an argument end,
// property, staticmethod, classmethod, super and the exceptions.
//
// In tracebacks a method is called "Rack.insert". The blocks of a try
// statement are functions named after the one they stand in: "f.try",
// "f.except", "f.else" and "f.finally" ("<toplevel>.try" in a module). Their
// frames, and those of helpers, tell the user nothing more than the line.
package dialect
