package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"io"
)

// pages reads pages of the file through a connection, so that they are those of
// the state that its transaction sees, whether they lie in the file or in the
// write-ahead log.
type pages struct {
	one    driver.Stmt
	arg    [1]driver.NamedValue
	row    [1]driver.Value
	usable int // bytes of a page that are used
}

// openPages returns the pages of a connection, and false if they are not such as
// are read here: texts that are not UTF-8, or if SQLite was built without the table
// of pages.
func openPages(c driver.Conn) (p *pages, ok bool, err error) {
	has := false
	err = answers(context.Background(), c, `SELECT 1 FROM pragma_module_list WHERE name = 'sqlite_dbpage'`, func([]driver.Value) { has = true })
	if err != nil || !has {
		return &pages{}, false, err
	}
	one, err := c.Prepare(`SELECT data FROM sqlite_dbpage WHERE pgno = ?`)
	if err != nil {
		return nil, false, err
	}
	p = &pages{one: one, arg: [1]driver.NamedValue{{Ordinal: 1}}}
	first, err := p.read(1)
	if err != nil {
		return nil, false, errors.Join(err, p.close())
	}
	const reserved, encoding, utf8, smallest = 20, 56, 1, 480 // used bytes of a page
	if len(first) < smallest || len(first)-int(first[reserved]) < smallest {
		return nil, false, errors.Join(errMalformed, p.close())
	}
	p.usable = len(first) - int(first[reserved])
	return p, binary.BigEndian.Uint32(first[encoding:]) == utf8, nil
}

func (p *pages) close() error {
	if p.one == nil {
		return nil
	}
	return p.one.Close()
}

// read returns a page, which is the caller's own.
func (p *pages) read(number uint32) ([]byte, error) {
	p.arg[0].Value, p.row[0] = int64(number), nil // there may be no such page
	// With a context that can end, the driver would start a goroutine.
	rows, err := p.one.(driver.StmtQueryContext).QueryContext(context.Background(), p.arg[:])
	if err != nil {
		return nil, err
	}
	err = rows.Next(p.row[:])
	if err := errors.Join(notEOF(err), rows.Close()); err != nil {
		return nil, err
	}
	page, _ := p.row[0].([]byte)
	if err != nil || len(page) < max(p.usable, pageHeader) {
		return nil, errMalformed
	}
	return page, nil
}

func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Kinds of pages, and where things are in them.
const (
	interiorTable = 5
	leafTable     = 13

	cellCount  = 3  // where the number of cells is
	rightMost  = 8  // where an interior page has its last child
	pageHeader = 12 // of an interior page; that of a leaf is 4 bytes shorter
)

// isTable reports whether the page root is that of a table with numbered rows.
func (p *pages) isTable(root uint32) (bool, error) {
	page, err := p.read(root)
	return err == nil && (page[0] == interiorTable || page[0] == leafTable), err
}

// maxDepth is far deeper than any tree of pages is.
const maxDepth = 24

// leaves gives the leaf pages of a table to give until it returns false.
func (p *pages) leaves(ctx context.Context, root uint32, give func(page []byte) bool) error {
	_, err := p.below(ctx, root, maxDepth, give)
	return err
}

func (p *pages) below(ctx context.Context, number uint32, depth int, give func(page []byte) bool) (more bool, err error) {
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	page, err := p.read(number)
	switch {
	case err != nil:
		return false, err
	case page[0] == leafTable:
		return give(page), nil
	case page[0] != interiorTable || depth == 0:
		return false, errMalformed
	}
	n := int(binary.BigEndian.Uint16(page[cellCount:]))
	if pageHeader+2*n > p.usable {
		return false, errMalformed
	}
	for i := range n {
		at := int(binary.BigEndian.Uint16(page[pageHeader+2*i:]))
		if at+4 > p.usable {
			return false, errMalformed
		}
		if more, err = p.below(ctx, binary.BigEndian.Uint32(page[at:]), depth-1, give); !more || err != nil {
			return more, err
		}
	}
	return p.below(ctx, binary.BigEndian.Uint32(page[rightMost:]), depth-1, give)
}

// spilled is a row whose payload goes on in other pages.
type spilled struct {
	rowid int64
	begin []byte
	size  int
	next  uint32
}

// maxPayload is longer than any row that SQLite takes.
const maxPayload = 1 << 30

// rows reads the rows of a leaf page: it calls row for each that lies in it as a whole, and
// returns the others.
func rows(page []byte, usable int, row func(rowid int64, payload []byte) error) (rest []spilled, err error) {
	const header = pageHeader - 4
	n := int(binary.BigEndian.Uint16(page[cellCount:]))
	if header+2*n > usable {
		return nil, errMalformed
	}
	page = page[:usable]
	for i := range n {
		at := int(binary.BigEndian.Uint16(page[header+2*i:]))
		if at >= usable {
			return nil, errMalformed
		}
		cell := page[at:]
		size, a := varint(cell)
		rowid, b := varint(cell[a:])
		if a == 0 || b == 0 || size > maxPayload {
			return nil, errMalformed
		}
		cell = cell[a+b:]
		here := local(int(size), usable)
		switch {
		case here == int(size) && here <= len(cell):
			if err := row(int64(rowid), cell[:here]); err != nil {
				return nil, err
			}
		case here+4 <= len(cell) && here < int(size):
			rest = append(rest, spilled{int64(rowid), cell[:here], int(size), binary.BigEndian.Uint32(cell[here:])})
		default:
			return nil, errMalformed
		}
	}
	return rest, nil
}

// local returns how much of a payload of some size lies in the leaf itself.
func local(size, usable int) int {
	most := usable - 35
	if size <= most {
		return size
	}
	least := (usable-12)*32/255 - 23
	if here := least + (size-least)%(usable-4); here <= most {
		return here
	}
	return least
}

// whole returns the payload of a row that goes on in other pages.
func (p *pages) whole(s spilled) ([]byte, error) {
	payload := append([]byte(nil), s.begin...)
	for next := s.next; len(payload) < s.size; {
		page, err := p.read(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(page)
		payload = append(payload, page[4:4+min(p.usable-4, s.size-len(payload))]...)
	}
	return payload, nil
}
