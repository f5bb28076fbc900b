package resource

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/clusto/clusto"
)

// Policy says which of its free resources a manager hands out when nobody names
// one. It is the property "policy" of the manager.
type Policy string

// The policies.
const (
	// Next is the next one after the last, as in classic clusto, and what was
	// given back when that came to the end. It is the default.
	Next Policy = "next"
	// Lowest is the lowest one that is free.
	Lowest Policy = "lowest"
	// LeastRecentlyUsed is one that was never used, in ascending order, and when
	// there is none left the one that was given back longest ago. What was given
	// back rests for the time that the property "quarantine" says.
	LeastRecentlyUsed Policy = "lru"
)

// Properties of managers whose resources stand in a row.
const (
	PropertyPolicy     = "policy"
	PropertyQuarantine = "quarantine"
)

// choice is how a manager chooses.
type choice struct {
	policy Policy
	rest   time.Duration // before what was given back is handed out again
}

// choice reads how m chooses from its attributes, whether or not its driver
// declares the properties.
func (m *Manager) choice(ctx context.Context) (choice, error) {
	c := choice{policy: Next}
	attrs, err := m.Attrs(ctx, clusto.AttrMatch{Subkey: clusto.Is(clusto.SubkeyProperty)})
	if err != nil {
		return c, err
	}
	for _, a := range attrs {
		switch {
		case a.Value.IsNone():
		case a.Key == PropertyPolicy:
			c.policy = Policy(a.Value.Text())
		case a.Key == PropertyQuarantine:
			if c.rest, err = parseRest(a.Value); err != nil {
				return c, m.badProperty(PropertyQuarantine, err, "write a time such as 36h, 2d or 1w")
			}
		}
	}
	switch {
	case c.policy != Next && c.policy != Lowest && c.policy != LeastRecentlyUsed:
		return c, m.badProperty(PropertyPolicy, clusto.Errorf(clusto.ErrInvalid, "there is no policy %q", string(c.policy)), "choose next, lowest or lru")
	case c.rest > 0 && c.policy != LeastRecentlyUsed:
		return c, m.badProperty(PropertyQuarantine, clusto.Errorf(clusto.ErrInvalid, "policy %s knows no quarantine", c.policy),
			"set the policy to lru before the quarantine, and delete the quarantine before another policy is set")
	}
	return c, nil
}

// CheckPolicy returns ErrInvalid if the properties policy and quarantine of a
// manager cannot be understood. It is asked whenever a manager is made or
// changed.
func CheckPolicy(ctx context.Context, o *clusto.Object) error {
	m, err := Of(o)
	if err == nil {
		_, err = m.choice(ctx)
	}
	return err
}

// restForm is a time as people write it: 36h, 2d 12h, 7 days.
var (
	restForm = regexp.MustCompile(`^(\d+\s*[a-z]+\s*)+$`)
	restPart = regexp.MustCompile(`(\d+)\s*([a-z]+)`)
)

// restUnits are the units of such a time.
var restUnits = map[string]time.Duration{
	"s": time.Second, "m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
}

// maxRest is the longest time that anything can rest: a century is a reservation.
const maxRest = 100 * 365 * 24 * time.Hour

// parseRest reads how long something rests: a text, or a number of seconds.
func parseRest(v clusto.Value) (time.Duration, error) {
	text := strings.ToLower(strings.TrimSpace(v.Text()))
	if _, err := strconv.ParseUint(text, 10, 64); err == nil {
		text += "s"
	}
	if !restForm.MatchString(text) {
		return 0, clusto.Errorf(clusto.ErrInvalid, "%q is not a length of time", v.Text())
	}
	var rest time.Duration
	for _, part := range restPart.FindAllStringSubmatch(text, -1) {
		n, err := strconv.ParseInt(part[1], 10, 64)
		unit, ok := restUnits[part[2]]
		if !ok {
			unit, ok = restUnits[strings.TrimSuffix(part[2], "s")]
		}
		if !ok {
			return 0, clusto.Errorf(clusto.ErrInvalid, "%q is not a unit of time", part[2])
		}
		if err != nil || n > int64((maxRest-rest)/unit) {
			return 0, clusto.Errorf(clusto.ErrInvalid, "%q is longer than a century", v.Text())
		}
		rest += time.Duration(n) * unit
	}
	return rest, nil
}
