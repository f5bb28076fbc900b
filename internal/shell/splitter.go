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
	checked    int    // size of the statement when it was last asked whether it is incomplete
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
	base := 0 // the column in which its first line begins
	s.checked = 0
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
		}
		due := s.due(l, base, stmt.Len())
		if due && stmt.Len() > 0 && s.begins(l, base, stmt.String()) {
			s.ahead = l
			break
		}
		stmt.WriteString(l)
		if due && s.ends(l, stmt.String()) {
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
	return !isDecorator(stmt[strings.LastIndexByte(stmt, '\n')+1:]) && !s.incomplete(stmt+"\n")
}

// ends reports whether stmt is whole with its last line.
func (s *splitter) ends(last, stmt string) bool {
	return !isDecorator(last) && !s.incomplete(strings.TrimRight(stmt, blanks))
}

// due reports whether it is time to look at a statement, of which line is the
// next; a look takes time in proportion to its size. A short one is looked at
// with every line. A long one, such as a table of data, is expected to end with a
// line that is not indented, and must have grown since the last look. If its end
// is passed over, it is run together with the statement after it.
func (s *splitter) due(line string, base, size int) bool {
	const short = 4 << 10
	if size > short && (indentation(line) > base || size-s.checked < s.checked/16) {
		return false
	}
	s.checked = size
	return true
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
