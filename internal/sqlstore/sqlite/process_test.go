package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// childVariable names what a child process is to do, and childDatabase where.
const (
	childVariable = "CLUSTO_TEST_CHILD"
	childDatabase = "CLUSTO_TEST_DATABASE"
)

const perWriter = 25 // servers that a child makes

// child is the life of a child process.
func child(what string) int {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, os.Getenv(childDatabase), sqlite.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	switch what {
	case "write":
		for range perWriter {
			if _, err = s.Update(ctx, clusto.Change{}, makeServer); err != nil {
				break
			}
		}
	case "write until killed":
		for err == nil {
			var v clusto.Version
			v, err = s.Update(ctx, clusto.Change{}, makeServer)
			fmt.Println(v)
		}
	case "hold":
		_, err = s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			if err := makeServer(tx); err != nil {
				return err
			}
			fmt.Println("holding")
			_, err := io.Copy(io.Discard, os.Stdin)
			return err
		})
	}
	if err := errors.Join(err, s.Close()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// makeServer makes a server whose name comes from a counter.
func makeServer(tx clusto.Tx) error {
	ctx := context.Background()
	n, _, err := tx.Counter(ctx, 1, "next")
	if err != nil {
		return err
	}
	e, err := tx.Create(ctx, fmt.Sprintf("s%05d", n), "server", "basicserver")
	if err != nil {
		return err
	}
	for i := range 20 {
		if err := tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "k", Number: clusto.Num(i), Value: clusto.Int(n)}); err != nil {
			return err
		}
	}
	return tx.SetCounter(ctx, 1, "next", n+1)
}

// start starts a child process.
func start(t *testing.T, what, path string) (cmd *exec.Cmd, in io.WriteCloser, out *bufio.Scanner) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+what, childDatabase+"="+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, in, bufio.NewScanner(pipe)
}

// checkServers checks that the servers are complete, and returns how many.
func checkServers(t *testing.T, path string) (servers int) {
	t.Helper()
	db := openDB(t, path)
	if got := one(t, db, `PRAGMA integrity_check`); got != "ok" {
		t.Errorf("integrity: %s", got)
	}
	servers, err := strconv.Atoi(one(t, db, `SELECT count(*) FROM entities WHERE type = 'server'`))
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		`SELECT count(DISTINCT name) FROM entities WHERE type = 'server'`:                             fmt.Sprint(servers),
		`SELECT count(*) FROM entity_attrs WHERE key = 'k'`:                                           fmt.Sprint(servers * 20),
		`SELECT count(*) FROM clustoversioning`:                                                       fmt.Sprint(servers + 2),
		`SELECT max(version) FROM clustoversioning`:                                                   fmt.Sprint(servers + 2),
		`SELECT value FROM counters WHERE attr_key = 'next'`:                                          fmt.Sprint(servers),
		`SELECT seq FROM clusto_meta`:                                                                 fmt.Sprint(servers + 2),
		`SELECT count(DISTINCT version) FROM entity_attrs WHERE key = 'k'`:                            fmt.Sprint(servers),
		`SELECT count(*) FROM entities e WHERE version NOT IN (SELECT version FROM clustoversioning)`: "0",
	} {
		if got := one(t, db, query); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	return servers
}

// TestProcesses has several processes write at once.
func TestProcesses(t *testing.T) {
	const processes = 6
	_, path := createAt(t, sqlite.Options{})
	var wg sync.WaitGroup
	for range processes {
		cmd, in, _ := start(t, "write", path)
		wg.Go(func() {
			if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
				t.Errorf("a writer failed: %v", err)
			}
		})
	}
	wg.Wait()
	if n := checkServers(t, path); n != processes*perWriter {
		t.Errorf("%d servers, want %d", n, processes*perWriter)
	}
}

// TestCrash kills a process while it writes: what it was told was committed is
// there, and no half of anything.
func TestCrash(t *testing.T) {
	_, path := createAt(t, sqlite.Options{})
	for round := range 3 {
		cmd, _, out := start(t, "write until killed", path)
		var committed int
		for range 10 + round {
			if !out.Scan() {
				t.Fatal("the writer stopped by itself")
			}
			committed, _ = strconv.Atoi(out.Text())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for out.Scan() { // what it had said before it died
			if n, err := strconv.Atoi(out.Text()); err == nil {
				committed = n
			}
		}
		if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Fatalf("the writer ended: %v", err)
		}
		if n := checkServers(t, path); n+2 < committed {
			t.Errorf("version %d was committed, but there are %d servers", committed, n)
		}
	}
	s := openAt(t, path, sqlite.Options{})
	if _, err := s.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
		t.Errorf("Update after the crashes: %v", err)
	}
}

// TestLocked has another process in the middle of a change.
func TestLocked(t *testing.T) {
	_, path := createAt(t, sqlite.Options{})
	cmd, in, out := start(t, "hold", path)
	if !out.Scan() || out.Text() != "holding" {
		t.Fatal("the holder does not hold")
	}
	s := openAt(t, path, sqlite.Options{Options: sqlstore.Options{LockWait: 50 * time.Millisecond}})
	for range 2 { // the second takes over the first one's request
		_, err := s.Update(t.Context(), clusto.Change{}, makeServer)
		if !errors.Is(err, clusto.ErrUnavailable) || !strings.Contains(err.Error(), "locked by another process") || clusto.Hint(err) == "" {
			t.Errorf("Update while another process writes: %v", err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	setCounter := func(tx clusto.Tx) error { return tx.SetCounter(ctx, 1, "next", 1) }
	if _, err := s.Update(ctx, clusto.Change{}, setCounter); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Update with a context that ends: %v", err)
	}
	if err := s.View(t.Context(), clusto.Live, func(r clusto.Reader) error { _, err := r.Entity(t.Context(), "clustometa"); return err }); err != nil {
		t.Errorf("View while another process writes: %v", err)
	}
	patient := openAt(t, path, sqlite.Options{})
	done := make(chan error)
	go func() {
		_, err := patient.Update(t.Context(), clusto.Change{}, makeServer)
		done <- err
	}()
	if err := errors.Join(in.Close(), cmd.Wait(), <-done); err != nil {
		t.Error(err)
	}
	if _, err := s.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
		t.Errorf("Update when the other is done: %v", err)
	}
	if n := checkServers(t, path); n != 3 {
		t.Errorf("%d servers, want 3", n)
	}
}
