package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// asNobody runs fn without the right to write anywhere, also if the test is root.
func asNobody(fn func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		if os.Geteuid() == 0 {
			const nobody = 65534
			if err := syscall.Setfsuid(nobody); err != nil {
				panic(err)
			}
		}
		fn()
	}()
	<-done
}

func TestPermissions(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "clusto.db")
	s, _, err := sqlite.Create(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	chmod := func(name string, mode os.FileMode) {
		if err := os.Chmod(name, mode); err != nil {
			t.Fatal(err)
		}
	}
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) {
		if info, err := os.Stat(d); err == nil && d != dir {
			chmod(d, info.Mode()|0o755)
		}
	}
	chmod(path, 0o444)
	chmod(dir, 0o777)
	asNobody(func() { checkReadOnly(t, path, sqlite.Options{}) })
	for _, leftover := range []string{path + "-wal", path + "-shm", path + ".lock"} {
		if err := os.Remove(leftover); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	chmod(path, 0o666)
	chmod(dir, 0o555)
	asNobody(func() {
		_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
		if clusto.KindOf(err) == nil || clusto.Hint(err) == "" {
			t.Errorf("Open where nothing can be made beside: %v", err)
		}
		_, _, err = sqlite.Create(t.Context(), filepath.Join(dir, "new.db"), sqlite.Options{})
		if !errors.Is(err, clusto.ErrReadOnly) || clusto.Hint(err) == "" {
			t.Errorf("Create where nothing can be made: %v", err)
		}
	})
	chmod(dir, 0o777)
}
