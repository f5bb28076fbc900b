package postgres_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto/internal/sqlstore/postgres"
)

// TestHealth examines a database of classic clusto before and after a migration.
func TestHealth(t *testing.T) {
	dsn, _ := loadClassic(t)
	s := openAt(t, dsn, postgres.Options{})
	before, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Migrations) < 4 || before.Tables == nil || before.Indexes == nil || before.UniqueNames || before.Statistics {
		t.Errorf("not migrated: %+v", before)
	}
	createIn(t, dsn, postgres.Options{})
	after, err := s.Health(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if after.Migrations != nil || after.Tables != nil || after.Indexes != nil || !after.UniqueNames || after.Unwritable != nil {
		t.Errorf("migrated: %+v", after)
	}
	skew, known := after.Skew.Get()
	if !known || skew.Abs() > time.Minute || !after.Remote || !strings.HasPrefix(after.Software, "PostgreSQL ") {
		t.Errorf("the server: %+v", after)
	}
}
