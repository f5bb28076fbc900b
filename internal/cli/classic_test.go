package cli_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// classicCase is a command that was run on a copy of small.db by classic clusto.
type classicCase struct {
	Argv   []string `json:"argv"`
	Status int      `json:"rc"`
	Stdout string   `json:"stdout"`
}

func (c classicCase) name() string { return strings.Join(c.Argv, " ") }

// different lists the cases whose status or output is meant to differ, each
// with the reason. Output, if not "", is what we print.
var different = map[string]struct {
	reason string
	status int
	output string
}{
	"info": {reason: "a call without items is a mistake on the command line; the line printed is the same", status: 2},
	"info none-such": {
		reason: "something unknown must not look like success", status: 3,
	},
	"info net-prod": {
		reason: "info of a manager works (classic calls a class method without its argument)", status: 0,
		output: "Name:                net-prod\nType:                resourcemanager\n\n\n" + strings.Repeat("-", 80) + "\n",
	},
	"attr show zz": {reason: "statuses are ours: not found", status: 3},
	"tree zz":      {reason: "statuses are ours: not found", status: 3},
}

// reprs are the texts that Python prints for entities. We print their names.
var reprs = []string{"IPManager", "BasicConsoleServer", "BasicNetworkSwitch", "BasicPowerStrip", "ResourceManager", "SimpleNumManager"}

// withNames returns output with the names of entities in place of their reprs.
func withNames(t *testing.T, output string) string {
	t.Helper()
	for _, class := range reprs {
		for {
			before, rest, found := strings.Cut(output, class+"(name=")
			if !found {
				break
			}
			name, rest, _ := strings.Cut(rest, ", ")
			_, rest, _ = strings.Cut(rest, ")")
			output = before + name + rest
		}
	}
	return output
}

// withoutZeros returns CSV with no number where classic prints 0 for none. Those
// that are 0 in truth are told by the same attributes in the format json.
func withoutZeros(output string) string {
	for _, key := range []string{"hostname;", "manufacturer;property", "model;property"} {
		output = strings.Replace(output, "\n"+key+";0;", "\n"+key+";;", 1)
	}
	return output
}

// TestClassicOutput runs every case of info, tree and attr show that classic
// clusto answered.
func TestClassicOutput(t *testing.T) {
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
	dsn := smallDB(t)
	count := 0
	for _, c := range expected.CLI {
		reads := c.Argv[0] == "info" || c.Argv[0] == "tree" || slices.Equal(c.Argv[:min(2, len(c.Argv))], []string{"attr", "show"})
		if !reads {
			continue
		}
		count++
		t.Run(c.name(), func(t *testing.T) {
			t.Parallel()
			wantStatus, want := c.Status, withNames(t, c.Stdout)
			if slices.Contains(c.Argv, "csv") {
				want = withoutZeros(want)
			}
			if d, ok := different[c.name()]; ok {
				wantStatus = d.status
				if d.output != "" {
					want = d.output
				}
			}
			got := clustoOn(t, dsn, c.Argv...)
			if got.status != wantStatus {
				t.Errorf("got status %d, want %d\n%s", got.status, wantStatus, got.stderr)
			}
			if diff := cmp.Diff(want, got.stdout); diff != "" {
				t.Errorf("stdout: want -, got +\n%s", diff)
			}
			if (got.status == 0) != (got.stderr == "") {
				t.Errorf("status %d with %q on standard error", got.status, got.stderr)
			}
		})
	}
	if count < 17 {
		t.Errorf("found %d cases in the fixture, want at least 17", count)
	}
}
