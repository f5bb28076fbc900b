package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// document is a page with its fenced blocks.
type document struct {
	path   string
	text   string
	blocks []block
}

// block is a fenced block. Its info string is a kind and, for some kinds, the
// name of a file: "python lib/drivers/colo.py".
type block struct {
	kind, file string
	text       string
	line       int // of the fence, from 1
}

// kinds are the kinds of blocks and whether they may name a file. What becomes of
// each says TestExamples.
var kinds = map[string]bool{
	"sh": true, "console": false, "log": false, "python": true, "pycon": false,
	"yaml": true, "ini": true, "go": true, "ios": false, "text": false,
}

// documents returns the pages whose examples are run.
func documents(t *testing.T) []document {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"../README.md", "*.md", "howto/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no pages match %s (%v)", pattern, err)
		}
		paths = append(paths, found...)
	}
	var all []document
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		d := document{path: path, text: string(text)}
		if d.blocks, err = blocks(d.text); err != nil {
			t.Errorf("%s:%v", path, err)
		}
		all = append(all, d)
	}
	return all
}

// blocks returns the fenced blocks of a page.
func blocks(text string) ([]block, error) {
	var all []block
	var open *block
	for i, line := range strings.Split(text, "\n") {
		info, fence := strings.CutPrefix(strings.TrimLeft(line, " "), "```")
		switch {
		case fence && open == nil:
			kind, file, _ := strings.Cut(info, " ")
			mayName, known := kinds[kind]
			if !known || file != "" && !mayName {
				return nil, fmt.Errorf("%d: a block of the unknown kind %q; known are %v", i+1, info, sortedKinds())
			}
			if strings.HasPrefix(line, " ") {
				return nil, fmt.Errorf("%d: an indented block", i+1)
			}
			open = &block{kind: kind, file: file, line: i + 1}
		case fence:
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%d: the block is not closed", open.line)
	}
	return all, nil
}

func sortedKinds() []string {
	var names []string
	for kind := range kinds {
		names = append(names, kind)
	}
	slices.Sort(names)
	return names
}

// link is a link to another page.
var link = regexp.MustCompile(`\]\(([^)#]+)(#[^)]*)?\)`)

// TestLinks checks that what pages link to is there.
func TestLinks(t *testing.T) {
	t.Parallel()
	for _, d := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(d.text, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(d.path), m[1])); err != nil {
				t.Errorf("%s: %v", d.path, err)
			}
		}
	}
}

func TestBlocks(t *testing.T) {
	t.Parallel()
	got, err := blocks("a\n```sh\nb\n```\n```python lib/x.py\nc\n\nd\n```\n")
	want := []block{{kind: "sh", text: "b\n", line: 2}, {kind: "python", file: "lib/x.py", text: "c\n\nd\n", line: 5}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	for _, text := range []string{"```\n```\n", "```perl\n```\n", "```console x\n```\n", "```sh\n", "  ```sh\n  ```\n"} {
		if got, err := blocks(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

// pattern returns what matches text in which "…" stands for anything on a line,
// and a line that is only "…" for any lines.
func pattern(text string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, " \t\n")
		if strings.TrimSpace(line) == "…" {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + `[ \t]*\n`)
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		shown, is string
		want      bool
	}{
		{"a\n", "a\n", true},
		{"a\n", "a \nb\n", false},
		{"a … c\n", "a b c\n", true},
		{"a\n…\nd\n", "a\nb\nc\nd\n", true},
		{"a\n…\n", "a\n", true},
		{"a.c\n", "abc\n", false},
		{"", "a\n", false},
	} {
		if got := pattern(row.shown).MatchString(row.is); got != row.want {
			t.Errorf("%q is shown for %q: got %v, want %v", row.shown, row.is, got, row.want)
		}
	}
}
