package postgres_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/postgres"
	"github.com/clusto/clusto/internal/testenv"
)

// TestFewConnections has more goroutines ask and write at once than the server
// takes connections: they wait for each other.
func TestFewConnections(t *testing.T) {
	ctx := t.Context()
	server := testenv.NewPostgreSQL(t, testenv.Options{Settings: []string{"max_connections=12"}})
	s := createIn(t, server.NewDatabase(t), postgres.Options{})
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if _, err := note(t, s, fmt.Sprint("a", i), false); err != nil {
				t.Errorf("Update: %v", err)
			}
			err := s.View(ctx, clusto.Live, func(r clusto.Reader) error {
				_, err := r.Entity(ctx, fmt.Sprint("a", i))
				return err
			})
			if err != nil {
				t.Errorf("View: %v", err)
			}
		})
	}
	all.Wait()
	checkNoted(t, s, 40)
}
