package config

import (
	"fmt"
	"os"
	"strings"
)

// line is where a section or a key stands.
type line struct {
	section, key string // no key for the line of the section itself
	number       int
	cut          bool // a comment follows the value on its line
}

// name returns the section and key as errors call them.
func (l line) name() string {
	if l.key == "" {
		return "[" + l.section + "]"
	}
	return "[" + l.section + "] " + l.key
}

// parsed is a file with the places of its sections and keys.
type parsed struct {
	path  string
	text  []byte
	lines []line
	told  bool // that everyone can read it
}

// at returns an error about a line of the file.
func (p *parsed) at(number int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", p.path, number, fmt.Errorf(format, args...))
}

// readLines reads a file and notes where its sections and keys are, which the
// INI library does not tell. It reports what that would stumble over or pass
// over silently: lines that are neither, and what stands there twice.
func readLines(path string) (*parsed, []error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, []error{err}
	}
	p := &parsed{path: path, text: text}
	var errs []error
	section, seen := "", map[string]int{}
	goesOn, closing := false, ""
	for i, raw := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		if closing != "" { // inside a quoted value of several lines
			if strings.Contains(raw, closing) {
				closing = ""
			}
			continue
		}
		trimmed := strings.TrimSpace(raw)
		indented := raw != "" && strings.ContainsRune(" \t\f", rune(raw[0]))
		switch {
		case indented && goesOn:
			continue
		case trimmed == "", trimmed[0] == '#', trimmed[0] == ';':
			goesOn = false
			continue
		}
		l, value, err := parseLine(trimmed, section)
		if err != nil {
			errs = append(errs, p.at(i+1, "%w", err))
			continue
		}
		l.number = i + 1
		section, goesOn, closing = l.section, l.key != "", ""
		if l.key != "" {
			l.cut, goesOn, closing = quoting(value)
		}
		if first, twice := seen[l.name()]; twice {
			errs = append(errs, p.at(i+1, "%s stands here again; it is already in line %d", l.name(), first))
			continue
		}
		seen[l.name()] = i + 1
		p.lines = append(p.lines, l)
	}
	if closing != "" {
		errs = append(errs, p.at(p.lines[len(p.lines)-1].number, "the value begins with %s, which is never closed", closing))
	}
	return p, errs
}

// parseLine returns what a line is that is no comment, and the value if it is a key.
func parseLine(text, section string) (l line, value string, err error) {
	if text[0] == '[' {
		end := strings.LastIndexByte(text, ']')
		if end < 0 {
			return line{}, "", fmt.Errorf("%s: the section's ] is missing", text)
		}
		name := text[1:end]
		if name == "" || name != strings.TrimSpace(name) {
			return line{}, "", fmt.Errorf("[%s]: a section's name has no blanks around it and is not empty", name)
		}
		return line{section: name}, "", nil
	}
	at := strings.IndexAny(text, "=:")
	if at <= 0 {
		return line{}, "", fmt.Errorf("%q is not a section, a comment or \"key = value\"", text)
	}
	key := strings.ToLower(strings.TrimSpace(text[:at])) // as ConfigParser does
	if section == "" {
		return line{}, "", fmt.Errorf("%s stands before the first section; begin with [clusto]", key)
	}
	if strings.ContainsAny(key, "\"`") || key == "-" {
		return line{}, "", fmt.Errorf("a key has no quotes and is not a dash: %s", key)
	}
	return line{section: section, key: key}, strings.TrimSpace(text[at+1:]), nil
}

// quoting says of a value whether a comment follows it on the line, whether
// indented lines continue it, and which quotes are still open.
func quoting(value string) (cut, goesOn bool, closing string) {
	for _, quote := range []string{`"""`, "`"} {
		if rest, ok := strings.CutPrefix(value, quote); ok {
			if strings.Contains(rest, quote) {
				return false, false, ""
			}
			return false, false, quote
		}
	}
	cut = strings.Contains(value, " #") || strings.Contains(value, " ;")
	quoted := len(value) > 1 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0]
	return cut, !quoted, ""
}
