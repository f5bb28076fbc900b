package rackfactory

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"github.com/clusto/clusto"
)

// Broken is a file of the library that is no layout.
type Broken struct {
	File string // in the directory of layouts
	Line int    // that is wrong, from 1; 0 if it is not known
	Err  error
	// InForce says that the layout that the file was before it was changed is
	// still used.
	InForce bool
}

// Broken returns the files of the library that are no layouts, by name. It returns an
// error if the library cannot be read.
func (l *Layouts) Broken() ([]Broken, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refresh(); err != nil {
		return nil, err
	}
	var all []Broken
	for _, name := range slices.Sorted(maps.Keys(l.library)) {
		if e := l.library[name]; e.err != nil {
			all = append(all, Broken{File: name + extension, Line: lineOf(e.err), Err: e.err, InForce: e.layout != nil})
		}
	}
	return all, nil
}

// line is how errors of layouts, and those of YAML, tell a line.
var line = regexp.MustCompile(`(?:\.yaml:|yaml: line )(\d+)`)

// lineOf returns the line that an error of ParseLayout names, or 0.
func lineOf(err error) int {
	found := line.FindStringSubmatch(err.Error())
	if found == nil || clusto.KindOf(err) != clusto.ErrInvalid {
		return 0
	}
	n, _ := strconv.Atoi(found[1]) // digits; too many are no line
	return n
}
