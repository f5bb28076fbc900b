package snapshot

// list is a list that grows by pieces, which moves nothing that is in it.
type list[T any] struct {
	pieces [][]T // but for the last one, full
	n      int
}

// The least and the greatest length of a piece.
const (
	firstPiece = 64
	largePiece = 8192
)

func (l *list[T]) add(v T) {
	last := len(l.pieces) - 1
	if last < 0 || len(l.pieces[last]) == cap(l.pieces[last]) {
		l.pieces = append(l.pieces, make([]T, 0, max(firstPiece, min(largePiece, l.n))))
		last++
	}
	l.pieces[last] = append(l.pieces[last], v)
	l.n++
}

// appendTo appends all that is in the list, which is then empty.
func (l *list[T]) appendTo(all []T) []T {
	for _, piece := range l.pieces {
		all = append(all, piece...)
	}
	*l = list[T]{}
	return all
}
