package mysql_test

import (
	"path/filepath"
	"testing"

	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/copytest"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
	"github.com/clusto/clusto/internal/testenv"
)

// TestCopy copies to a server, from there, and from one of its databases to another.
func TestCopy(t *testing.T) {
	racetest.OneAtATime(t)
	server := func(t *testing.T) *sqlstore.Store {
		return create(t, testenv.MariaDB(t).NewDatabase(t), mysql.Options{})
	}
	file := func(t *testing.T) *sqlstore.Store {
		s, _, err := sqlite.Create(t.Context(), filepath.Join(t.TempDir(), "clusto.db"), sqlite.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	t.Run("to MariaDB", func(t *testing.T) { copytest.Run(t, file, server) })
	t.Run("from MariaDB", func(t *testing.T) { copytest.Run(t, server, file) })
	t.Run("within MariaDB", func(t *testing.T) { copytest.Run(t, server, server) })
}

// TestCopyClassic copies the database that classic clusto wrote in SQLite.
func TestCopyClassic(t *testing.T) {
	racetest.OneAtATime(t)
	from, err := sqlite.Open(t.Context(), classictest.Copy(t), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { from.Close() })
	to := create(t, testenv.MariaDB(t).NewDatabase(t), mysql.Options{})
	report, err := sqlstore.Copy(t.Context(), from, to, sqlstore.CopyOptions{})
	if err != nil || report.Lost != nil {
		t.Fatalf("copy: lost %v, %v", report.Lost, err)
	}
	copytest.Compare(t, from, to)
}
