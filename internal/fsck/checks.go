package fsck

import (
	"slices"
	"strings"

	"github.com/clusto/clusto"
)

// check is one kind of thing to look for.
type check struct {
	name  string
	finds string // for help texts
	// begin returns what looks at one world.
	begin func(*world) looker
}

// looker is a check at work: it is shown every attribute and judges at the end.
type looker interface {
	// see is shown an attribute, dead owners' too, of which it keeps what it needs.
	see(a *clusto.StoredAttr)
	// judge reports what it found.
	judge()
}

// checks are all checks, in the order in which they report and are repaired.
func checks() []check {
	return []check{
		{"meta", "the entity clustometa is missing or lacks its schema version", newMeta},
		{"doubled", "several live entities have one name", newDoubled},
		{"orphans", "attributes and counters of entities that are deleted or missing", newOrphans},
		{"dangling", "relations to entities that are deleted or missing", newDangling},
		{"values", "values that contradict their datatype", newValues},
		{"connections", "half connections, port numbers without one, ports that the driver lacks", newConnections},
		{"racks", "rack units taken twice, outside the rack or not adjacent; devices in two racks", newRacks},
		{"containers", "things in containers that refuse them, or twice in one", newContainers},
		{"cycles", "containers that contain themselves, directly or through others", newCycles},
		{"managers", "resource managers whose settings make no sense, or that share a network", newManagers},
		{"resources", "resources without manager, from a wrong one, or had twice", newResources},
		{"counters", "counters behind the numbers in use, and doubled ones", newCounters},
		{"hints", "free-range hints that lead outside their manager's network", newHints},
		{"names", "names and keys that new data may not have", newNames},
		{"drivers", "entities whose driver or type is not known", newDrivers},
	}
}

// About is the name of a check and what it finds.
type About struct{ Name, Finds string }

// Checks returns all checks.
func Checks() []About {
	var all []About
	for _, c := range checks() {
		all = append(all, About{c.name, c.finds})
	}
	return all
}

// choose returns the checks called only, or all for nil, or ErrNotFound.
func choose(only []string) ([]check, error) {
	all := checks()
	if only == nil {
		return all, nil
	}
	known := map[string]bool{}
	names := make([]string, len(all))
	for i, c := range all {
		names[i], known[c.name] = c.name, true
	}
	for _, name := range only {
		if !known[name] {
			return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "there is no check %q", name),
				"there are %s", strings.Join(names, ", "))
		}
	}
	return slices.DeleteFunc(all, func(c check) bool { return !slices.Contains(only, c.name) }), nil
}
