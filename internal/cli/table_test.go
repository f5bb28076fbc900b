package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTable(t *testing.T) {
	t.Parallel()
	some := newTable("NAME", "STATE", "MORE")
	some.add("nic-eth/1", "free", "")
	some.paint(1, colorsOf(true).good)
	some.add("é", "sw1 nic-eth/12", "mac=00:11:22:33:44:55")
	for _, c := range []struct {
		name    string
		heading hue
		width   int
		want    string
	}{
		{"without a terminal", unpainted, 0, "" +
			"NAME       STATE           MORE\n" +
			"nic-eth/1  \x1b[32mfree\x1b[0m\n" +
			"é          sw1 nic-eth/12  mac=00:11:22:33:44:55\n"},
		{"a narrow terminal", unpainted, 30, "" +
			"NAME       STATE           MO…\n" +
			"nic-eth/1  \x1b[32mfree\x1b[0m\n" +
			"é          sw1 nic-eth/12  ma…\n"},
		{"a very narrow one", unpainted, 14, "" +
			"NAME       ST…\n" +
			"nic-eth/1  \x1b[32mfr…\x1b[0m\n" +
			"é          sw…\n"},
		{"with colours", colorsOf(true).heading, 0, "" +
			"\x1b[1mNAME\x1b[0m       \x1b[1mSTATE\x1b[0m           \x1b[1mMORE\x1b[0m\n" +
			"nic-eth/1  \x1b[32mfree\x1b[0m\n" +
			"é          sw1 nic-eth/12  mac=00:11:22:33:44:55\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := some.write(&b, c.heading, c.width); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, b.String()); diff != "" {
				t.Errorf("want -, got +\n%s", diff)
			}
		})
	}
}

func TestColors(t *testing.T) {
	t.Parallel()
	if got := colorsOf(false).bad("off"); got != "off" {
		t.Errorf("without colours: %q", got)
	}
	if got := colorsOf(true).bad("off"); got != "\x1b[31moff\x1b[0m" {
		t.Errorf("with colours: %q", got)
	}
	if got := colorsOf(true).bad(""); got != "" {
		t.Errorf("nothing is %q", got)
	}
}
