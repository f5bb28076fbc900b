package query

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/nearest"
)

// Format is how each of the entities that were found is shown, such as
// "%name %rack %attr(system.serial)".
type Format struct {
	columns Columns
	pieces  []piece
}

// piece is a text of a format, or a column.
type piece struct {
	text   string
	column int // -1 for a text
}

// ParseFormat reads a format: text in which %name, %{name}, %attr(system.serial)
// or, as in clusto-query, %system.serial stand for what [NewColumns] knows
// under that name. %% is a percent sign, \t a tab, \n a new line and \\ a
// backslash. What it does not understand it returns as an [*Error].
func ParseFormat(text string) (*Format, error) {
	if !utf8.ValidString(text) || len(text) > maxText {
		return nil, clusto.Errorf(clusto.ErrInvalid, "the format is not a text in UTF-8 of at most 1 MiB")
	}
	f := &Format{}
	var plain strings.Builder
	for at := 0; at < len(text); {
		if c := text[at]; c != '%' && c != '\\' {
			plain.WriteByte(c)
			at++
			continue
		}
		if short, ok := formatEscapes[text[at:min(at+2, len(text))]]; ok {
			plain.WriteString(short)
			at += 2
			continue
		}
		if text[at] == '\\' {
			plain.WriteByte('\\')
			at++
			continue
		}
		column, end, err := reference(text, at+1)
		if err != nil {
			return nil, err
		}
		f.addText(&plain)
		f.pieces = append(f.pieces, piece{column: f.columns.index(column)})
		at = end
	}
	f.addText(&plain)
	return f, nil
}

// formatEscapes are what stands for characters that a format cannot hold as such.
var formatEscapes = map[string]string{"%%": "%", `\t`: "\t", `\n`: "\n", `\\`: `\`}

// addText adds what was gathered in plain, if anything, and empties it.
func (f *Format) addText(plain *strings.Builder) {
	if plain.Len() > 0 {
		f.pieces = append(f.pieces, piece{plain.String(), -1})
		plain.Reset()
	}
}

// index returns the index of a column, which is added unless it is there.
func (c *Columns) index(column Column) int {
	for i, known := range *c {
		if known.name == column.name {
			return i
		}
	}
	*c = append(*c, column)
	return len(*c) - 1
}

// Columns returns the columns that the format shows, each once.
func (f *Format) Columns() Columns { return slices.Clone(f.columns) }

// Lines returns a text for each of the entities. It asks as [Columns.Rows] does.
func (f *Format) Lines(ctx context.Context, r clusto.Reader, entities []clusto.Entity, o Options) ([]string, error) {
	rows, err := f.columns.Rows(ctx, r, entities, o)
	if err != nil {
		return nil, err
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = f.Line(row)
	}
	return lines, nil
}

// Line returns the text for a row of the format's columns.
func (f *Format) Line(row Row) string {
	var b strings.Builder
	for _, p := range f.pieces {
		if p.column < 0 {
			b.WriteString(p.text)
		} else {
			b.WriteString(row[p.column].String())
		}
	}
	return b.String()
}

var (
	// columnWord is the name of a column.
	columnWord = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*`)
	// dottedName is the name of an attribute that stands for itself.
	dottedName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*\.[A-Za-z_][A-Za-z0-9_-]*(#[0-9]+)?`)
)

// reference reads the column whose name begins at at, after "%", perhaps in braces.
func reference(text string, at int) (Column, int, error) {
	if !strings.HasPrefix(text[at:], "{") {
		return columnAt(text, at)
	}
	column, end, err := columnAt(text, at+1)
	if err == nil && !strings.HasPrefix(text[end:], "}") {
		err = &Error{Text: text, Offset: at, End: end, Message: `the "{" is never closed`}
	}
	return column, end + 1, err
}

// columnAt reads the column whose name begins at at.
func columnAt(text string, at int) (Column, int, error) {
	if dotted := dottedName.FindString(text[at:]); dotted != "" {
		return attrColumn(text, at, at, at+len(dotted), fieldAttr)
	}
	word := columnWord.FindString(text[at:])
	end := at + len(word)
	switch {
	case word == "":
		return Column{}, 0, hinted(&Error{Text: text, Offset: max(at-1, 0), End: at, Message: "want the name of a column after %"},
			"write %%%% for a percent sign")
	case slices.Contains(attrColumns, word) && strings.HasPrefix(text[end:], "("):
		closing, err := closingParen(text, end)
		if err != nil {
			return Column{}, 0, err
		}
		column, _, err := attrColumn(text, at, end+1, closing, word)
		return column, closing + 1, err
	}
	for name := word; name != ""; name = name[:max(strings.LastIndexByte(name, '-'), 0)] {
		if kind, ok := plainColumns[name]; ok {
			return Column{name: name, kind: kind}, at + len(name), nil
		}
	}
	return Column{}, 0, noColumn(text, at, end)
}

// noColumn is the error for a name that no column has.
func noColumn(text string, at, end int) error {
	word := text[at:end]
	err := &Error{Text: text, Offset: at, End: end, Message: fmt.Sprintf("there is no column %q", word)}
	if near := nearest.Names(word, ColumnNames()); near != nil {
		return hinted(err, "%s", nearest.Question(near...))
	}
	return hinted(err, "an attribute is written attr(%s); other columns are %s", word, strings.Join(ColumnNames(), ", "))
}

// closingParen returns where the parenthesis at open is closed.
func closingParen(text string, open int) (int, error) {
	for at := open + 1; ; {
		t, err := next(text, skipBlanks(text, at))
		switch {
		case err != nil:
			return 0, err
		case t.kind == tokenEnd:
			return 0, &Error{Text: text, Offset: open, End: open + 1, Message: `the "(" is never closed`}
		case t.is(")"):
			return t.start, nil
		}
		at = t.end
	}
}

// attrColumn reads the name of an attribute from start to end. The whole column
// is named by what is written from at on.
func attrColumn(text string, at, start, end int, scope string) (Column, int, error) {
	p := &parser{text: text}
	for i := start; ; {
		t, err := next(text[:end], skipBlanks(text[:end], i))
		if err != nil {
			return Column{}, 0, err
		}
		p.tokens = append(p.tokens, t)
		if t.kind == tokenEnd {
			break
		}
		i = t.end
	}
	name, err := p.attrName(token{text: scope})
	if err != nil {
		return Column{}, 0, err
	}
	if t := p.peek(); t.kind != tokenEnd {
		return Column{}, 0, p.errorAt(t, "", "%s does not belong into the name of an attribute", show(t))
	}
	column := Column{name: text[at:end], kind: columnAttr, attr: name, scope: scope}
	if start > at {
		column.name += ")"
	}
	return column, end, nil
}
