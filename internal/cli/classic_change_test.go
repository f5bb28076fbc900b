package cli_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/clusto/clusto/driver/all"
)

// differentChanges lists the cases that change something, or ask about pools, whose
// status or output is meant to differ, each with the reason. Output is what we print.
var differentChanges = map[string]struct {
	reason string
	status int
	output string
}{
	"attr add -k bad.key -v 1 node003":                    {reason: "statuses are ours: invalid", status: 5},
	"attr add -k nv node003":                              {reason: "classic returns the attribute as its status"},
	"attr set -k note -v x node001":                       {reason: "statuses are ours: invalid", status: 5},
	"attr delete node003":                                 {reason: "all attributes go only with --all", status: 2},
	"attr add -k fromcli -v 7 node003":                    {reason: "classic returns the attribute as its status"},
	"attr set -k role -v cli node001":                     {reason: "classic returns the attribute as its status"},
	"list-all --type bogus":                               {reason: "statuses are ours: not found", status: 3},
	"list-pool --names production":                        {reason: "sorted", output: "node001\nnode002\nnode005\n"},
	"list-pool --names --recursive everything production": {reason: "sorted", output: "node001\nnode002\nnode005\n"},
	"list-pool --names --recursive production everything": {
		reason: "the order of the pools does not matter", output: "node001\nnode002\nnode005\n",
	},
	"pool create production":                    {reason: "what is to be new is not", status: 4},
	"pool insert production node006 node001 zz": {reason: "all or nothing: zz does not exist", status: 3},
	"pool show node001":                         {reason: "it is not a pool", status: 5},
	"rename node005 node001":                    {reason: "statuses are ours: exists", status: 4},
	"rename zz yy":                              {reason: "statuses are ours: not found", status: 3},
	"reboot --batch node001":                    {reason: "the power is switched where no driver reboots; this strip cannot be", status: 9},
	"console node001":                           {reason: "the way to this console server is not known", status: 9},
}

// TestClassicChanges runs every case that changes something, or asks about pools,
// each on a copy of the database. What classic printed on standard output we print,
// before anything else.
func TestClassicChanges(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../testdata/classic/small.expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var expected struct {
		CLI []classicCase `json:"cli"`
	}
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, c := range expected.CLI {
		reads := slices.Contains([]string{"info", "tree", "initdb"}, c.Argv[0]) || slices.Equal(c.Argv[:min(2, len(c.Argv))], []string{"attr", "show"})
		if reads {
			continue
		}
		count++
		t.Run(c.name(), func(t *testing.T) {
			t.Parallel()
			want := struct {
				status int
				output string
			}{c.Status, c.Stdout}
			if d, ok := differentChanges[c.name()]; ok {
				want.status, want.output = d.status, d.output
			}
			got := clustoWith(t, all.Drivers(), smallDB(t), c.Argv...)
			if got.status != want.status {
				t.Errorf("got status %d, want %d\n%s", got.status, want.status, got.stderr)
			}
			if !strings.HasPrefix(got.stdout, want.output) {
				t.Errorf("got %q, want %q first", got.stdout, want.output)
			}
			if got.status != 0 && got.stderr == "" {
				t.Errorf("status %d without a word", got.status)
			}
		})
	}
	if count < 25 {
		t.Errorf("found %d cases in the fixture, want at least 25", count)
	}
}
