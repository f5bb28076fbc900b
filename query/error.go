package query

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

// Error says what is wrong with the text of a query or of a format, and where.
// It is a clusto.ErrInvalid. What to do about it is its [clusto.Hint].
type Error struct {
	Text    string // the whole text
	Offset  int    // of the first byte that is wrong; len(Text) at its end
	End     int    // of the first byte after that
	Message string
}

// Column returns where the mistake is, counted in characters from 1 within its line.
func (e *Error) Column() int {
	return utf8.RuneCountInString(e.line()[:e.Offset-e.lineStart()]) + 1
}

func (e *Error) Error() string {
	if line := strings.Count(e.Text[:e.Offset], "\n"); line > 0 {
		return fmt.Sprintf("line %d, column %d: %s", line+1, e.Column(), e.Message)
	}
	return fmt.Sprintf("column %d: %s", e.Column(), e.Message)
}

func (e *Error) Is(target error) bool { return target == clusto.ErrInvalid }

// Caret returns two lines: the line of the text that is wrong, and below it "^"
// under what is wrong.
func (e *Error) Caret() string {
	line, start := e.line(), e.lineStart()
	end := max(min(e.End, start+len(line)), e.Offset)
	under := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, line[:e.Offset-start])
	return line + "\n" + under + strings.Repeat("^", max(1, utf8.RuneCountInString(e.Text[e.Offset:end])))
}

// lineStart returns the offset of the line that the mistake is in.
func (e *Error) lineStart() int { return strings.LastIndexByte(e.Text[:e.Offset], '\n') + 1 }

// line returns that line.
func (e *Error) line() string {
	line, _, _ := strings.Cut(e.Text[e.lineStart():], "\n")
	return line
}

// Warning is something in a query that is not wrong, but perhaps not meant.
type Warning struct {
	Column  int    `json:"column"` // counted in characters from 1
	Message string `json:"message"`
}

// String returns the warning on one line.
func (w Warning) String() string { return fmt.Sprintf("column %d: %s", w.Column, w.Message) }
