package sqlite

import (
	"testing"

	"github.com/clusto/clusto"
)

// anything takes what is dumped.
type anything struct{}

func (anything) Entity(clusto.Entity) {}
func (anything) Attr(clusto.Attr)     {}

func (anything) Unreadable(clusto.Attr, error) {}

// FuzzLeaf reads a page of any bytes as one of either table.
func FuzzLeaf(f *testing.F) {
	f.Add([]byte{leafTable, 0, 0, 0, 1, 0, 0, 0, 0, 10, 8, 1, 7, 0, 13, 13, 15, 15, 1, 0, 'n', 't', 'd', 'd', 1, 0, 0, 0})
	f.Add(make([]byte, 512))
	f.Fuzz(func(t *testing.T, page []byte) {
		page = append(page, make([]byte, max(0, 512-len(page)))...)
		p := portion{to: anything{}}
		entities := table{places: []int{0, 1, 2, 3, 4, 5}}
		attrs := table{places: []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}}
		// That it is malformed is an answer.
		_, _ = rows(page, len(page), func(rowid int64, payload []byte) error {
			if err := p.record.read(rowid, payload); err != nil {
				return err
			}
			_ = p.entity(&entities)
			_ = p.attr(&attrs)
			return nil
		})
	})
}
