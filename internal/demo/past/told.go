package past

import (
	"context"
	"fmt"

	"github.com/clusto/clusto"
)

// Told returns a sentence about what a past left in a store.
func Told(ctx context.Context, store clusto.Store) (text string, err error) {
	err = store.View(ctx, clusto.Live, func(r clusto.Reader) error {
		count := map[string]int{}
		for e, err := range r.Find(ctx, clusto.Match{}) {
			if err != nil {
				return err
			}
			count[e.Type]++
		}
		versions, err := r.Version(ctx)
		text = fmt.Sprintf("Its company grows for three weeks: %d servers in %d racks, %d pools and %d networks and name managers, in %d versions.",
			count["server"]+count["virtualserver"], count["rack"], count["pool"], count["resourcemanager"], versions)
		return err
	})
	return text, err
}
