package cli

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"
)

// writeTable prints rows, the first of which has the headings, in columns that are
// as wide as what is in them.
func writeTable(w io.Writer, rows [][]string) error {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	out := bufio.NewWriter(w)
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell)
			line.WriteString(strings.Repeat(" ", 2+widths[i]-utf8.RuneCountInString(cell)))
		}
		_, _ = out.WriteString(strings.TrimRight(line.String(), " ") + "\n") // Flush tells
	}
	return out.Flush()
}
