package script_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/script"
)

// withLibrary returns a world with a library directory.
func withLibrary(t *testing.T, files map[string]string) (*world, string) {
	t.Helper()
	lib := t.TempDir()
	for name, text := range files {
		write(t, lib, name, text)
	}
	return newWorld(t, func(o *script.Options) { o.LibDir = lib }), lib
}

const tray = "from clusto.drivers import BasicServer\nfrom units import TALL\nclass Tray(BasicServer):\n    _driver_name = 'tray'\n    rack_units = TALL\n    def tall(self):\n        return TALL\n"

func TestLibrary(t *testing.T) {
	w, _ := withLibrary(t, map[string]string{
		"drivers/tray.py":   tray,
		"units.star":        "TALL = 4\nlist = [1]\n",
		"drivers/broken.py": "def f(:\n    pass\n",
		"drivers/raises.py": "x = 1\n1 // 0\n",
		"drivers/early.py":  "import clusto\nclusto.get_by_name('x')\n",
		"drivers/loop1.py":  "import loop2\n",
		"loop2.py":          "import loop1\n",
		"drivers/slip.py":   "def f():\n    return lenn([1])\n",
		"drivers/notes.txt": "not a script",
	})
	warnings := w.takeWarnings()
	for _, want := range []string{
		"drivers/broken.py:1:6", "drivers/raises.py:2:3", "division by zero", "the inventory cannot be used while a file is loaded",
		"imports itself", "drivers/slip.py:2:12: undefined: lenn",
	} {
		if !strings.Contains(warnings, want) {
			t.Errorf("warnings lack %q:\n%s", want, warnings)
		}
	}
	w.eval("from clusto.drivers import Tray\nt = Tray('t1')\nassert t.tall() == 4 and t.rack_units == 4 and t.driver == 'tray'\nimport units\nassert units.TALL == 4")
	if got := w.fails("units.list.append(2)"); !strings.Contains(got, "frozen") {
		t.Error(got)
	}
	if again := w.takeWarnings(); again != "" {
		t.Errorf("warned again: %s", again)
	}
	w.eval("from slip import f")
	if got := w.fails("f()"); !strings.Contains(got, "slip.py:2:12") || !strings.Contains(got, "name 'lenn' is not defined") {
		t.Error(got)
	}
	if got := w.fails("import broken"); !strings.Contains(got, "broken.py:1:6") {
		t.Error(got)
	}
}

func TestHotReload(t *testing.T) {
	w, lib := withLibrary(t, map[string]string{"drivers/tray.py": tray, "units.star": "TALL = 4\n"})
	w.eval("from clusto.drivers import Tray\nfrom units import TALL\nt = Tray('t1')\nassert t.tall() == 4")

	write(t, lib, "units.star", "TALL = 12 # changed\n")
	w.eval("assert t.tall() == 12, t.tall()\nassert Tray.rack_units == 12")
	if got := w.takeWarnings(); got != "" {
		t.Errorf("warnings: %s", got)
	}

	write(t, lib, "drivers/tray.py", tray+"    def broken(:\n")
	w.eval("assert t.tall() == 12")
	w.eval("assert t.tall() == 12")
	if got := w.takeWarnings(); strings.Count(got, "stays in force") != 1 || !strings.Contains(got, "tray.py:8:15") {
		t.Errorf("warnings: %s", got)
	}

	write(t, lib, "drivers/tray.py", strings.Replace(tray, "return TALL", "return 0", 1)+"class Fellow(BasicServer): pass\n1 // 0\n")
	w.eval("assert t.tall() == 12\nimport clusto\nassert 'fellow' not in clusto.driverlist")
	if got := w.takeWarnings(); strings.Count(got, "stays in force") != 1 {
		t.Errorf("warnings: %s", got)
	}

	write(t, lib, "drivers/tray.py", tray+"    def added(self):\n        return 'yes'\n")
	w.eval("assert t.added() == 'yes' and Tray('t2').added() == 'yes'")

	write(t, lib, "drivers/fresh.py", "from clusto.drivers import Pool\nclass Fresh(Pool): pass\n")
	w.eval("from clusto.drivers import Fresh\nFresh('f')")
	if got := w.takeWarnings(); got != "" {
		t.Errorf("warnings: %s", got)
	}
}

// TestReloadRebindsNames: names that the shell imported follow the file.
func TestReloadRebindsNames(t *testing.T) {
	w, lib := withLibrary(t, map[string]string{"mine.py": "def f():\n    return 1\n"})
	w.eval("from mine import f, f as g\nimport mine\nh = f\nassert f() == 1")
	write(t, lib, "mine.py", "def f():\n    return 22\n")
	w.eval("assert (f(), g(), h(), mine.f()) == (22, 22, 22, 22), (f(), g(), h())")
	w.eval("f = 5")
	write(t, lib, "mine.py", "def f():\n    return 333\n")
	w.eval("assert f == 5 and g() == 333")
}

func TestUntrustedFiles(t *testing.T) {
	lib := t.TempDir()
	write(t, lib, "drivers/open.py", "x = 1\n")
	if err := os.Chmod(filepath.Join(lib, "drivers/open.py"), 0o666); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(o *script.Options) { o.LibDir = lib })
	if got := w.takeWarnings(); !strings.Contains(got, "can be changed by everyone") || !strings.Contains(got, "chmod o-w") {
		t.Errorf("warnings: %s", got)
	}
	if got := w.fails("import open"); !strings.Contains(got, "can be changed by everyone") {
		t.Error(got)
	}
	if os.Geteuid() != 0 {
		return
	}
	write(t, lib, "drivers/other.py", "x = 1\n")
	if err := os.Chown(filepath.Join(lib, "drivers/other.py"), 12345, 0); err != nil {
		t.Fatal(err)
	}
	if got := w.fails("import other"); !strings.Contains(got, "belongs to user 12345") {
		t.Error(got)
	}
}

func TestMissingLibrary(t *testing.T) {
	w := newWorld(t, func(o *script.Options) { o.LibDir = filepath.Join(t.TempDir(), "nothing") })
	w.eval("from clusto.drivers import EquinixDatacenter")
	if got := w.takeWarnings(); got != "" {
		t.Errorf("warnings: %s", got)
	}
}

// TestTwoFilesOneDriver: the second file to claim a driver is refused, the first stays.
func TestTwoFilesOneDriver(t *testing.T) {
	w, _ := withLibrary(t, map[string]string{
		"drivers/a.py": "from clusto.drivers import Pool\nclass Twin(Pool):\n    WHO = 'a'\n",
		"drivers/b.py": "from clusto.drivers import Pool\nclass Twin(Pool):\n    WHO = 'b'\n",
	})
	if got := w.takeWarnings(); !strings.Contains(got, "b.py cannot be loaded") || !strings.Contains(got, "is defined in") {
		t.Errorf("warnings: %s", got)
	}
	w.eval("from clusto.drivers import Twin\nassert Twin.WHO == 'a'")
}

// TestCallFromGo calls methods of a script driver as daemons do, from many goroutines,
// while files are loaded again.
func TestCallFromGo(t *testing.T) {
	w, lib := withLibrary(t, map[string]string{"drivers/tray.py": "missing = {}\n" + tray + `
    def insert(self, thing, where=None):
        thing.set_attr('inside', where or self.name)
        super().insert(thing)
    def fails(self):
        return missing['x']
    @classmethod
    def known(cls, n=1):
        return cls._driver_name * n
`, "units.star": "TALL = 4\n"})
	w.takeWarnings()
	w.eval("from clusto.drivers import *\nt = Tray('t')\nfor i in range(8): BasicServer('s%d' % i)")
	reg := w.engine.Drivers()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			name := "s" + string(rune('0'+i))
			_, err := w.store.Update(t.Context(), clusto.Change{User: "daemon"}, func(tx clusto.Tx) error {
				inv := clusto.NewInventory(tx, reg)
				tray, err := inv.Object(t.Context(), "t")
				if err != nil {
					return err
				}
				s, err := inv.Object(t.Context(), name)
				if err != nil {
					return err
				}
				return tray.Insert(t.Context(), s)
			})
			if err != nil {
				t.Errorf("%s: %s", name, render(err))
			}
			w.engine.Refresh()
		})
	}
	for i := range 4 {
		write(t, lib, "units.star", "TALL = "+strings.Repeat("1", i+1)+"\n")
		w.engine.Refresh()
	}
	all.Wait()
	w.eval("assert len(t.contents()) == 8 and get_by_name('s3').attr_value('inside') == 't'")
	if got := w.takeWarnings(); got != "" {
		t.Errorf("warnings: %s", got)
	}

	d, _ := reg.Driver("tray")
	m := d.Method("known")
	args, err := m.Arrange(nil, map[string]any{"n": int64(2)})
	if err != nil || m.Signature() != "known(n=1)" {
		t.Fatalf("%s: %v", m.Signature(), err)
	}
	err = w.store.View(t.Context(), clusto.Live, func(r clusto.Reader) error {
		inv := clusto.NewInventory(r, reg)
		if v, err := m.Call(context.Background(), inv, nil, args); v != "traytray" || err != nil {
			t.Errorf("known: %v, %v", v, err)
		}
		o, err := inv.Object(t.Context(), "t")
		if err != nil {
			return err
		}
		_, err = o.Call(t.Context(), "fails")
		if err == nil || !strings.Contains(err.Error(), "tray.py:14:23: key \"x\" not in dict") {
			t.Errorf("fails: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSharedInstance uses an instance that a file made in a session.
func TestSharedInstance(t *testing.T) {
	w, _ := withLibrary(t, map[string]string{"things.py": `
class Thing(object):
    def __init__(self): self.n = 1
    @property
    def double(self): return self.n * 2
    def __str__(self): return 'thing %d' % self.n
    def find(self, name):
        import clusto
        return clusto.get_by_name(name)
    def __iter__(self): return [1, 2]
THING = Thing()
`})
	w.eval("from things import THING\nfrom clusto.drivers import Pool\nPool('p')\nassert THING.double == 2 and str(THING) == 'thing 1' and THING.find('p').name == 'p' and list(THING) == [1, 2]")
	if got := w.fails("THING.n = 2"); !strings.Contains(got, "do not change once it is loaded") {
		t.Error(got)
	}
}

// TestChangeAfterEntryEnded changes a module when the context of the last entry is over,
// as it is in a shell. The module takes a while to load.
func TestChangeAfterEntryEnded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, func(o *script.Options) { o.LibDir = dir })
	const slow = "def slow():\n    for i in range(1000000): pass\nslow()\n"
	write(t, dir, "tools.py", slow+"def f(): return 1")
	ctx, cancel := context.WithCancel(t.Context())
	if err := w.session.Eval(ctx, "from tools import f"); err != nil {
		t.Fatal(render(err))
	}
	cancel()
	write(t, dir, "tools.py", slow+"def f(): return 222")
	if got := w.eval("f()"); got != "222\n" {
		t.Errorf("got %q, want what the module has now", got)
	}
}
