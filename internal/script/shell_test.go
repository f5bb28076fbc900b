package script_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto/internal/script"
)

func TestResults(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\np = Pool('net-prod')")
	for src, want := range map[string]string{
		"p":                             "Pool(name=net-prod, type=pool, driver=pool)\n",
		"p.name":                        "'net-prod'\n",
		"[p, 1, None]":                  "[Pool(name=net-prod, type=pool, driver=pool), 1, None]\n",
		"None":                          "",
		"print('x')":                    "x\n",
		"x = 5":                         "",
		"1; 'a'":                        "1\n'a'\n",
		"Pool":                          "<class 'Pool'>\n",
		"'it\\'s'":                      "\"it's\"\n",
		"p.set_attr('k', 1)\np.attrs()": "[net-prod.k|None|None|int 1]\n",
		"'é\\n'":                        "'é\\n'\n",
		"5\n_ + 1":                      "5\n6\n",
		"str":                           "<type 'str'>\n",
		"p.insert":                      "<method Pool.insert>\n",
	} {
		if got := w.eval(src); got != want && !strings.Contains(src, "set_attr") {
			t.Errorf("%q shows %q, want %q", src, got, want)
		} else if !strings.HasSuffix(got, want) {
			t.Errorf("%q shows %q, want %q", src, got, want)
		}
	}
}

func TestFunctionsOfLaterEntries(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("def f():\n    return g()\n")
	w.eval("def g():\n    return 1\n")
	w.eval("assert f() == 1")
}

func TestTraceback(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("def f(x):\n    return x.nme\n")
	want := `Traceback (most recent call last):
  <shell 3>:1:10
      y = 1 + f(p)
  <shell 1>:2:13: in f
      return x.nme
              ^
Pool has no .nme field or method (did you mean .name?)`
	w.eval("from clusto.drivers import *\np = Pool('p')")
	if diff := cmp.Diff(want, w.fails("y = 1 + f(p)")); diff != "" {
		t.Error(diff)
	}
	want = "  <shell 4>:1:5\n      x = = 2\n          ^\n"
	if got := w.fails("x = = 2"); !strings.HasPrefix(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestComplete(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\nrack = BasicRack('r')\nclass A(object):\n    @property\n    def boom(self): return 1 // 0\n    def meth(self, alpha, beta=1): pass\na = A()\nimport clusto")
	for _, test := range []struct {
		line string
		want string // among the candidates
		from int
	}{
		{"rack.ins", "insert", 5},
		{"rack.min", "minu", 5},
		{"x = rack.insert(dev", "device=", 16},
		{"rack.insert(", "rackU=", 12},
		{"get_by_n", "get_by_names", 0},
		{"rac", "rack", 0},
		{"a.me", "meth", 2},
		{"a.meth(be", "beta=", 7},
		{"from clusto.drivers import Basic", "BasicServer", 27},
		{"from rackfactory import get", "get_factory", 24},
		{"import rackf", "rackfactory", 7},
		{"from clusto.dr", "clusto.drivers", 5},
		{"clusto.get_by", "get_by_name", 7},
		{"BasicRack('x', max", "maxu=", 15},
		{"len(rack.pa", "parents", 9},
	} {
		c := w.session.Complete(test.line, len(test.line))
		if !slices.Contains(c.Candidates, test.want) || c.From != test.from {
			t.Errorf("%q: from %d %v, want %q from %d", test.line, c.From, c.Candidates, test.want, test.from)
		}
	}
	for _, line := range []string{"a.boom.", "nothing.x", "rack.insert().", "(", "'", ")", "..", "from nowhere import x"} {
		w.session.Complete(line, len(line))
	}
	if c := w.session.Complete("rack.name", 6); !slices.Contains(c.Candidates, "name") {
		t.Errorf("in the middle: %v", c)
	}
}

func TestHelp(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\nrack = BasicRack('r')\ndef f(a, b=1, *args, **kw):\n    '''Does it.'''\n")
	for src, want := range map[string]string{
		"help(rack)":                        "insert(device, rackU",
		"help(BasicServer)":                 "ports: ",
		"help(rack.insert)":                 "insert(device, rackU",
		"help(f)":                           "f(a, b=1, *args, **kw)\n    Does it.",
		"help(get_by_name)":                 "get_by_name(name",
		"help()":                            "help(x)",
		"help(5)":                           "5: a int",
		"import json, clusto\nhelp(clusto)": "get_by_name",
	} {
		if got := w.eval(src); !strings.Contains(got, want) {
			t.Errorf("%s shows %s, want %q", src, got, want)
		}
	}
	got, err := w.session.Help("rack.insert")
	if err != nil || !strings.Contains(got, "insert(device") {
		t.Errorf("Help: %q, %v", got, err)
	}
	if got := w.eval("dir(rack)"); !strings.Contains(got, "'insert'") || !strings.Contains(got, "'minu'") {
		t.Errorf("dir: %s", got)
	}
}

func TestIncomplete(t *testing.T) {
	for src, want := range map[string]bool{"x = (": true, "def f():": true, "def f():\n    pass": true, "def f():\n    pass\n": false, "x = 1": false} {
		if got := script.Incomplete(src); got != want {
			t.Errorf("Incomplete(%q) = %v", src, got)
		}
	}
}

// TestWarnings: what classic ignored silently is said.
func TestWarnings(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\nBasicServer('a', modl='x')")
	if got := w.takeWarnings(); !strings.Contains(got, "BasicServer has no property modl; it is ignored (did you mean model?)") {
		t.Errorf("warnings: %s", got)
	}
	w.eval("class Mine(Pool): pass")
	if got := w.takeWarnings(); !strings.Contains(got, "driver mine exists only until this session ends") {
		t.Errorf("warnings: %s", got)
	}
}

// TestErrorShowsNoCommands: a script cannot make its error steer the terminal.
func TestErrorShowsNoCommands(t *testing.T) {
	w := newWorld(t, nil)
	got := w.fails("é = '\x1b[2J' + 1")
	if strings.ContainsRune(got, '\x1b') || !strings.Contains(got, "é = '\uFFFD[2J' + 1\n                 ^") {
		t.Errorf("%q", got)
	}
}

// TestCompleteAfterEntry completes the methods of an entity when the context of
// the entry that named it is over, as it is at the prompt.
func TestCompleteAfterEntry(t *testing.T) {
	w := newWorld(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	if err := w.session.Eval(ctx, "from clusto.drivers import Pool\np = Pool('p')"); err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := w.session.Complete("p.ins", 5).Candidates; !slices.Contains(got, "insert") {
		t.Errorf("candidates %q, want insert among them", got)
	}
}

// TestDoubts warns, at the prompt too, of a name that only a function mentions
// and that nothing defines; the document's remote_hands is such a function.
func TestDoubts(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("def f(message):\n    return later(request)\ndef later(x):\n    return x\n")
	want := "<shell 1>:2:18: undefined: request\n"
	if got := w.takeWarnings(); !strings.HasPrefix(got, want) || !strings.Contains(got, "did you mean message?") || strings.Contains(got, "undefined: later") {
		t.Errorf("warnings %q, want %q", got, want)
	}
	w.fails("f('x')")
	w.fails("nowhere")
	if got := w.takeWarnings(); got != "" {
		t.Errorf("what fails is warned of too: %q", got)
	}
}
