// Package nearest finds the known names that a mistyped one may have meant.
// [Names] gives them all, [Name] the best; [Question] asks about them.
package nearest

import (
	"cmp"
	"slices"
	"strings"
)

// most is how many names are offered: more would be a list, not an answer.
const most = 3

// Names returns the known names most like name, best first, at most three;
// nothing if none is near. One letter in three may be wrong, and case is not
// looked at. A name that occurs twice in known is given once.
func Names(name string, known []string) []string {
	type scored struct {
		name string
		cost int
	}
	typed := []rune(strings.ToLower(name))
	limit := (len(typed) + 1) / 3
	var near []scored
	for _, k := range known {
		if cost := distance(typed, []rune(strings.ToLower(k)), limit); cost <= limit {
			near = append(near, scored{k, cost})
		}
	}
	slices.SortFunc(near, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.name, b.name))
	})
	near = slices.Compact(near)
	var names []string
	for _, s := range near[:min(most, len(near))] {
		names = append(names, s.name)
	}
	return names
}

// Name returns the known name most like name, or "" if none is near.
func Name(name string, known []string) string {
	if near := Names(name, known); len(near) > 0 {
		return near[0]
	}
	return ""
}

// Question asks whether one of names was meant. Without names it is "".
func Question(names ...string) string {
	if len(names) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(names, " or ") + "?"
}

// distance returns how many characters must be added, removed, changed or
// swapped with their neighbour to make b of a, or a number above limit if that
// is more than limit.
func distance(a, b []rune, limit int) int {
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
