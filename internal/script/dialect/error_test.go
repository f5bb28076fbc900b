package dialect_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.starlark.net/starlark"

	"github.com/clusto/clusto/internal/script/dialect"
)

// TestErrors compares the place, the message and the hint of errors.
func TestErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ src, want string }{
		// the scanner
		{"x = 'a\ny", "1:5: string was never closed; a string over several lines begins and ends with three quotes"},
		{"x = '''a\ny", "1:5: triple-quoted string was never closed"},
		{"x = (1,\n[2", "2:1: '[' was never closed"},
		{"x = (1]", "1:7: ']' does not match '('; '(' was opened at line 1, column 5"},
		{"x)", "1:2: unmatched ')'"},
		{"x = `y`", "1:5: unexpected character '`'; use repr(x)"},
		{"x = “y”", "1:5: unexpected character '“'; use straight quotes: ' or \""},
		{"x =\u00a01", "1:4: unexpected character '\\u00a0'; this is a non-breaking space, often copied from a web page; type a blank instead"},
		{"é = \xff", "1:5: the script is not UTF-8 text"},
		{"x = 1 \\ \n", "1:7: unexpected character after line continuation; nothing may follow a backslash, not even a blank"},
		{"if x:\n    y\n  z", "3:3: unindent does not match any outer indentation level; a tab goes to the next multiple of 8 columns"},
		{"  x\ny", "2:1: this line has less indentation than the first line of the script; when pasting, take the first line with the blanks before it"},
		{"x\n  y", "2:3: unexpected indentation; a line is indented only after a line that ends in a colon"},
		{"x = 0777", "1:5: an octal number is written 0o777; write 0o777, or without the zero for a decimal number"},
		{"x = 12ab", "1:5: invalid number 12ab"},
		{"x = 09", "1:5: invalid number 09"},
		{"x = 2j", "1:5: complex numbers are not available in scripts"},
		{"x = 'é\\xg'", `1:7: \x needs 2 hexadecimal digits`},
		{"x = '\\ud800'", `1:6: \ud800 is not a character`},
		{"x = 'a' b'c'", "1:9: bytes and string literals next to each other; give both the prefix b, or none"},

		// f-strings
		{"x = f'é{a'", "1:8: '{' is not closed in the f-string; write {{ for the character"},
		{"x = f'a}'", "1:8: single '}' in an f-string; write }} for the character"},
		{"x = f'a{ }'", "1:10: empty expression in an f-string"},
		{"x = f'a{b c}'", "1:11: unexpected 'c'"},
		{"x = f'a{b)}'", "1:10: unmatched ')'"},
		{"x = f'{b!q}'", "1:9: a conversion is !r, !s or !a"},
		{"x = f'''\n{\n b +}'''", "3:5: unexpected end of script"},

		// expressions
		{"x = 1 +", "1:8: unexpected end of line"},
		{"x = (1 + )", "1:10: unexpected ')'"},
		{"f(a=1, a=2)", "1:8: argument a is repeated"},
		{"f(a=1, b)", "1:8: positional argument after a named one; give it a name too, or put it first"},
		{"f(*a, b)", "1:7: positional argument after a *argument; put it first, or join them: f(*(a + [b]))"},
		{"f(*a, *b)", "1:7: a second *argument; join them: f(*(a + b))"},
		{"x = [*a, *b]", "1:6: '*' before a value is available in calls only; join lists with a + b, dicts with a | b"},
		{"x = {**a}", "1:6: '**' before a value is available in calls only; join lists with a + b, dicts with a | b"},
		{"a, *b = c", "1:4: '*' before a value is available in calls only; join lists with a + b, dicts with a | b"},
		{"x = {1: 2, 3}", "1:13: expected ':', got '}'"},
		{"if x = 1: pass", "1:6: expected ':', got '='; use == to compare"},
		{"if (x := 1): pass", "1:7: expected ')', got ':='"},
		{"x = a @ b", "1:7: unexpected '@'; scripts have no matrix multiplication"},
		{"x = [y for 1 in z]", "1:12: expected a variable, got a literal"},
		{"super()", "1:1: super() outside a method; use it in a function of a class, whose first parameter is self"},
		{"lambda (a, b): a", "1:8: a parameter cannot be a tuple; take one parameter and unpack it: a, b = pair"},
		{"x.1", "1:2: unexpected '.1'"},
		{"x.if", "1:3: expected a name after '.', got 'if'"},

		// statements
		{"with transaction():\n  pass", "1:1: 'with' is not available in scripts; for one transaction use transaction(function); to release something use try and finally"},
		{"def f():\n  yield 1", "2:3: 'yield' is not available in scripts; scripts have no generators; build a list and return it"},
		{"x = yield", "1:5: 'yield' is not available in scripts; scripts have no generators; build a list and return it"},
		{"async def f(): pass", "1:1: 'async' is not available in scripts; scripts run one thing after the other; leave it out"},
		{"await f()", "1:1: 'await' is not available in scripts; scripts run one thing after the other; leave it out"},
		{"exec 'x'", "1:1: 'exec' is not available in scripts; call functions, or import a module"},
		{"print >>f, x", "1:7: print >> is not available in scripts; use print(...)"},
		{"del x", "1:1: x cannot be deleted; del x[key] is available; for a name assign None"},
		{"del x.y", "1:1: an attribute cannot be deleted with del; use entity.del_attrs(key=...), or assign None"},
		{"del x[1:]", "1:1: a slice cannot be deleted; assign what shall stay: x = x[:2] + x[5:]"},
		{"x[1:2] = y", "1:2: cannot assign to a slice; build the whole list: x = x[:2] + new + x[5:]"},
		{"f() = 1", "1:1: cannot assign to a call"},
		{"None = 1", "1:1: cannot assign to None; choose another name"},
		{"f().x %= 2", "1:7: %= is available for names and their attributes and elements only; write it out: x = x % y"},
		{"x + 1 += 2", "1:1: cannot use += with an expression"},
		{"return 1", "1:1: 'return' outside a function"},
		{"class A:\n  return 1", "2:3: 'return' outside a function"},
		{"break", "1:1: 'break' outside a loop"},
		{"for x in y:\n  def f(): continue", "2:12: 'continue' outside a loop"},
		{"raise", "1:1: 'raise' without an exception outside 'except'; say what to raise: raise ValueError(\"text\")"},
		{"raise E, 'x', tb", "1:13: raise with a traceback is not available in scripts; leave the third part out"},
		{"def f(a, a): pass", "1:10: parameter a is repeated"},
		{"def f(a=1, b): pass", "1:12: parameter b without a default value after one with"},
		{"def f(*): pass", "1:7: a bare * must be followed by named parameters"},
		{"def f(**k, a): pass", "1:12: a parameter after the ** parameter; put it before"},
		{"def f():\npass", "2:1: expected an indented block after 'def' on line 1; write pass for an empty block"},
		{"if x: if y: pass", "1:7: 'if' on the same line as 'if'; put it on a line of its own"},
		{"if x: pass\nelse if y: pass", "2:6: 'else if' is not available; write elif"},
		{"else: pass", "1:1: 'else' without 'if'; check its indentation"},
		{"except E: pass", "1:1: 'except' without 'try'; check its indentation"},
		{"try: pass\nx", "2:1: expected 'except' or 'finally' for the 'try' on line 1, got 'x'"},
		{"try: pass\nexcept: pass\nexcept E: pass", "2:1: an 'except' for all exceptions must be the last one"},
		{"try: pass\nexcept A, b, c: pass", "2:12: several exceptions need brackets; except (A, B) as e:"},
		{"@d\nx = 1", "2:1: a decorator must be followed by def or class"},
		{"class A(metaclass=M): pass", "1:9: only base classes may stand here; metaclasses are not available in scripts"},
		{"def f():\n  x = 1\n  global x", "3:10: x is assigned before its 'global' declaration; declare it first in the function"},
		{"def f():\n  nonlocal x", "2:12: no enclosing function assigns x; use global for a name of the module"},
		{"nonlocal x", "1:1: 'nonlocal' outside a function"},
		{"import x y", "1:10: unexpected 'y'"},
		{"from x import", "1:14: expected a name to import, got end of line"},
		{"from gone import *", "1:6: no module named gone"},
		{"load('m', x)", "1:1: load takes strings only: a module and names; load(\"module\", \"name\", other=\"name\")"},
		{"load('m', '@try')", "1:1: load takes strings only: a module and names; load(\"module\", \"name\", other=\"name\")"},
		{"x y", "1:3: unexpected 'y'"},
		{"class", "1:6: expected a class name, got end of line"},

		// the limits
		{strings.Repeat("(", 200) + strings.Repeat(")", 200), "1:101: expressions are nested too deeply; at most 100 inside each other; use variables for the inner ones"},
		{"x = 1" + strings.Repeat("+1", 600), "1:1008: the expression has more than 500 parts; split it"},
		{strings.Repeat("#", 1<<20) + "\n", "1:1: the script has more than 1048576 bytes; split it into modules"},
		{"x = " + strings.Repeat("9", 5000), "1:5: the number has more than 4300 digits"},
	}
	h := newHost()
	for _, tt := range tests {
		_, err := h.run("f", tt.src, dialect.Options{})
		var e *dialect.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v, want %s", tt.src, err, tt.want)
			continue
		}
		got := fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg)
		if e.Hint != "" {
			got += "; " + e.Hint
		}
		if got != tt.want {
			t.Errorf("%.60q:\n got %s\nwant %s", tt.src, got, tt.want)
		}
	}
}

// TestIndentLimit refuses too many blocks inside each other.
func TestIndentLimit(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 60 {
		b.WriteString(strings.Repeat(" ", i) + "if x:\n")
	}
	_, err := dialect.Parse("f", b.String(), dialect.Options{})
	if want := "f:52:52: too many levels of indentation"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	src := "if x:\r\n\té = )\r\n"
	_, err := dialect.Parse("f.py", src, dialect.Options{})
	e, ok := errors.AsType[*dialect.Error](err)
	if !ok {
		t.Fatal(err)
	}
	want := "f.py:2:6: unmatched ')'\n    \té = )\n    \t    ^"
	if diff := cmp.Diff(want, e.Render(src)); diff != "" {
		t.Error(diff)
	}
	e = &dialect.Error{File: "f.py", Line: 9, Col: 1, Msg: "m", Hint: "h"}
	if got, want := e.Render(src), "f.py:9:1: m\nhint: h"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestStarNamesError keeps the cause of an error of StarNames.
func TestStarNamesError(t *testing.T) {
	t.Parallel()
	cause := errors.New("gone")
	_, err := dialect.Parse("f", "from m import *", dialect.Options{StarNames: func(string) ([]string, error) { return nil, cause }})
	if !errors.Is(err, cause) {
		t.Errorf("%v does not wrap the cause", err)
	}
	_, err = dialect.Parse("f", "from m import *", dialect.Options{})
	if want := "f:1:15: import * is not available here"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestTraceback compares the positions of the calls when a script fails: they
// are those of what the user wrote.
func TestTraceback(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, src, want string }{
		{"helper", "\tx = 'é'; y = 1 % 'a'", "<toplevel> 1:17"},
		{"undefined", "def f():\n  x = ('a'\n    'b', nope)\n\nf()", "<toplevel> 5:2; f 3:10"},
		{"raise", "class A:\n    def m(self):\n        raise ValueError('x')\nA().m()", "<toplevel> 4:6; A.m 3:9"},
		{"try", "def f():\n  try:\n    if 1: g()\n  finally:\n    pass\ndef g():\n  {}['k']\nf()",
			"<toplevel> 8:2; f 2:3; f.try 3:12; g 7:5"},
		{"f-string", "x = f'''a\n  {1} {nope!r:>3}'''", "<toplevel> 2:8"},
		{"chain", "def f(): pass\nx = 1 < (2) < f()", "<toplevel> 2:13"},
		{"decorator", "@print\n@nope\ndef f(): pass", "<toplevel> 2:2"},
		{"class body", "class A:\n  x = 1\n  y = x.z", "<toplevel> 1:7; A 3:8"},
		{"assert", "x = 1\nassert x == 2, 'no'", "<toplevel> 2:1"},
		{"del", "d = {1: 2}\ndel d[[]]", "<toplevel> 2:6"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := newHost().run("t.py", tt.src, dialect.Options{})
			e, ok := errors.AsType[*starlark.EvalError](err)
			if !ok {
				t.Fatalf("got %v, want an EvalError", err)
			}
			var frames []string
			for _, f := range e.CallStack {
				if f.Pos.Filename() == "t.py" {
					frames = append(frames, fmt.Sprintf("%s %d:%d", f.Name, f.Pos.Line, f.Pos.Col))
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(frames, "; ")); diff != "" {
				t.Errorf("(-want +got)\n%s%s", diff, err)
			}
		})
	}
}

// TestWarnings compares what is reported for undefined names.
func TestWarnings(t *testing.T) {
	t.Parallel()
	src := `
def f(message, priority='low'):
    racks = [rack for rack in pool]
    print(mesage, rakcs, priority, nothing, nothing)
    return lenn(racks)
class A:
    x = 1
    def g(self, unused):
        return other
y = fff
`
	var got []string
	_, err := dialect.Parse("f", src, dialect.Options{
		Known: []string{"len", "print"},
		Warn:  func(e *dialect.Error) { got = append(got, e.Error()+"; "+e.Hint) },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"f:3:31: undefined: pool; did you mean message?",
		"f:4:11: undefined: mesage; did you mean message?",
		"f:4:19: undefined: rakcs; did you mean racks?",
		"f:4:36: undefined: nothing; did you mean message?",
		"f:5:12: undefined: lenn; did you mean len?",
		"f:9:16: undefined: other; did you mean unused?",
		"f:10:5: undefined: fff; ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestShell runs chunks that share @globals, as a shell does.
func TestShell(t *testing.T) {
	t.Parallel()
	h := newHost()
	chunks := []struct{ src, want string }{
		{"1 + 1", "=> 2\n"},
		{"def f(): return later(len('ab'))", ""},
		{"def later(n): return n + 1", ""},
		{"f()", "=> 3\n"},
		{"def later(n): return 'new'\nfor i in [1]: i; None; f()", "=> 1\n=> \"new\"\n"},
		{"len = later", ""},
		{"f(); 'text'", "=> \"new\"\n=> \"text\"\n"},
		{"def g():\n  1\n  'not shown'\ng()", ""},
		{"try:\n  2\n  x = 5\nfinally: pass\n", "=> 2\n"},
		{"x += 1; x", "=> 6\n"},
		{"x, = 3,; print x", "3\n"},
	}
	for _, c := range chunks {
		got, err := h.run("<shell>", c.src, dialect.Options{Show: true})
		if err != nil {
			t.Fatalf("%q: %v", c.src, err)
		}
		if got != c.want {
			t.Errorf("%q shows %q, want %q", c.src, got, c.want)
		}
	}
}
