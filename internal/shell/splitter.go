package shell

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// splitter cuts the text of a file or pipe into statements. It reads no line
// more than it must, so that a statement can run before the next is written:
// only a block waits for the line that follows it.
type splitter struct {
	in         *bufio.Reader
	incomplete func(string) bool
	line       int    // number of lines read
	ahead      string // a line that was read and belongs to the next statement
	err        error  // why in has no more lines; io.EOF at its end
}

func newSplitter(in io.Reader, incomplete func(string) bool) *splitter {
	return &splitter{in: bufio.NewReader(in), incomplete: incomplete}
}

// next returns the next statement and the number of its first line, or "" at the
// end of the input. A last statement that is incomplete is returned as it is.
func (s *splitter) next() (text string, line int, err error) {
	var stmt strings.Builder
	base, line := 0, 0
	for {
		l, ok := s.readLine()
		if !ok {
			break
		}
		if stmt.Len() == 0 {
			if isBlank(l) {
				continue
			}
			base, line = indentation(l), s.line
		} else if s.begins(l, base, stmt.String()) {
			s.ahead = l
			break
		}
		stmt.WriteString(l)
		if s.mayEnd(l, base, stmt.Len()) && !s.incomplete(strings.TrimRight(stmt.String(), blanks)) && !isDecorator(l) {
			break
		}
	}
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		return "", 0, s.err
	}
	return stmt.String(), line, nil
}

// readLine returns the next line with its newline, if it has one.
func (s *splitter) readLine() (string, bool) {
	if l := s.ahead; l != "" {
		s.ahead = ""
		return l, true
	}
	if s.err != nil {
		return "", false
	}
	var l string
	l, s.err = s.in.ReadString('\n')
	if l == "" {
		return "", false
	}
	s.line++
	return l, true
}

// begins reports whether line begins another statement than stmt, whose first
// line is indented by base columns.
func (s *splitter) begins(line string, base int, stmt string) bool {
	if isBlank(line) || indentation(line) > base || continues(line) {
		return false
	}
	stmt = strings.TrimRight(stmt, blanks)
	last := stmt[strings.LastIndexByte(stmt, '\n')+1:]
	return !isDecorator(last) && !s.incomplete(stmt+"\n")
}

// checkAll is the size of a statement up to which each of its lines is looked
// at. In a longer one, such as a table of data, only lines that are not
// indented are expected to end it, else the time would grow with the square of
// its length.
const checkAll = 32 << 10

func (s *splitter) mayEnd(line string, base, size int) bool {
	return size <= checkAll || indentation(line) <= base
}

// blanks are the characters of empty lines.
const blanks = " \t\r\n"

// isBlank reports whether a line has nothing but white space or a comment.
func isBlank(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || line[0] == '#'
}

// isDecorator reports whether a line decorates the definition in the next one.
func isDecorator(line string) bool {
	return strings.HasPrefix(strings.TrimSpace(line), "@")
}

// continues reports whether a line continues a statement of blocks.
func continues(line string) bool {
	word := strings.TrimLeft(line, " \t")
	if end := strings.IndexFunc(word, func(r rune) bool { return r < 'a' || r > 'z' }); end >= 0 {
		word = word[:end]
	}
	switch word {
	case "elif", "else", "except", "finally":
		return true
	}
	return false
}

// indentation returns the column that the text of a line begins in; tab stops
// are eight columns apart, as in Python.
func indentation(line string) int {
	col := 0
	for _, c := range line {
		switch c {
		case ' ':
			col++
		case '\t':
			col += 8 - col%8
		default:
			return col
		}
	}
	return col
}
