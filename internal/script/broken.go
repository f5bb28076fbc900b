package script

import "strings"

// Broken is a file of the library that cannot be loaded.
type Broken struct {
	File string
	Err  error // an *Error if the place is known
	// InForce says that what the file was before it was changed is still used.
	InForce bool
	// Layout says that it is one of rack layouts, not of drivers.
	Layout bool
}

// Broken returns the files that Refresh could not load, by name.
func (e *Engine) Broken() []Broken {
	l := e.lib
	l.mu.Lock()
	defer l.mu.Unlock()
	var all []Broken
	for _, file := range l.startFiles() { // one that is gone is not broken
		if err := l.broken[file.origin]; err != nil {
			all = append(all, Broken{
				File: file.origin, Err: err, InForce: l.slot(file.origin).Load() != nil, Layout: strings.HasPrefix(file.path, "racklayouts/"),
			})
		}
	}
	return all
}
