package script_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script"
)

// descriptions returns what the versions after since say of themselves.
func (w *world) descriptions(since clusto.Version) []string {
	w.t.Helper()
	var list []string
	for _, v := range w.versions(since) {
		list = append(list, v.User+": "+v.Description)
	}
	return list
}

func TestStatementsAreTransactions(t *testing.T) {
	w := newWorld(t, nil)
	since := w.version()
	w.eval("from clusto.drivers import *\na = BasicServer('a'); b = BasicServer('b')\nfor n in range(3):\n    a.add_attr('k', n)\nx = get_by_name('a').attrs()\nx = 5")
	want := []string{
		"tester: a = BasicServer('a'); b = BasicServer('b') (<shell 1>:2)",
		"tester: a = BasicServer('a'); b = BasicServer('b') (<shell 1>:2)",
		"tester: for n in range(3): (<shell 1>:3)",
	}
	if diff := cmp.Diff(want, w.descriptions(since)); diff != "" {
		t.Error(diff)
	}
	since = w.version()
	if got := w.fails("def f():\n    a.set_attr('half', 1)\n    raise ValueError('no')\nf()"); !strings.Contains(got, "ValueError: no") {
		t.Error(got)
	}
	if w.version() != since || w.eval("a.has_attr('half')") != "False\n" {
		t.Error("a failed statement left something")
	}
}

func TestBeginCommit(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\na = BasicServer('a')")
	since := w.version()
	w.eval("begin_transaction()")
	if !w.session.InTransaction() {
		t.Error("not in a transaction")
	}
	w.eval("a.set_attr('x', 1)\na.set_attr('y', 2)")
	w.fails("def f():\n    a.set_attr('z', 1)\n    1 // 0\nf()")
	w.eval("assert a.attr_value('x') == 1 and not a.has_attr('z')")
	if w.version() != since {
		t.Error("committed before commit()")
	}
	w.eval("commit()")
	if got := len(w.versions(since)); got != 1 {
		t.Errorf("%d versions, want 1", got)
	}
	w.eval("begin_transaction()\na.set_attr('x', 5)\nrollback_transaction()\nassert a.attr_value('x') == 1")
	if got := w.fails("commit()"); !strings.Contains(got, "without begin_transaction") {
		t.Error(got)
	}

	// All of it in one statement, as functions of classic scripts have it.
	since = w.version()
	w.eval(`def work(fail):
    a.set_attr('before', fail)
    try:
        begin_transaction()
        a.set_attr('one', fail)
        if fail: raise ValueError('stop')
        a.set_attr('two', fail)
        commit()
    except ValueError:
        rollback_transaction()
        raise
work(0)`)
	if got := len(w.versions(since)); got != 2 {
		t.Errorf("%d versions, want 2: what was before, and the transaction", got)
	}
	w.fails("work(1)")
	w.eval("assert a.attr_value('one') == 0 and a.attr_value('before') == 1")
	w.eval("for i in range(2):\n    begin_transaction()\n    BasicServer('loop%d' % i)\n    commit()")
}

// TestFileInParts: a file that is given statement by statement, as a pipe is.
func TestFileInParts(t *testing.T) {
	w := newWorld(t, nil)
	since := w.version()
	run := func(line int, text string) error {
		return w.session.Run(t.Context(), "pipe", strings.Repeat("\n", line-1)+text)
	}
	for i, text := range []string{"from clusto.drivers import *\n", "begin_transaction()\n", "def f():\n    BasicServer('a').nothing\n"} {
		if err := run(i+1, text); err != nil {
			t.Fatal(render(err))
		}
	}
	want := `Traceback (most recent call last):
  pipe:5:2
      f()
  pipe:4:21: in f
      BasicServer('a').nothing
                      ^
BasicServer has no .nothing field or method`
	if diff := cmp.Diff(want, render(run(5, "f()\n"))); diff != "" {
		t.Error(diff)
	}
	for i, text := range []string{"BasicServer('b')\n", "BasicServer('c')\n", "commit()\n"} {
		if err := run(i+6, text); err != nil {
			t.Fatal(render(err))
		}
	}
	if got := w.descriptions(since); len(got) != 1 {
		t.Errorf("versions: %v", got)
	}
	w.eval("begin_transaction()\nBasicServer('d')")
	if err := w.session.Close(); !errors.Is(err, clusto.ErrInvalid) || !strings.Contains(err.Error(), "without commit()") {
		t.Errorf("Close = %v, want that the commit is missing", err)
	}
	if err := w.session.Close(); err != nil {
		t.Errorf("the second Close = %v", err)
	}
}

// TestTransactionOfTheCaller: what runs inside a call cannot end its transaction.
func TestTransactionOfTheCaller(t *testing.T) {
	w := newWorld(t, nil)
	w.eval(`from clusto.drivers import *
class Sneaky(Pool):
    def insert(self, thing):
        begin_transaction()
        super().insert(thing)
        commit()
class Rude(Pool):
    def insert(self, thing):
        rollback_transaction()
s = BasicServer('s'); p = Sneaky('p'); r = Rude('r')
p.insert(s)
assert s in p`)
	for _, src := range []string{"transaction(rollback_transaction)", "begin_transaction(); transaction(commit)"} {
		if got := w.fails(src); !strings.Contains(got, "belongs to the caller") {
			t.Errorf("%s: %s", src, got)
		}
	}
	if w.session.InTransaction() {
		w.eval("rollback_transaction()")
	}
}

func TestSessionSettings(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\nSESSION.clusto_user = 'alice'\na = BasicServer('a')")
	first := w.version()
	w.eval("SESSION.clusto_description = 'because'\na.set_attr('x', 1)\na.set_attr('x', 2)")
	want := []string{"alice: because", "alice: a.set_attr('x', 2) (<shell 2>:3)"}
	if diff := cmp.Diff(want, w.descriptions(first)); diff != "" {
		t.Error(diff)
	}
	w.eval("v = get_latest_version_number()\nSESSION.clusto_version = v - 1\nassert a.attr_value('x') == 1")
	if got := w.fails("a.set_attr('x', 3)"); !strings.Contains(got, "reading only") {
		t.Error(got)
	}
	w.eval("SESSION.clusto_version = None\nassert a.attr_value('x') == 2")
}

func TestRunAtomic(t *testing.T) {
	w := newWorld(t, nil)
	since := w.version()
	err := w.session.RunAtomic(t.Context(), "f.py", "from clusto.drivers import *\na = BasicServer('a')\nbegin_transaction()\nb = BasicServer('b')\ncommit()\n1 // 0\n")
	if err == nil || w.version() != since {
		t.Errorf("a failed file left something, or no error: %v", err)
	}
	err = w.session.RunAtomic(t.Context(), "f.py", "a = BasicServer('a')\nbegin_transaction()\nb = BasicServer('b')\ncommit()\n")
	if err != nil {
		t.Fatal(render(err))
	}
	if diff := cmp.Diff([]string{"tester: f.py"}, w.descriptions(since)); diff != "" {
		t.Error(diff)
	}
}

func TestNestedTransaction(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\na = BasicServer('a')")
	since := w.version()
	w.eval(`def bad():
    a.set_attr('gone', 1)
    raise ValueError('x')
def all():
    a.set_attr('stays', 1)
    try:
        transaction(bad)
    except ValueError:
        a.set_attr('caught', 1)
    return transaction(lambda x: x + 1, 4)
assert all() == 5
assert a.has_attr('stays') and a.has_attr('caught') and not a.has_attr('gone')`)
	if got := len(w.versions(since)); got != 1 {
		t.Errorf("%d versions, want 1", got)
	}
}

// TestFailedCallInTry: a call that fails leaves nothing, though its exception is caught.
func TestFailedCallInTry(t *testing.T) {
	w := newWorld(t, nil)
	w.eval(`from clusto.drivers import *
r = BasicRack('r'); a = BasicServer('a'); b = BasicServer('b')
r.insert(a, 5)
def f():
    b.set_attr('kept', 1)
    try:
        r.insert(b, [4, 5])
    except Exception as e:
        return str(e)
assert 'a' in f()
assert b.has_attr('kept') and b not in r and r.get_device_in(4) == None`)
}

func TestOnCommit(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\nsaid = []")
	if got := w.eval("def f():\n    on_commit(print, 'done')\n    a = BasicServer('a')\n    print('made')\nf()"); got != "made\ndone\n" {
		t.Errorf("printed %q", got)
	}
	w.fails("def g():\n    on_commit(print, 'never')\n    BasicServer('b')\n    1 // 0\ng()")
	if strings.Contains(w.out.String(), "never") {
		t.Error("on_commit was called for a transaction that failed")
	}
	if got := w.fails("on_commit(lambda: get_by_name('a'))"); !strings.Contains(got, "not open") {
		t.Error(got)
	}
}

// trigger calls do before it writes text for the first time.
type trigger struct {
	io.Writer
	text string
	do   func()
}

func (w *trigger) Write(p []byte) (int, error) {
	if do := w.do; do != nil && strings.Contains(string(p), w.text) {
		w.do = nil
		do()
	}
	return w.Writer.Write(p)
}

// rivals returns a session in which another one changes the inventory when it first
// prints "now".
func rivals(t *testing.T, w *world) (session *script.Session, out *bytes.Buffer) {
	t.Helper()
	out = &bytes.Buffer{}
	other := w.engine.Session(io.Discard)
	t.Cleanup(func() { _ = other.Close() })
	session = w.engine.Session(&trigger{Writer: out, text: "now", do: func() {
		if err := other.Run(t.Context(), "other", "from clusto.drivers import *\nBasicServer('other')"); err != nil {
			t.Error(render(err))
		}
	}})
	t.Cleanup(func() { _ = session.Close() })
	return session, out
}

const readThenWrite = `
def f():
    seen.append(len(get_entities(clusto_types=['server'])))
    state['n'] += 1
    things.add(len(things))
    box.count += 1
    print('now')
    Pool('p%d' % seen[-1])
`

const variables = `
from clusto.drivers import *
class Box(object): pass
box = Box()
box.count = 0
seen, state, things = [], {'n': 0}, set()
`

// TestRestart: somebody else commits between a statement's first read and its first
// write. The statement is run again, without seeing its own half.
func TestRestart(t *testing.T) {
	w := newWorld(t, nil)
	s, out := rivals(t, w)
	if err := s.Run(t.Context(), "a", variables+readThenWrite+"f()\n"); err != nil {
		t.Fatal(render(err))
	}
	if err := s.Run(t.Context(), "b", "assert (seen, state, list(things), box.count) == ([1], {'n': 1}, [0], 1), (seen, state, things, box.count)\nassert get_by_name('p1')"); err != nil {
		t.Error(render(err))
	}
	if out.String() != "now\n" {
		t.Errorf("printed %q", out)
	}
}

// TestRestartDiverges: what the second run prints otherwise is shown, and why.
func TestRestartDiverges(t *testing.T) {
	w := newWorld(t, nil)
	s, out := rivals(t, w)
	src := "from clusto.drivers import *\ndef f():\n    print('servers:', len(get_entities(clusto_types=['server'])), 'now')\n    Pool('p')\nf()\n"
	if err := s.Run(t.Context(), "a", src); err != nil {
		t.Fatal(render(err))
	}
	if got := out.String(); !strings.HasPrefix(got, "servers: 0 now\n(the inventory was changed") || !strings.HasSuffix(got, "servers: 1 now\n") {
		t.Errorf("printed %q", got)
	}
}

// TestNoRestart: a statement that cannot be run again fails with a conflict.
func TestNoRestart(t *testing.T) {
	for name, src := range map[string]string{
		"too many variables": "many = list(range(30000))\nf()\n",
		"after a commit":     "def g():\n    begin_transaction()\n    commit()\n    f()\ng()\n",
		"in a transaction":   "begin_transaction()\nf()\n",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, nil)
			s, _ := rivals(t, w)
			err := s.Run(t.Context(), "a", variables+readThenWrite+src)
			if !errors.Is(err, clusto.ErrConflict) {
				t.Errorf("got %v, want ErrConflict", err)
			}
			if err := s.Run(t.Context(), "b", "assert get_by_names(['p0', 'p1']) == [None, None]"); err != nil {
				t.Error(render(err))
			}
			if s.InTransaction() {
				t.Error("the transaction is still open")
			}
		})
	}
}

// TestConflictIsNotCaught: try does not keep a statement from being run again.
func TestConflictIsNotCaught(t *testing.T) {
	w := newWorld(t, nil)
	s, _ := rivals(t, w)
	src := variables + readThenWrite + "def g():\n    try:\n        f()\n    except:\n        seen.append('caught')\ng()\nassert seen == [1], seen\n"
	if err := s.Run(t.Context(), "a", src); err != nil {
		t.Error(render(err))
	}
}

// TestManySessions has sessions of one engine work at the same time.
func TestManySessions(t *testing.T) {
	w := newWorld(t, nil)
	w.eval("from clusto.drivers import *\nnames = SimpleEntityNameManager('names', basename='s', digits=3)\nPool('p')")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			s := w.engine.Session(io.Discard)
			defer s.Close()
			src := "from clusto.drivers import *\nmade = []\nfor i in range(5):\n    made.append(get_by_name('names').allocate(BasicServer))\n    get_by_name('p').insert(made[-1])\nassert len(made) == 5\n"
			if err := s.Run(t.Context(), "f", src); err != nil {
				t.Error(render(err))
			}
		})
	}
	all.Wait()
	w.eval("assert len(get_by_name('p').contents()) == 20 and get_by_name('s020')")
}
