package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHistoryFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("\"old\"\nnot ours\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	h := reopen(t, path, 0)
	for _, text := range []string{"a", "a", "class X:\n\tp = 'é'\n\n", "  ", strings.Repeat("x", defaultHistoryLimit)} {
		if err := h.add(text); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"old", "a", "class X:\n\tp = 'é'"}
	if diff := cmp.Diff(want, reopen(t, path, 0).entries); diff != "" {
		t.Errorf("entries of the file (-want +got):\n%s", diff)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the history: %v", info.Mode())
	}
}

// TestHistoryShared lets shells append at once: every entry of each must be
// whole, in its order, and the newest must survive the limit.
func TestHistoryShared(t *testing.T) {
	t.Parallel()
	const shells, entries, limit = 4, 200, 16 << 10
	path := filepath.Join(t.TempDir(), "history")
	var wg sync.WaitGroup
	for shell := range shells {
		h := reopen(t, path, limit)
		wg.Go(func() {
			for n := range entries {
				if err := h.add(fmt.Sprintf("%d %03d %s", shell, n, strings.Repeat("x", 20))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	h := reopen(t, path, limit)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > limit || len(h.entries) < 100 {
		t.Errorf("the file has %d bytes and %d entries", info.Size(), len(h.entries))
	}
	last := map[int]int{}
	for _, text := range h.entries {
		var shell, n int
		if _, err := fmt.Sscanf(text, "%d %d", &shell, &n); err != nil || len(text) != 26 {
			t.Errorf("entry %q: %v", text, err)
		}
		if before, ok := last[shell]; ok && n != before+1 {
			t.Errorf("shell %d: entry %d after %d", shell, n, before)
		}
		last[shell] = n
	}
	newest := 0
	for _, n := range last {
		if n == entries-1 {
			newest++
		}
	}
	if newest == 0 {
		t.Errorf("the newest entries are %v", last)
	}
}

func TestHistoryUnwritable(t *testing.T) {
	t.Parallel()
	h := reopen(t, filepath.Join(t.TempDir(), "missing", "history"), 0)
	if err := h.add("a"); err == nil {
		t.Error("no error for a directory that does not exist")
	}
	if err := h.add("b"); err != nil {
		t.Errorf("it is said again: %v", err)
	}
	if diff := cmp.Diff([]string{"a", "b"}, h.entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if _, err := openHistory(t.TempDir(), 0); err == nil {
		t.Error("no error for a directory")
	}
}

func reopen(t *testing.T, path string, limit int) *history {
	t.Helper()
	h, err := openHistory(path, limit)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
