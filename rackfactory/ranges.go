package rackfactory

import (
	"fmt"
	"strconv"
	"strings"
)

// maxRange is the most numbers that one range may stand for. No switch, rack or
// power strip has more; without a limit a slip such as 1-2300000000 would fill
// the memory.
const maxRange = 1024

// isNumber reports whether text is n.
func isNumber(text string, n int) bool { return text == strconv.Itoa(n) }

// parseNumber reads a number that counts from 1.
func parseNumber(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || strconv.Itoa(n) != text {
		return 0, fmt.Errorf("%q is not a number from 1", text)
	}
	return n, nil
}

// parseNumbers reads a number or a range of numbers, such as 7 or 1-23.
func parseNumbers(text string) ([]int, error) {
	from, to, isRange := strings.Cut(text, "-")
	first, err := parseNumber(strings.TrimSpace(from))
	if err != nil || !isRange {
		return []int{first}, err
	}
	last, err := parseNumber(strings.TrimSpace(to))
	if err != nil {
		return nil, err
	}
	if last < first || last-first >= maxRange {
		return nil, fmt.Errorf("%q is not a range: it wants a lower number, a dash and a higher one, at most %d apart", text, maxRange)
	}
	var all []int
	for n := first; n <= last; n++ {
		all = append(all, n)
	}
	return all, nil
}

// parseOutlets reads an outlet or a range of outlets: 7, 1-16, aa1 or bb1-bb8.
// Those of a range differ in the number at their end.
func parseOutlets(text string) ([]string, error) {
	from, to, isRange := strings.Cut(text, "-")
	from, to = strings.TrimSpace(from), strings.TrimSpace(to)
	bank, first := splitOutlet(from)
	if first == "" {
		return nil, fmt.Errorf("%q is not an outlet: it wants a number, or a name such as aa1", text)
	}
	if !isRange {
		return []string{from}, nil
	}
	toBank, last := splitOutlet(to)
	if bank != toBank {
		return nil, fmt.Errorf("%q is not a range of outlets: %s and %s differ in more than their number", text, from, to)
	}
	numbers, err := parseNumbers(first + "-" + last)
	if err != nil {
		return nil, fmt.Errorf("%q is not a range of outlets: %w", text, err)
	}
	all := make([]string, len(numbers))
	for i, n := range numbers {
		all[i] = bank + strconv.Itoa(n)
	}
	return all, nil
}

// splitOutlet returns the letters and the number of an outlet's name; the
// number is "" if it has not that form.
func splitOutlet(name string) (bank, number string) {
	bank = strings.TrimRight(name, "0123456789")
	number = name[len(bank):]
	if strings.ContainsFunc(bank, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return bank, ""
	}
	return bank, number
}
