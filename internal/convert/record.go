package convert

import (
	"errors"
	"io"
	"iter"

	"github.com/clusto/clusto"
)

// Record is what a file says about one entity.
type Record struct {
	Line   int // of the file, from 1
	Name   string
	Type   string // "" is that of the driver
	Driver string // "" is what the entity has
	Attrs  []Attr
	// In are containers that the entity is to be in, besides those that say so
	// themselves.
	In []Place
	// Contents says that the attributes tell all that is in the entity.
	Contents bool
}

// Attr is an attribute in a file, which knows entities by their names.
type Attr struct {
	Key    string
	Number clusto.Number
	Subkey clusto.Subkey
	Value  clusto.Value // none of a relation
	To     string       // the entity that a relation refers to; else ""
}

// attr returns a without what it refers to.
func (a Attr) attr() clusto.Attr {
	return clusto.Attr{Key: a.Key, Number: a.Number, Subkey: a.Subkey, Value: a.Value}
}

// Place is a container and, in a rack, the units that the entity takes there.
type Place struct {
	Container string
	Units     []int64
	Side      clusto.Side // of the units or of the rack, if it has one
}

// Problem is something wrong with a line of a file.
type Problem struct {
	Line int
	Err  error
}

func (p *Problem) Error() string { return p.Err.Error() }
func (p *Problem) Unwrap() error { return p.Err }

// Importer reads the records of a file. A [*Problem] in place of a record says
// what is wrong with a line; a record of it may follow, with what could be read,
// and others do. Any other error ends the file.
type Importer func(file io.Reader) iter.Seq2[Record, error]

// ReadAll returns all records and problems of a file. progress is told how many
// there are already.
func ReadAll(read Importer, file io.Reader, progress func(records int)) ([]Record, []Problem, error) {
	var records []Record
	var problems []Problem
	for r, err := range read(file) {
		if p, ok := errors.AsType[*Problem](err); ok {
			problems = append(problems, *p)
			continue
		}
		if err != nil {
			return nil, problems, err
		}
		records = append(records, r)
		progress(len(records))
	}
	return records, problems, nil
}
