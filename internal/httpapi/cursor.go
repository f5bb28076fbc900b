package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/clusto/clusto"
)

// cursor says where a listing goes on. Who lists cannot look into it.
//
// A listing that takes several pages shows one state of the inventory, that of
// its first page: the cursor carries the version. Pages are read from the live
// rows while that is the newest version, and from the history afterwards.
type cursor struct {
	order   byte // what the listing is sorted by; each listing has letters of its own
	version clusto.Version
	number  int64  // of the last thing that was shown
	text    string // and its name, where that comes first
}

// encode returns c as the parameter of the next request.
func (c cursor) encode() string {
	b := []byte{c.order}
	b = binary.AppendVarint(b, int64(c.version))
	b = binary.AppendVarint(b, c.number)
	b = append(b, c.text...)
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b)))
}

// decodeCursor reads the cursor of a listing in an order, or returns ErrInvalid.
// Without text there is none.
func decodeCursor(text string, order byte) (*cursor, error) {
	if text == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 5 {
		return nil, badCursor("the cursor is damaged")
	}
	b, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if crc32.ChecksumIEEE(b) != sum {
		return nil, badCursor("the cursor is damaged")
	}
	if b[0] != order {
		return nil, badCursor("the cursor belongs to a listing in another order")
	}
	c := &cursor{order: order}
	version, n := binary.Varint(b[1:])
	number, m := binary.Varint(b[1+max(n, 0):])
	if n <= 0 || m <= 0 || version <= 0 {
		return nil, badCursor("the cursor is damaged")
	}
	c.version, c.number, c.text = clusto.Version(version), number, string(b[1+n+m:])
	return c, nil
}

func badCursor(what string) error {
	return clusto.WithHint(clusto.Errorf(clusto.ErrInvalid, "%s", what), "give the next of the page before as it was, or none to begin again")
}

// viewPage is view for a page: at the version of its cursor if there is one, which
// counts more than at.
func (s *Server) viewPage(ctx context.Context, at string, c *cursor, fn func(*clusto.Inventory) error) error {
	if c == nil {
		return s.view(ctx, at, fn)
	}
	var newest clusto.Version
	store := s.options.Store(ctx)
	show := func(r clusto.Reader) error { return fn(clusto.NewInventory(r, s.options.Drivers)) }
	err := store.View(ctx, clusto.Live, func(r clusto.Reader) (err error) {
		if newest, err = r.Version(ctx); err != nil || newest != c.version {
			return err
		}
		return show(r)
	})
	if err != nil || newest == c.version {
		return err
	}
	if newest < c.version {
		return badCursor("the cursor is of a version that there is not")
	}
	shown := false
	err = store.View(ctx, c.version, func(r clusto.Reader) error {
		shown = true
		return show(r)
	})
	if !shown && errors.Is(err, clusto.ErrNotFound) {
		return clusto.WithHint(clusto.Errorf(clusto.ErrConflict, "the listing cannot go on: %v", err), "begin again without a cursor")
	}
	return err
}
