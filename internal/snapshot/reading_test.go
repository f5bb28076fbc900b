package snapshot_test

import (
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/storetest"
)

func TestReading(t *testing.T) {
	storetest.RunReading(t, func(t *testing.T, fill func(*testing.T, clusto.Store)) storetest.Viewer {
		store := newStore(t)
		fill(t, store)
		return viewer{load(t, store)}
	})
}
