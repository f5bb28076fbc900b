package snapshot

import (
	"encoding/binary"
	"time"

	"github.com/clusto/clusto"
)

// An attribute is stored as a step, which is how far its row's number is above
// that of the row before it, and a body:
//
//	head     form and flags, one byte
//	name     its number in the table of names
//	number   if the head says so, folded
//	value    by form: texts with their length before them, relations
//	         as the distance from the entity, times in microseconds
//	version  if the head says so, the distance from the record's, folded
//
// All numbers are varints. Texts stand there as they are, so that reading them
// allocates nothing.

// form is how a value is stored.
type form = byte

const (
	formNone form = iota
	formText
	formInt
	formTime
	formJSON
	formRelation

	formMask    = 7
	hasNumber   = 8
	hasVersion  = 16 // other than the record's
	headsLength = 1
)

// row is an attribute as it is stored.
type row struct {
	id      uint64
	name    number
	head    byte
	number  int64
	value   int64  // of ints, times and relations
	text    string // of texts and JSON
	version clusto.Version
	body    string // the row's bytes, but for the step
}

func (r *row) form() form { return r.head & formMask }

// owner is what is needed of an entity to read its rows.
type owner struct {
	entity  clusto.EntityID
	version clusto.Version
}

// next reads the row that begins at rows[at:], and returns where the next one
// begins. r.id must be the number of the row before.
func (r *row) next(rows string, at int, of owner) int {
	step, at := uvarint(rows, at)
	r.id += step
	return r.read(rows, at, of)
}

// read reads the row whose body begins at rows[at:].
func (r *row) read(rows string, at int, of owner) int {
	start := at
	r.head, r.number, r.value, r.text = rows[at], 0, 0, ""
	n, at := uvarint(rows, at+headsLength)
	r.name = number(n)
	if r.head&hasNumber != 0 {
		n, at = uvarint(rows, at)
		r.number = unfolded(n)
	}
	switch r.form() {
	case formText, formJSON:
		n, at = uvarint(rows, at)
		r.text = rows[at : at+int(n)]
		at += int(n)
	case formInt, formTime:
		n, at = uvarint(rows, at)
		r.value = unfolded(n)
	case formRelation:
		n, at = uvarint(rows, at)
		r.value = unfolded(n) + int64(of.entity)
	}
	r.version = of.version
	if r.head&hasVersion != 0 {
		n, at = uvarint(rows, at)
		r.version += clusto.Version(unfolded(n))
	}
	r.body = rows[start:at]
	return at
}

// relation returns what the row refers to, or 0.
func (r *row) relation() clusto.EntityID {
	if r.form() == formRelation {
		return clusto.EntityID(r.value)
	}
	return 0
}

// clustoValue returns the row's value.
func (r *row) clustoValue() clusto.Value {
	switch r.form() {
	case formText:
		return clusto.String(r.text)
	case formInt:
		return clusto.Int(r.value)
	case formTime:
		return clusto.Time(time.UnixMicro(r.value))
	case formJSON:
		return clusto.StoredJSON(r.text)
	case formRelation:
		return clusto.RelationTo(clusto.EntityID(r.value))
	}
	return clusto.Value{}
}

// attr returns the attribute.
func (r *row) attr(of clusto.EntityID, n *names) clusto.Attr {
	name := &n.all[r.name]
	a := clusto.Attr{
		ID: clusto.AttrID(r.id), Entity: of, Key: name.key, Subkey: name.subkey,
		Value: r.clustoValue(), Version: r.version,
	}
	if r.head&hasNumber != 0 {
		a.Number = clusto.Num(r.number)
	}
	return a
}

// formOf returns how v is stored: its form and its number, if it has one.
func formOf(v clusto.Value) (form, int64) {
	switch {
	case v.IsNone():
		return formNone, 0
	case v.Kind() == clusto.KindInt:
		return formInt, v.Int64()
	case v.Kind() == clusto.KindTime:
		return formTime, v.Time().UnixMicro()
	case v.Kind() == clusto.KindJSON:
		return formJSON, 0
	case v.Kind() == clusto.KindRelation:
		return formRelation, int64(v.Relation())
	}
	return formText, 0
}

// appendBody appends the body of a, but for its version. The row tells the
// attribute's name, form and value.
func appendBody(out []byte, a *clusto.Attr, r *row) []byte {
	head := r.form()
	n, numbered := a.Number.Get()
	if numbered {
		head |= hasNumber
	}
	out = binary.AppendUvarint(append(out, head), uint64(r.name))
	if numbered {
		out = binary.AppendUvarint(out, folded(n))
	}
	switch r.form() {
	case formText, formJSON:
		out = append(binary.AppendUvarint(out, uint64(len(r.text))), r.text...)
	case formInt, formTime:
		out = binary.AppendUvarint(out, folded(r.value))
	case formRelation:
		out = binary.AppendUvarint(out, folded(r.value-int64(a.Entity)))
	}
	return out
}

// rowOf returns the row of an attribute whose name has a number, but for its body.
func rowOf(a *clusto.Attr, name number) row {
	r := row{id: uint64(a.ID), name: name, text: a.Value.Str()}
	r.head, r.value = formOf(a.Value)
	return r
}

// rowWriter writes rows one behind the other, in ascending order.
type rowWriter struct {
	out  []byte
	last uint64 // the number of the last row
	base clusto.Version
}

// add writes a row with a body that appendBody made.
func (w *rowWriter) add(id uint64, body string, version clusto.Version) {
	w.step(id)
	if version == w.base {
		w.out = append(w.out, body...)
		return
	}
	w.out = append(append(w.out, body[0]|hasVersion), body[1:]...)
	w.out = binary.AppendUvarint(w.out, folded(int64(version-w.base)))
}

// copy writes a row as it was read from a record of the same version.
func (w *rowWriter) copy(r *row) {
	w.step(r.id)
	w.out = append(w.out, r.body...)
}

func (w *rowWriter) step(id uint64) {
	w.out = binary.AppendUvarint(w.out, id-w.last)
	w.last = id
}
