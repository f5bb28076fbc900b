package shell_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Keys as terminals send them.
const (
	enter = "\r"
	tab   = "\t"
	up    = "\x1b[A"
	left  = "\x1b[D"
	ctrlA = "\x01"
	ctrlC = "\x03"
	ctrlD = "\x04"
	ctrlR = "\x12"
)

func TestBanner(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.shows("clusto 1.2.3 on sqlite:///test.db\n")
	term.shows("help()")
	term.types(ctrlD)
	term.gone()
}

func TestEntries(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.types("x = 1" + enter)
	term.until("<shell 1>: \"x = 1\"\nclusto [2]>")
	term.types(enter + "boom" + enter)
	term.until("boom\n^ here\nclusto [3]>")
	term.types("print('Zürich 東京')" + enter)
	term.until(`<shell 3>: "print('Zürich 東京')"` + "\nclusto [4]>")
	term.types("exit( )" + enter)
	term.gone()
}

func TestCtrlC(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.types("half an ent" + ctrlC)
	term.until("clusto [1]> half an ent^C\nclusto [1]>")
	term.types("wait" + enter)
	term.shows("waiting")
	term.types(ctrlC)
	term.until("^C\ninterrupted\nclusto [2]>")
	term.types("x" + enter)
	term.until("<shell 2>: \"x\"\nclusto [3]>")
	term.types("not empty" + ctrlA + ctrlD)
	term.until("clusto [3]> ot empty")
	term.types(ctrlC)
	term.until("clusto [3]>")
	term.types(ctrlD)
	term.gone()
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	const menu = "\nget_by_ip  -- find by address get_by_name  -- find by name"
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.types("ra" + tab)
	term.until("clusto [1]> rack")
	term.types(".g" + tab)
	term.until("clusto [1]> rack.get_by_" + menu)
	term.types(tab)
	term.until("clusto [1]> rack.get_by_ip" + menu)
	term.types(tab)
	term.until("clusto [1]> rack.get_by_name" + menu)
	term.types("(r" + tab)
	term.until("clusto [1]> rack.get_by_name(rack")
	term.types(", " + tab)
	term.until("clusto [1]> rack.get_by_name(rack," + menu + "\nrack       -- a rack")
	term.types("'ég" + tab)
	term.until("clusto [1]> rack.get_by_name(rack, 'éget_by_" + menu)
	term.types(")" + enter)
	term.until(`<shell 1>: "rack.get_by_name(rack, 'éget_by_)"` + "\nclusto [2]>")
}

// TestLongMenu checks that a menu that is longer than the screen leaves the entry
// in sight.
func TestLongMenu(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.types("rack.m" + tab)
	term.until("(scroll down to show)")
	term.shows("clusto [1]> rack.method_\nmethod_00  -- does one of eighty things, number 0\n")
	term.types(tab + tab)
	term.shows("clusto [1]> rack.method_01\nmethod_00")
	term.until("(scroll down to show)")
	term.types(enter)
	term.until("clusto [1]> rack.method_01\n<shell 1>: \"rack.method_01\"\nclusto [2]>")
}

// TestTerminate checks that the shell ends, with the terminal as it was, when the
// program is to end while it waits at the prompt.
func TestTerminate(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.cmd.Process.Signal(syscall.SIGTERM)
	term.shows("context canceled")
	modes, err := unix.IoctlGetTermios(int(term.pty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	if modes.Lflag&unix.ICANON == 0 || modes.Lflag&unix.ECHO == 0 {
		t.Errorf("the terminal was left in raw mode: %x", modes.Lflag)
	}
}

// TestBottom checks that entries of several lines and menus show well at the
// bottom of the screen, where each new line moves all others up.
func TestBottom(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	for n := 1; n <= 12; n++ {
		term.until(fmt.Sprintf("clusto [%d]>", n))
		term.types(fmt.Sprintf("x%d", n) + enter)
	}
	term.until("<shell 12>: \"x12\"\nclusto [13]>")
	term.types("f(" + enter + "1," + enter)
	term.until("<shell 12>: \"x12\"\nclusto [13]> f(\n         ... 1,\n         ...")
	term.types("get" + tab)
	term.until("<shell 12>: \"x12\"\nclusto [13]> f(\n         ... 1,\n         ... get_by_\n" +
		"get_by_ip  -- find by address get_by_name  -- find by name")
	term.types(tab + ")")
	term.until("<shell 12>: \"x12\"\nclusto [13]> f(\n         ... 1,\n         ... get_by_ip)")
	term.types(up + up + ctrlA + "y")
	term.until("<shell 12>: \"x12\"\nclusto [13]> yf(\n         ... 1,\n         ... get_by_ip)")
}

func TestHistory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "history")
	term := open(t, "menu", "SHELL_TEST_HISTORY="+file)
	term.until("clusto [1]>")
	term.types("first" + enter)
	term.until("clusto [2]>")
	term.types("if x:" + enter + "  y" + enter + enter)
	term.until("clusto [3]>")
	term.types(ctrlD)
	term.gone()

	term = open(t, "menu", "SHELL_TEST_HISTORY="+file)
	term.until("clusto [1]>")
	term.types(ctrlR + "fir")
	term.until("clusto [1]> first\nhistory (inc-search): fir_\n0 first")
	term.types(enter)
	term.until("clusto [2]>")
	term.types(up)
	term.until("clusto [2]> first")
	term.types(up)
	term.until("clusto [2]> if x:\n        ...   y\n        ...")
	term.types(enter)
	term.wrote(`<shell 2>: "if x:\n  y\n"` + "\n")
}

// TestColor checks that colours are shown, but not to a person who wants none.
func TestColor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  string
		want bool
	}{{"SHELL_TEST_NOCOLOR=", true}, {"SHELL_TEST_NOCOLOR=1", false}} {
		term := open(t, "menu", c.env)
		term.until("clusto [1]>")
		term.types("boom" + enter)
		term.until("boom\n^ here\nclusto [2]>")
		term.types("get" + tab)
		term.until("get_by_name  -- find by name")
		term.types(tab)
		term.shows("clusto [2]> get_by_ip\n")
		term.until("get_by_name  -- find by name")
		term.types(ctrlC)
		term.until("clusto [2]> get_by_")
		term.types(ctrlC)
		term.until("clusto [2]>")
		term.types(ctrlR + "bo")
		term.until("0 boom")
		if colours := term.colours(); (colours != "") != c.want {
			t.Errorf("%s: shown in colours: %q", c.env, colours)
		}
	}
}

// TestWide checks that the cursor is where it seems after wide characters.
func TestWide(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.types("東京é" + left + left + "x")
	term.until("clusto [1]> 東x京é")
	term.types(enter)
	term.until("<shell 1>: \"東x京é\"\nclusto [2]>")
}

// TestPaste pastes the scripts of the document, with their tabs and blank lines:
// each is one entry.
func TestPaste(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"class EquinixDatacenter", "def remote_hands", "get_by_name('eqix-sv3')", "factory.connect_ports()"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			block := documentBlock(t, text)
			term := open(t, "menu")
			term.until("clusto [1]>")
			term.pastes(block)
			term.until("\n        ...")
			term.types(enter)
			term.wrote(fmt.Sprintf("<shell 1>: %q\n", block))
			term.until("clusto [2]>")
			term.types(ctrlD)
			term.gone()
		})
	}
}

func TestMultiline(t *testing.T) {
	t.Parallel()
	term := open(t, "menu")
	term.until("clusto [1]>")
	term.types("def f(x):" + enter)
	term.until("clusto [1]> def f(x):\n        ...")
	term.types(tab + "return x" + enter + enter)
	term.until(`<shell 1>: "def f(x):\n    return x\n"` + "\nclusto [2]>")

	term.types(up)
	term.until("clusto [2]> def f(x):\n        ...     return x\n        ...")
	term.types(up + "y = " + enter)
	term.until("clusto [2]> def f(x):\n        ... y =\n        ...     return x\n        ...")
	term.types(ctrlC)
	term.until("^C  return x\n        ...\nclusto [2]>")
	term.types(up + enter)
	term.until(`<shell 2>: "def f(x):\n    return x\n"` + "\nclusto [3]>")
}

// documentBlock returns the literal block of the document that has a text.
func documentBlock(t *testing.T, text string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "testdata", "using-clusto.rst"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(data), "::\n\n")[1:] {
		var block strings.Builder
		for line := range strings.Lines(part) {
			if line != "\n" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
				break
			}
			block.WriteString(line)
		}
		if strings.Contains(block.String(), text) {
			return strings.TrimRight(block.String(), "\n") + "\n"
		}
	}
	t.Fatalf("no block of the document has %q", text)
	return ""
}
