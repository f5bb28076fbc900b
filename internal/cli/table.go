package cli

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// cell is a part of a row: a text, and how it is painted.
type cell struct {
	text  string
	paint hue
}

// table is rows under headings.
type table struct {
	headings []string
	rows     [][]cell
}

// newTable returns a table without rows.
func newTable(headings ...string) *table { return &table{headings: headings} }

// add adds a row.
func (t *table) add(texts ...string) {
	row := make([]cell, len(texts))
	for i, text := range texts {
		row[i] = cell{text: text, paint: unpainted}
	}
	t.rows = append(t.rows, row)
}

// paint paints a column of the newest row.
func (t *table) paint(column int, p hue) { t.rows[len(t.rows)-1][column].paint = p }

// print prints a table for people, its columns aligned; on a terminal no line is
// longer than that is wide. It prints nothing, not even headings, without rows.
func (r *run) print(t *table) error {
	if len(t.rows) == 0 {
		return nil
	}
	width := 0
	if isTerminal(r.Stdout) {
		width = r.terminalWidth()
	}
	return t.write(r.Stdout, r.colors().heading, width)
}

// gap is what stands between two columns.
const gap = "  "

// write prints the table, with lines of at most width characters unless that is 0.
func (t *table) write(w io.Writer, heading hue, width int) error {
	head := make([]cell, len(t.headings))
	for i, text := range t.headings {
		head[i] = cell{text: text, paint: heading}
	}
	rows := append([][]cell{head}, t.rows...)
	widths := make([]int, len(head))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	out := bufio.NewWriter(w)
	for _, row := range rows {
		_, _ = out.WriteString(line(row, widths, width) + "\n")
	}
	return out.Flush()
}

// line returns a row as a line. What is too long for the width is cut.
func line(row []cell, widths []int, width int) string {
	last := len(row) - 1
	for last > 0 && row[last].text == "" {
		last--
	}
	var b strings.Builder
	at := 0
	for i, c := range row[:last+1] {
		text := c.text
		if n := utf8.RuneCountInString(text); width > 0 && at+n > width {
			text = string([]rune(text)[:max(width-at-1, 0)]) + "…"
		}
		b.WriteString(c.paint(text))
		at += utf8.RuneCountInString(text)
		if width > 0 && at >= width {
			break
		}
		if i < last {
			pad := widths[i] - utf8.RuneCountInString(text)
			b.WriteString(strings.Repeat(" ", pad) + gap)
			at += pad + len(gap)
		}
	}
	return strings.TrimRight(b.String(), " ")
}
