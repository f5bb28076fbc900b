package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"math"
	"unsafe"
)

// errMalformed says that a page or record is not as the file format has it.
var errMalformed = errors.New("the file is malformed: run clusto doctor, and restore a backup if it agrees")

// maxColumns is how many columns of a record are looked at; the tables have
// twelve at most, and classic clusto never added one.
const maxColumns = 16

// record is a row as the file has it (SQLite's "record format"): where each
// column lies, and what it is.
type record struct {
	rowid   int64
	columns int
	kinds   [maxColumns]int64 // serial types
	at      [maxColumns]int32 // where in body they begin
	body    []byte
}

// varint reads a number of the file format at the beginning of b, and returns
// how long it is, or 0 if b ends before it does.
func varint(b []byte) (n uint64, length int) {
	for i := range min(len(b), 9) {
		if i == 8 {
			return n<<8 | uint64(b[8]), 9
		}
		n = n<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return n, i + 1
		}
	}
	return 0, 0
}

// sizes are the sizes of columns by serial type; texts and blobs have higher ones.
var sizes = [12]int32{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, -1, -1}

// Serial types.
const (
	kindNull  = 0
	kindFloat = 7
	kindZero  = 8
	kindOne   = 9
	kindBlob  = 12 // and even ones above
	kindText  = 13 // and odd ones above
)

// read has r show the record in payload.
func (r *record) read(rowid int64, payload []byte) error {
	header, n := varint(payload)
	if n == 0 || header > uint64(len(payload)) || header < uint64(n) {
		return errMalformed
	}
	r.rowid, r.columns, r.body = rowid, 0, payload
	at, end := int64(header), int64(len(payload))
	for i := n; i < int(header); {
		kind := uint64(payload[i])
		if kind < 0x80 {
			i++
		} else {
			var length int
			if kind, length = varint(payload[i:header]); length == 0 {
				return errMalformed
			}
			i += length
		}
		var size int64
		switch {
		case kind < kindBlob:
			size = int64(sizes[kind])
		case kind > math.MaxInt32:
			return errMalformed
		default:
			size = int64(kind-kindBlob) / 2
		}
		if size < 0 || at+size > end {
			return errMalformed
		}
		if r.columns < maxColumns {
			r.kinds[r.columns], r.at[r.columns] = int64(kind), int32(at)
			r.columns++
		}
		at += size
	}
	return nil
}

// null reports whether column i is NULL; those that a record does not have are.
func (r *record) null(i int) bool { return i >= r.columns || r.kinds[i] == kindNull }

// isText reports whether column i is a text.
func (r *record) isText(i int) bool {
	return i < r.columns && r.kinds[i] >= kindText && r.kinds[i]&1 == 1
}

// isInt reports whether column i is a whole number.
func (r *record) isInt(i int) bool {
	return i < r.columns && (r.kinds[i] >= 1 && r.kinds[i] <= 6 || r.kinds[i] == kindZero || r.kinds[i] == kindOne)
}

// text returns column i, which is a text or blob, without a copy.
func (r *record) text(i int) string {
	b := r.bytes(i)
	return unsafe.String(unsafe.SliceData(b), len(b)) // nobody writes to pages that were read
}

func (r *record) bytes(i int) []byte {
	at := r.at[i]
	return r.body[at : at+int32(r.kinds[i]-kindBlob)/2]
}

// int returns column i, which is a whole number.
func (r *record) int(i int) int64 {
	b := r.body[r.at[i]:]
	switch r.kinds[i] {
	case kindZero:
		return 0
	case kindOne:
		return 1
	case 1:
		return int64(int8(b[0]))
	case 2:
		return int64(int16(binary.BigEndian.Uint16(b)))
	case 3:
		return int64(int8(b[0]))<<16 | int64(b[1])<<8 | int64(b[2])
	case 4:
		return int64(int32(binary.BigEndian.Uint32(b)))
	case 5:
		return int64(int16(binary.BigEndian.Uint16(b)))<<32 | int64(binary.BigEndian.Uint32(b[2:]))
	}
	return int64(binary.BigEndian.Uint64(b))
}

// value returns column i as the driver would.
func (r *record) value(i int) driver.Value {
	switch {
	case r.null(i):
		return nil
	case r.isInt(i):
		return r.int(i)
	case r.isText(i):
		return r.text(i)
	case r.kinds[i] == kindFloat:
		return math.Float64frombits(binary.BigEndian.Uint64(r.body[r.at[i]:]))
	}
	return r.bytes(i)
}

// number returns column i as a number, which the row's own is where the column
// stands for it; for what is no number it returns false.
func (r *record) number(i int) (int64, bool) {
	if r.isInt(i) {
		return r.int(i), true
	}
	return 0, false
}

// key returns column i, which is the primary key.
func (r *record) key(i int) int64 {
	if r.isInt(i) {
		return r.int(i)
	}
	return r.rowid
}
