package query_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/query"
)

// FuzzParse checks that no text makes the parser fall over, and that what
// parses is printed as text that reads as the same.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range archive.Files {
			if strings.HasPrefix(part.Name, "query") {
				f.Add(strings.TrimSuffix(string(part.Data), "\n"))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := query.Parse(text)
		if err != nil {
			var wrong *query.Error
			if !errors.Is(err, clusto.ErrInvalid) || !errors.As(err, &wrong) {
				t.Fatalf("%q: %v is not an error of a query", text, err)
			}
			if wrong.Column() < 1 || wrong.Caret() == "" {
				t.Fatalf("%q: column %d, caret %q", text, wrong.Column(), wrong.Caret())
			}
			return
		}
		canonical := q.String()
		again, err := query.Parse(canonical)
		if err != nil {
			t.Fatalf("%q prints as %q, which does not parse: %v", text, canonical, err)
		}
		if again.String() != canonical {
			t.Fatalf("%q prints as %q, which prints as %q", text, canonical, again)
		}
		q.Explain(query.Options{Now: now})
	})
}

// FuzzParseFormat checks that no text makes the reader of formats fall over.
func FuzzParseFormat(f *testing.F) {
	for _, text := range []string{"%name %rack %attr(system.serial)", "%{name}%%\\t", "%system.serial", `%own("a)b".c#1)`, "%", "%{", "%attr("} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := query.ParseFormat(text)
		if err == nil {
			return
		}
		var wrong *query.Error
		if !errors.Is(err, clusto.ErrInvalid) {
			t.Fatalf("%q: %v", text, err)
		}
		if errors.As(err, &wrong) && (wrong.Column() < 1 || wrong.Caret() == "") {
			t.Fatalf("%q: column %d, caret %q", text, wrong.Column(), wrong.Caret())
		}
	})
}

// TestDepth checks that deep nesting is refused and long chains are not.
func TestDepth(t *testing.T) {
	deep := map[string]string{
		"parentheses": strings.Repeat("(", 200_000) + "name = a" + strings.Repeat(")", 200_000),
		"negations":   strings.Repeat("not ", 200_000) + "name = a",
		"long":        "name = " + strings.Repeat("a", 1<<20),
		"no UTF-8":    "name = \xff",
		"conditions":  strings.Repeat("not name = a and ", 600) + "name = a",
	}
	for what, text := range deep {
		if _, err := query.Parse(text); !errors.Is(err, clusto.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", what, err)
		}
	}
	for what, text := range map[string]string{
		"a chain":     "name = a" + strings.Repeat(" or name = a", 50_000),
		"a list":      "name in (a" + strings.Repeat(", a", 100_000) + ")",
		"99 brackets": strings.Repeat("(", 99) + "name = a" + strings.Repeat(")", 99),
	} {
		q, err := query.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if again, err := query.Parse(q.String()); err != nil || again.String() != q.String() {
			t.Errorf("%s does not read as it prints: %v", what, err)
		}
	}
}

// TestWords checks that every word that is offered is understood.
func TestWords(t *testing.T) {
	for _, field := range query.Fields() {
		switch field {
		case "attr", "own", "merged":
			field += " key"
		}
		for _, op := range query.Operators() {
			text := field + " " + op
			switch {
			case op == "exists":
			case op == "in_cidr" && !strings.Contains(field, " ") && field != "ip", field == "mac" && strings.Trim(op, "<>=") == "" && op != "=":
				continue
			case op == "in_cidr":
				text += " 10.0.0.0/8"
			case field == "ip":
				text += " 10.0.0.1"
			case field == "mac":
				text += " 00:16:3e:00:00:01"
			default:
				text += " x"
			}
			if _, err := query.Parse(text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}
