package history

import (
	"context"
	"slices"

	"github.com/clusto/clusto"
)

// Find returns the entities that a name means to those who ask for its past:
// the one that is called so, those that were when they were deleted, and what
// these were undeleted from; if there are none, those that were ever called so. If
// none of them lives, what was undeleted from them belongs to them, whatever it is
// called. It returns ErrNotFound if nothing ever was called so. The latest comes last.
func Find(ctx context.Context, h clusto.History, name string) ([]clusto.Life, error) {
	ever, err := clusto.Collect(h.Lives(ctx, clusto.LifeMatch{Names: []string{name}}))
	if err != nil {
		return nil, err
	}
	if len(ever) == 0 {
		return nil, clusto.WithHint(clusto.Errorf(clusto.ErrNotFound, "nothing is or was called %q", name),
			"clusto list shows what is; clusto log what was")
	}
	found := slices.Clone(ever)
	found = slices.DeleteFunc(found, func(l clusto.Life) bool { return l.Name != name })
	if len(found) == 0 {
		found = ever
	}
	if found, err = withHeirs(ctx, h, found); err != nil {
		return nil, err
	}
	return withPredecessors(ctx, h, found)
}

// withHeirs adds to lives, if all of them have ended, what was undeleted from them.
func withHeirs(ctx context.Context, h clusto.History, lives []clusto.Life) ([]clusto.Life, error) {
	if slices.ContainsFunc(lives, func(l clusto.Life) bool { return l.Ended == 0 }) {
		return lives, nil
	}
	known := IDs(lives)
	heirs, err := heirsOf(ctx, h, known)
	if err != nil {
		return nil, err
	}
	for _, line := range heirs {
		for _, heir := range line {
			if !slices.Contains(known, heir.ID) {
				known = append(known, heir.ID)
				lives = append(lives, heir)
			}
		}
	}
	return lives, nil
}

// withPredecessors adds to lives what they were undeleted from.
func withPredecessors(ctx context.Context, h clusto.History, lives []clusto.Life) ([]clusto.Life, error) {
	known := map[clusto.EntityID]bool{}
	for _, l := range lives {
		known[l.ID] = true
	}
	for from := lives; ; {
		var missing []clusto.EntityID
		for _, l := range from {
			if id := l.SuccessorOf; id != 0 && !known[id] {
				known[id] = true
				missing = append(missing, id)
			}
		}
		if len(missing) == 0 {
			break
		}
		var err error
		if from, err = clusto.Collect(h.Lives(ctx, clusto.LifeMatch{IDs: missing})); err != nil {
			return nil, err
		}
		lives = append(lives, from...)
	}
	slices.SortFunc(lives, func(a, b clusto.Life) int { return int(a.ID - b.ID) })
	return lives, nil
}

// IDs returns the IDs of lives.
func IDs(lives []clusto.Life) []clusto.EntityID {
	ids := make([]clusto.EntityID, len(lives))
	for i, l := range lives {
		ids[i] = l.ID
	}
	return ids
}

// heirsOf returns for each of the dead what was undeleted from it, and from that,
// and so on, oldest first.
func heirsOf(ctx context.Context, h clusto.History, dead []clusto.EntityID) (map[clusto.EntityID][]clusto.Life, error) {
	heirs := map[clusto.EntityID][]clusto.Life{}
	origin := map[clusto.EntityID]clusto.EntityID{}
	for _, id := range dead {
		origin[id] = id
	}
	for len(dead) > 0 {
		next, err := clusto.Collect(h.Lives(ctx, clusto.LifeMatch{SuccessorsOf: dead}))
		if err != nil {
			return nil, err
		}
		dead = nil
		for _, life := range next {
			first := origin[life.SuccessorOf]
			heirs[first], origin[life.ID] = append(heirs[first], life), first
			if life.Ended != 0 {
				dead = append(dead, life.ID)
			}
		}
	}
	return heirs, nil
}
