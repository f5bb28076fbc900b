package cli

import (
	"cmp"
	"slices"
	"strings"
)

// nearest returns the candidates most like name, best first, at most three;
// nothing if none is near.
func nearest(name string, candidates []string) []string {
	type scored struct {
		name string
		cost int
	}
	limit := max(1, len([]rune(name))/3)
	var near []scored
	for _, c := range candidates {
		if cost := editDistance(strings.ToLower(name), strings.ToLower(c)); cost <= limit {
			near = append(near, scored{c, cost})
		}
	}
	slices.SortFunc(near, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.name, b.name))
	})
	var names []string
	for _, s := range near[:min(3, len(near))] {
		names = append(names, s.name)
	}
	return names
}

// editDistance returns how many characters must be added, removed, changed or
// swapped with their neighbour to make b of a.
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}

// didYouMean returns a hint that offers the nearest candidates, or "".
func didYouMean(name string, candidates []string) string {
	near := nearest(name, candidates)
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}
