package client

import (
	"fmt"
	"iter"

	"github.com/clusto/clusto"
)

// pages returns the items of one page after the other, the first at cursor. page
// fetches the page at a cursor: its items and the cursor of the next, or "".
func pages[T any](cursor string, page func(cursor string) ([]T, string, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for at := cursor; ; {
			items, next, err := page(at)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			if next == at {
				yield(*new(T), fmt.Errorf("%w: the page at %q is followed by itself", clusto.ErrUnavailable, at))
				return
			}
			at = next
		}
	}
}
