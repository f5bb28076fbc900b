package script_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script"
)

func TestLimits(t *testing.T) {
	w := newWorld(t, func(o *script.Options) {
		o.MaxSteps = 200_000
		o.MaxDepth = 200
		o.Timeout = 20 * time.Second
	})
	for name, test := range map[string]struct{ src, want string }{
		"loop":           {"while True: pass", "more than 200000 steps"},
		"caught loop":    {"try:\n    while True: pass\nexcept:\n    print('caught')", "more than 200000 steps"},
		"finally":        {"try:\n    while True: pass\nfinally:\n    print('caught')", "more than 200000 steps"},
		"recursion":      {"def f(n):\n    return f(n + 1)\nf(0)", "nested more than 200 deep"},
		"property":       {"class A(object):\n    @property\n    def x(self): return self.x\nA().x", "nested more than 200 deep"},
		"str":            {"class B(object):\n    def __str__(self): return str(self)\nprint(B())", ""},
		"huge power":     {"2 ** 1000000", "too large"},
		"huge range":     {"list(range(10 ** 12))", "at most 10000000 numbers, not 1000000000000"},
		"long sleep":     {"import time\ntime.sleep(10 ** 6)", "from 0 to a day"},
		"huge format":    {"'%1000000d' % 1", ""},
		"deep list":      {"l = []\nfor i in range(10000): l = [l]\nl", ""},
		"comparison":     {"class C(object):\n    def __eq__(self, o): return self == o\nC() == C()", "nested more than 200 deep"},
		"generator deep": {"def g(n):\n    return [g(n + 1) for i in range(2)]\ng(0)", ""},
	} {
		err := w.session.Eval(t.Context(), test.src)
		if test.want == "" {
			continue // it must only end
		}
		if err == nil || !strings.Contains(render(err), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if strings.Contains(w.out.String(), "caught") {
			t.Errorf("%s: the limit was caught", name)
		}
	}
	w.eval("assert 1 + 1 == 2")
	err := w.session.Eval(t.Context(), "while True: pass")
	if !errors.Is(err, clusto.ErrExhausted) || clusto.Hint(err) == "" && !strings.Contains(render(err), "hint:") {
		t.Errorf("got %v", err)
	}
}

func TestTimeout(t *testing.T) {
	w := newWorld(t, func(o *script.Options) {
		o.MaxSteps = 1 << 60
		o.Timeout = 50 * time.Millisecond
	})
	if got := w.fails("while True: pass"); !strings.Contains(got, "ran for more than 50ms") {
		t.Error(got)
	}
	if got := w.fails("import time\ntry:\n    time.sleep(60)\nexcept:\n    pass"); !strings.Contains(got, "ran for more than 50ms") {
		t.Error(got)
	}
}

func TestMemoryLimit(t *testing.T) {
	w := newWorld(t, func(o *script.Options) { o.MaxMemory = 48 << 20 })
	for _, src := range []string{
		"x = 'ab'\nwhile True: x = x + x",
		"l = [0]\nwhile True:\n    try: l = l + l\n    except: pass",
	} {
		if got := w.fails(src); !strings.Contains(got, "more than 48 MiB of memory") {
			t.Errorf("%s: %s", src, got)
		}
		w.eval("x = l = None")
	}
	w.eval("assert 1 + 1 == 2")
}

func TestInterrupt(t *testing.T) {
	w := newWorld(t, func(o *script.Options) { o.MaxSteps = 1 << 60 })
	w.eval("from clusto.drivers import *\na = BasicServer('a')")
	since := w.version()
	ctx, cancel := context.WithCancel(t.Context())
	s := w.engine.Session(&trigger{Writer: w.out, text: "now", do: cancel})
	defer s.Close()
	err := s.Run(ctx, "f", "def f():\n    get_by_name('a').set_attr('x', 1)\n    print('now')\n    try:\n        while True: pass\n    except:\n        pass\nf()")
	e, ok := errors.AsType[*script.Error](err)
	if !ok || !e.Interrupted() || e.Msg != "interrupted" {
		t.Errorf("got %#v", err)
	}
	if w.version() != since {
		t.Error("an interrupted statement left something")
	}
	if err := s.Run(t.Context(), "g", "assert get_by_name('a').name == 'a'"); err != nil {
		t.Error(render(err))
	}
}

// TestInterruptInTransaction: Ctrl-C ends a statement of several, and the session goes on.
func TestInterruptInTransaction(t *testing.T) {
	w := newWorld(t, func(o *script.Options) { o.MaxSteps = 1 << 60 })
	ctx, cancel := context.WithCancel(t.Context())
	s := w.engine.Session(&trigger{Writer: w.out, text: "now", do: cancel})
	defer s.Close()
	if err := s.Eval(t.Context(), "from clusto.drivers import *\nbegin_transaction()\na = BasicServer('a')"); err != nil {
		t.Fatal(render(err))
	}
	if err := s.Eval(ctx, "def f():\n    print('now')\n    while True: pass\nf()"); err == nil {
		t.Error("not interrupted")
	}
	if err := s.Eval(t.Context(), "assert 1 == 1\nBasicServer('after')"); err != nil {
		t.Error(render(err))
	}
}
