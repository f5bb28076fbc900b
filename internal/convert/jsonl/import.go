package jsonl

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/convert"
)

// Import reads what Export writes; lines without content are passed over. Of
// what Export writes, number, subkey, attrs and datatype may be missing, and the
// datatype is then that of the value: a number is an int, a text a string, a list
// or a map json.
func Import(file io.Reader) iter.Seq2[convert.Record, error] {
	return func(yield func(convert.Record, error) bool) {
		in := bufio.NewReaderSize(file, 1<<16)
		for n := 1; ; n++ {
			line, err := readLine(in)
			if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, errLong) {
				yield(convert.Record{}, err)
				return
			}
			record, found, wrong := parse(line, n)
			if errors.Is(err, errLong) {
				wrong = err
			}
			if wrong != nil && !yield(convert.Record{}, &convert.Problem{Line: n, Err: wrong}) {
				return
			}
			if found && !yield(record, nil) {
				return
			}
			if errors.Is(err, io.EOF) {
				return
			}
		}
	}
}

// maxLine is how long a line may be in bytes. The longest that a database of a
// million servers gives is that of a pool with all of them.
const maxLine = 1 << 28

var errLong = clusto.Errorf(clusto.ErrInvalid, "the line is longer than %d bytes", maxLine)

// readLine returns the next line. With io.EOF it is the last one, and with
// errLong it was passed over.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxLine; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil && long:
			return nil, errLong
		}
		return line, err
	}
}

// parse returns the record on a line, and whether there is one. What is wrong
// with its attributes does not keep others from referring to it.
func parse(line []byte, n int) (_ convert.Record, found bool, err error) {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))
	if len(line) == 0 {
		return convert.Record{}, false, nil
	}
	if !utf8.Valid(line) {
		return convert.Record{}, false, clusto.Errorf(clusto.ErrInvalid, "the line is not UTF-8")
	}
	var e Entity
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		return convert.Record{}, false, clusto.Errorf(clusto.ErrInvalid, "not an entity as JSON: %s", wrong(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return convert.Record{}, false, clusto.Errorf(clusto.ErrInvalid, "there is more than one entity on the line")
	}
	if e.Name == "" {
		return convert.Record{}, false, clusto.Errorf(clusto.ErrInvalid, "the entity has no name")
	}
	r := convert.Record{Line: n, Name: e.Name, Type: e.Type, Driver: e.Driver, Contents: true}
	var errs []error
	for _, a := range e.Attrs {
		attr, err := a.attr()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", e.Name, attr.Key, err))
			continue
		}
		r.Attrs = append(r.Attrs, attr)
	}
	return r, true, errors.Join(errs...)
}

// attr returns a as the importer has it.
func (a *Attr) attr() (convert.Attr, error) {
	attr := convert.Attr{Key: a.Key}
	if a.Number != nil {
		attr.Number = clusto.Num(*a.Number)
	}
	if a.Subkey != nil {
		attr.Subkey = clusto.Sub(*a.Subkey)
	}
	var err error
	attr.Value, attr.To, err = a.value()
	return attr, err
}

// value returns the value of a, or the name of what it refers to.
func (a *Attr) value() (v clusto.Value, to string, err error) {
	raw := bytes.TrimSpace(a.Value)
	kind := a.Datatype
	if kind == "" {
		kind = kindOf(raw)
	}
	switch {
	case kind == clusto.KindJSON:
		v, err = convert.ParseJSON(raw)
		return v, "", err
	case len(raw) == 0 || string(raw) == "null":
		return v, "", nil
	case kind == clusto.KindInt && string(raw) == "true":
		return clusto.Bool(true), "", nil
	case kind == clusto.KindInt && string(raw) == "false":
		return clusto.Bool(false), "", nil
	}
	switch kind {
	case clusto.KindInt:
		return convert.ParseKind(string(kind), string(raw))
	case clusto.KindString, clusto.KindTime, clusto.KindRelation:
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return v, "", clusto.Errorf(clusto.ErrInvalid, "a value of datatype %s is a JSON text, not %.40s", kind, raw)
		}
		return convert.ParseKind(string(kind), text)
	}
	return v, "", clusto.Errorf(clusto.ErrInvalid, "datatype %q is not int, string, datetime, json or relation", kind)
}

// kindOf returns the datatype of a value that does not say it.
func kindOf(raw []byte) clusto.Kind {
	switch {
	case len(raw) == 0 || raw[0] == '"' || raw[0] == 'n':
		return clusto.KindString
	case raw[0] == '[' || raw[0] == '{':
		return clusto.KindJSON
	}
	return clusto.KindInt
}

// wrong returns what is wrong with a line in the words of who wrote it.
func wrong(err error) string {
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return cmp.Or(kind.Field, "it") + " cannot be of the kind " + kind.Value
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
