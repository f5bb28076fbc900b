package mysql_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// TestUnwritable reads while others write, as one who may not.
func TestUnwritable(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := server.NewDatabase(t)
	s := create(t, dsn, mysql.Options{})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	server.Exec(t, `CREATE USER 'looker'@'localhost'; GRANT SELECT ON `+strings.TrimPrefix(u.Path, "/")+`.* TO 'looker'@'localhost'`)
	u.User = url.User("looker")
	storetest.RunUnwritable(t, s, open(t, u.String(), mysql.Options{}))
}

// TestOvertaken reads while others write.
func TestOvertaken(t *testing.T) {
	dsn := testenv.MariaDB(t).NewDatabase(t)
	s, other := create(t, dsn, mysql.Options{}), open(t, dsn, mysql.Options{})
	storetest.RunOvertaken(t, s, other)
	storetest.RunUndecided(t, s, other)
}

// TestFewStatements writes while the server keeps hardly any statements
// prepared, and hears what to do when it keeps none.
func TestFewStatements(t *testing.T) {
	ctx := t.Context()
	server := testenv.NewMariaDB(t, testenv.Options{Settings: []string{"max_prepared_stmt_count=12"}})
	dsn := server.NewDatabase(t)
	write := func(s clusto.Store, name string) error {
		_, err := s.Update(ctx, clusto.Change{}, func(tx clusto.Tx) error {
			e, err := tx.Create(ctx, name, "server", "basicserver")
			if err != nil {
				return err
			}
			return errors.Join(tx.AddAttrs(ctx, clusto.Attr{Entity: e.ID, Key: "k", Value: clusto.Int(1)}), tx.Rename(ctx, e.ID, name+"x"))
		})
		return err
	}
	s := create(t, dsn, mysql.Options{})
	for i := range 3 {
		if err := write(s, fmt.Sprint("a", i)); err != nil {
			t.Error(err)
		}
	}
	server.Exec(t, `SET GLOBAL max_prepared_stmt_count = 0`)
	_, err := mysql.Open(ctx, dsn, mysql.Options{})
	wantError(t, err, clusto.ErrUnavailable, "raise the server's max_prepared_stmt_count")
}

// TestFewConnections has more goroutines write and ask at once than the server
// takes connections: they wait for each other.
func TestFewConnections(t *testing.T) {
	server := testenv.NewMariaDB(t, testenv.Options{Settings: []string{"max_connections=10"}})
	dsn := server.NewDatabase(t)
	s := create(t, dsn, mysql.Options{})
	var all sync.WaitGroup
	var acknowledged [40]clusto.Version
	for i := range acknowledged {
		all.Go(func() {
			var err error
			if acknowledged[i], err = s.Update(t.Context(), clusto.Change{}, makeServer); err != nil {
				t.Errorf("Update: %v", err)
			}
			err = s.View(t.Context(), clusto.Live, func(r clusto.Reader) error { _, err := r.Version(t.Context()); return err })
			if err != nil {
				t.Errorf("View: %v", err)
			}
		})
	}
	all.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	checkServers(t, server, dsn, acknowledged[:])
}

// TestMakeTableTogether has several programs be the first to rename something
// in a database that was not migrated.
func TestMakeTableTogether(t *testing.T) {
	dsn := loadClassic(t, testenv.MariaDB(t), classicOptions["latin1"])
	var programs sync.WaitGroup
	begin := make(chan struct{})
	for i := range 6 {
		s := open(t, dsn, mysql.Options{})
		programs.Go(func() {
			<-begin
			_, err := s.Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
				return tx.Rename(t.Context(), 1, fmt.Sprint("name", i))
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	close(begin)
	programs.Wait()
}
