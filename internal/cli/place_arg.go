package cli

import (
	"strconv"
	"strings"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/api"
)

// maxUnits is how many rack units something may be said to take.
const maxUnits = 100

// parseUnits reads rack units: 7, 7-9, or 7,8,9.
func parseUnits(text string) (api.RackUnits, error) {
	wrong := func() error {
		return clusto.WithHint(usagef("%q are not rack units", text), "write 7, or 7-9, or 7,8,9")
	}
	var units api.RackUnits
	for part := range strings.SplitSeq(text, ",") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		first, err := strconv.Atoi(strings.TrimSpace(low))
		last, errLast := strconv.Atoi(strings.TrimSpace(high))
		if err != nil || errLast != nil || first < 0 || last < first || last-first >= maxUnits {
			return nil, wrong()
		}
		for u := first; u <= last; u++ {
			units = append(units, u)
		}
	}
	if len(units) > maxUnits {
		return nil, wrong()
	}
	return units, nil
}

// parsePlace reads a container with the rack units in it, and a side, if some are
// meant: rk1, rk1:7, rk1:7-9, rk1:7:left, rk1:left. A colon that neither follows belongs to the name.
func parsePlace(text string) api.NewPlace {
	if i := strings.LastIndexByte(text, ':'); i > 0 {
		if side := text[i+1:]; side == string(clusto.SideLeft) || side == string(clusto.SideRight) {
			place := parsePlace(text[:i])
			place.Side = api.RackSide(side)
			return place
		}
	}
	if i := strings.LastIndexByte(text, ':'); i > 0 {
		if units, err := parseUnits(text[i+1:]); err == nil {
			return api.NewPlace{Container: text[:i], RackUnits: units}
		}
	}
	return api.NewPlace{Container: text}
}

// unitsText returns rack units as parseUnits reads them.
func unitsText(units []int) string {
	var parts []string
	for i := 0; i < len(units); {
		last := i
		for last+1 < len(units) && units[last+1] == units[last]+1 {
			last++
		}
		part := strconv.Itoa(units[i])
		if last > i {
			part += "-" + strconv.Itoa(units[last])
		}
		parts = append(parts, part)
		i = last + 1
	}
	return strings.Join(parts, ",")
}
