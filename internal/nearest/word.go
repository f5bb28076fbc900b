package nearest

import "unicode"

// Word is a word that somebody may have mistyped, to be compared with many names.
// It is not safe for use by several goroutines.
type Word struct {
	letters []rune
	limit   int // how many mistakes may be in it

	name              []rune // and what follows: kept from one comparison to the next
	before, last, row []int
}

// How many mistakes a word may have: one in so many letters, and so many at most.
const (
	lettersAMistake = 3
	mostMistakes    = 2
)

// NewWord returns a word to compare names with.
func NewWord(text string) *Word {
	w := &Word{letters: lower(nil, text, len(text))}
	w.limit = min(mostMistakes, len(w.letters)/lettersAMistake)
	n := len(w.letters) + w.limit + 2
	w.before, w.last, w.row = make([]int, n), make([]int, n), make([]int, n)
	return w
}

// lower appends at most so many letters of text in lower case.
func lower(letters []rune, text string, most int) []rune {
	for _, r := range text {
		if len(letters) == most {
			break
		}
		letters = append(letters, unicode.ToLower(r))
	}
	return letters
}

// Cost tells how far name is from the word, and whether it is near at all: letters
// that must be added, removed, changed or swapped with their neighbour count two
// each. A name that only begins so is one further than one that is near as a whole.
// Case does not count.
func (w *Word) Cost(name string) (cost int, near bool) {
	if w.limit == 0 {
		return 0, false
	}
	// More of the name can be near only as a beginning.
	w.name = lower(w.name[:0], name, len(w.letters)+w.limit+1)
	n := len(w.name)
	if len(w.letters)-n > w.limit {
		return 0, false
	}
	if !w.compare() {
		return 0, false
	}
	far := w.limit + 1
	whole, begins := far, far
	if n <= len(w.letters)+w.limit {
		whole = w.last[n]
	}
	for j := max(0, len(w.letters)-w.limit); j <= min(n, len(w.letters)+w.limit); j++ {
		begins = min(begins, w.last[j])
	}
	if cost := min(2*whole, 2*begins+1); cost < 2*far {
		return cost, true
	}
	return 0, false
}

// compare fills the last row of the table of distances between beginnings of the word
// and of the name, as far as these can be near each other. It reports whether any of
// them are.
func (w *Word) compare() bool {
	n, far := len(w.name), w.limit+1
	for j := range n + 1 {
		w.last[j], w.before[j] = min(j, far), far
	}
	for i, letter := range w.letters {
		from, to := max(0, i-w.limit), min(n, i+2+w.limit)
		w.row[0] = min(i+1, far)
		if from > 0 {
			w.row[from] = far // to the left of what is looked at
		}
		best := w.row[0]
		for j := from; j < to; j++ {
			cost := far
			if j <= i+w.limit {
				cost = min(cost, w.last[j]+different(letter, w.name[j]))
			}
			if j+1 <= i+w.limit {
				cost = min(cost, w.last[j+1]+1)
			}
			cost = min(cost, w.row[j]+1)
			if i > 0 && j > 0 && letter == w.name[j-1] && w.letters[i-1] == w.name[j] {
				cost = min(cost, w.before[j-1]+1)
			}
			w.row[j+1] = cost
			best = min(best, cost)
		}
		if best >= far && i > 0 {
			return false
		}
		w.before, w.last, w.row = w.last, w.row, w.before
	}
	return true
}

func different(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}
