package dialect

import "strings"

// Incomplete reports whether a shell should read another line before it
// parses src. src is the lines read so far with newlines between them but
// none after the last, so that it ends in a newline if the last line is empty.
//
// More is wanted while a bracket or a triple quote is open or the last line
// ends in a backslash, and, as in Python's shell, after a line of a block
// until an empty line ends it. A text with another mistake is complete, so
// that Parse reports it.
func Incomplete(src string) bool {
	if len(src) > maxSource {
		return false
	}
	file := ""
	s := newScanner(&file, src)
	s.all()
	if s.more {
		return true
	}
	last := src[strings.LastIndexByte(src, '\n')+1:]
	if s.err != nil || strings.TrimSpace(last) == "" {
		return false
	}
	return inBlock(s.toks)
}

// inBlock reports whether the last line belongs to a block, or is the head of one.
func inBlock(toks []token) bool {
	var head token // the first token of the last logical line
	begins := true
	dedents := 0
	for _, t := range toks {
		switch t.kind {
		case tokNewline:
			begins = true
		case tokIndent:
			dedents = 0
		case tokDedent:
			dedents++
		case tokEOF:
		default:
			if begins {
				head, begins, dedents = t, false, 0
			}
		}
	}
	return dedents > 0 || compound(head) != nil || continuesBlock[head.text]
}

// continuesBlock are the words that continue a statement of blocks.
var continuesBlock = set("elif", "else", "except", "finally")
