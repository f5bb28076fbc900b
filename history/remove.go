package history

import (
	"context"

	"github.com/clusto/clusto"
)

// Redact takes the old values of an attribute of entities out of the history, as
// [clusto.Redactor] does, and returns how many they were. subkey "" means all
// attributes with the key.
func Redact(ctx context.Context, tx clusto.Tx, of []clusto.EntityID, key, subkey string) (int, error) {
	var which clusto.Cond[string]
	if subkey != "" {
		which = clusto.Is(subkey)
	}
	total := 0
	for _, id := range of {
		n, err := tx.Redact(ctx, id, key, which)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// Prune removes the history up to a version, as [clusto.Pruner] does. It returns
// ErrUnsupported if the database cannot do it.
func Prune(ctx context.Context, store clusto.Store, upTo clusto.Version, dryRun bool) (clusto.Pruned, error) {
	pruner, ok := store.(clusto.Pruner)
	if !ok {
		return clusto.Pruned{}, clusto.Errorf(clusto.ErrUnsupported, "the history of this database cannot be pruned")
	}
	return pruner.Prune(ctx, upTo, dryRun)
}
