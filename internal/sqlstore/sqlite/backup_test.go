package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/copytest"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// checkBackup checks that the backup at path is one private file, which can be
// read where nothing can be written, and that it holds what from does.
func checkBackup(t *testing.T, from clusto.Store, path string) {
	t.Helper()
	if all, _ := filepath.Glob(path + "*"); len(all) != 1 {
		t.Errorf("the backup consists of %v", all)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("the backup has the mode %o, want 600", mode)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if data[18] != 1 || data[19] != 1 { // what SQLite's file format says of a log
		t.Errorf("the backup wants a log beside it")
	}
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	copytest.Compare(t, from, s)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
