package shell_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	block := documentBlock(t, "class EquinixDatacenter")
	term := open(t, "plain")
	term.until("clusto [1]>")
	term.types("x = 1" + enter)
	term.until("<shell 1>: \"x = 1\"\nclusto [2]>")
	term.types("boom" + enter)
	term.until("boom\n^ here\nclusto [3]>")
	term.pastes(block)
	term.types(enter)
	term.wrote(fmt.Sprintf("<shell 3>: %q\n", block))
	term.until("clusto [4]>")
	term.types("if x:" + enter + tab + "y" + enter + enter)
	term.until(`<shell 4>: "if x:\n    y\n"` + "\nclusto [5]>")
	term.types("get" + tab + tab)
	term.until("get_by_ip  find by address\nget_by_name  find by name\nclusto [5]> get_by_")
	term.types("n" + tab + ctrlC + "rac" + tab + enter)
	term.until("clusto [5]> rack\n<shell 5>: \"rack\"\nclusto [6]>")
	term.types("wait" + enter)
	term.shows("waiting")
	term.types(ctrlC)
	term.until("^C\ninterrupted\nclusto [7]>")
	term.types(up + enter)
	term.until("waiting")
	term.types(ctrlC)
	term.until("^C\ninterrupted\nclusto [8]>")
	term.types(ctrlD)
	term.gone()
}

// TestDumb checks that nothing but text is sent to a terminal that knows nothing else.
func TestDumb(t *testing.T) {
	t.Parallel()
	term := open(t, "dumb")
	term.until("clusto [1]>")
	term.types("boom" + enter)
	term.until("clusto [2]>")
	term.types("f(" + enter + "1)" + enter)
	term.until("clusto [3]>")
	term.types("quit" + enter)
	term.gone()
	if out := term.output(); strings.Contains(out, "\x1b") {
		t.Errorf("there are escape sequences in %q", out)
	}
}
