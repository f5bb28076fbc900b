package query_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/query"
)

var update = flag.Bool("update", false, "write what comes into the files of testdata")

// TestCases runs the files of testdata. In each stand queries, and after each its
// canonical text if that differs, what is warned about, and the names that it finds
// ("rows"), or what is wrong with it ("error"). Queries named "query plan" have their
// plan too, those named "query merge" look at the attributes of containers.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	store := openWorld(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := &txtar.Archive{Comment: archive.Comment}
			for _, f := range archive.Files {
				if strings.HasPrefix(f.Name, "query") {
					got.Files = append(got.Files, f)
					view(t, store, func(r clusto.Reader) { runCase(t, r, f, got) })
				}
			}
			text := txtar.Format(got)
			if *update {
				if err := os.WriteFile(file, text, 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(txtar.Format(archive)), string(text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// runCase runs a query and appends what comes of it.
func runCase(t *testing.T, r clusto.Reader, f txtar.File, got *txtar.Archive) {
	report := func(name string, lines ...string) {
		if len(lines) > 0 {
			got.Files = append(got.Files, txtar.File{Name: name, Data: []byte(strings.Join(lines, "\n") + "\n")})
		}
	}
	text := strings.TrimSuffix(string(f.Data), "\n")
	q, err := query.Parse(text)
	if err != nil {
		var wrong *query.Error
		if !errors.As(err, &wrong) || !errors.Is(err, clusto.ErrInvalid) {
			t.Fatalf("%s: %v is no error of a query", text, err)
		}
		lines := []string{err.Error(), wrong.Caret()}
		if hint := clusto.Hint(err); hint != "" {
			lines = append(lines, "hint: "+hint)
		}
		report("error", lines...)
		return
	}
	if q.String() != text {
		report("canonical", q.String())
	}
	var warnings []string
	for _, w := range q.Warnings() {
		warnings = append(warnings, w.String())
	}
	o := query.Options{Now: now, MergeAttrs: strings.Contains(f.Name, "merge"), Warn: func(w query.Warning) { warnings = append(warnings, w.String()) }}
	if strings.Contains(f.Name, "plan") {
		var plan strings.Builder
		if err := q.Explain(o).WriteText(&plan); err != nil {
			t.Fatal(err)
		}
		report("plan", strings.TrimSuffix(plan.String(), "\n"))
	}
	found, err := q.Run(t.Context(), r, o)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	report("warnings", warnings...)
	if len(found) == 0 {
		report("rows", "none")
	}
	report("rows", namesOf(found)...)
}
