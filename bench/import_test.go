package bench_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
	"github.com/clusto/clusto/internal/convert/jsonl"
)

// importAtMost is how many servers are imported at a time into fleets that have
// as many.
const importAtMost = 10_000

// importing measures an import of new servers from JSON Lines, reading the file
// included, in one version.
var importing = &measure{
	name: "import", what: "import 10,000 servers (of a smaller fleet as many as it has), each",
	run: func(b *testing.B, w *world) result {
		n := min(importAtMost, w.servers)
		var t timing
		for b.Loop() {
			file := servers(b, t.turns, n)
			t.turn(b, w, func() error {
				records, problems, err := convert.ReadAll(jsonl.Import, bytes.NewReader(file), func(int) {})
				if err != nil {
					return err
				}
				report, err := convert.Import(b.Context(), w.store, clusto.Change{Description: "import"}, records, problems, convert.Options{Drivers: w.drivers})
				if err == nil && len(report.Changes) != n {
					err = fmt.Errorf("%d servers imported, want %d; %d problems, of which %v", len(report.Changes), n, len(report.Problems), report.Problems[:min(1, len(report.Problems))])
				}
				return err
			})
			changes := w.changes(b)
			t.plainly(b, func() error { return w.peer.writeAll(b.Context(), changes, 1) })
		}
		return t.result(n)
	},
}

// servers returns n lines of servers whose names and hardware addresses are not
// used yet.
func servers(b *testing.B, round, n int) []byte {
	b.Helper()
	var file bytes.Buffer
	encode := json.NewEncoder(&file)
	for i := range n {
		e := jsonl.Entity{Name: fmt.Sprintf("import-%d-%05d", round, i), Type: "server", Driver: "penguinserver"}
		for _, a := range attributes(1<<23 + round*n + i) {
			line := jsonl.Attr{Key: a.Key, Datatype: a.Value.Kind()}
			if number, ok := a.Number.Get(); ok {
				line.Number = &number
			}
			if subkey, ok := a.Subkey.Get(); ok {
				line.Subkey = &subkey
			}
			if a.Value.Kind() == clusto.KindInt {
				line.Value = fmt.Append(nil, a.Value.Int64())
			} else {
				line.Value = fmt.Appendf(nil, "%q", a.Value.Str())
			}
			e.Attrs = append(e.Attrs, line)
		}
		if err := encode.Encode(e); err != nil {
			b.Fatal(err)
		}
	}
	return file.Bytes()
}
