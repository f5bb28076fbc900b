package mysql_test

import (
	"testing"

	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

// TestFollowed follows what another process writes.
func TestFollowed(t *testing.T) {
	dsn := testenv.MariaDB(t).NewDatabase(t)
	storetest.RunFollowed(t, create(t, dsn, mysql.Options{}), open(t, dsn, mysql.Options{}))
}

// TestFollowGap has classic clusto commit a version after a later one.
func TestFollowGap(t *testing.T) {
	server := testenv.MariaDB(t)
	dsn := server.NewDatabase(t)
	f := storetest.Follow(t, create(t, dsn, mysql.Options{}), 1)
	f.Next()
	slow := startClient(t, dsn)
	slow.run(t, `BEGIN; INSERT INTO clustoversioning (timestamp) VALUES (now()); SELECT LAST_INSERT_ID()`)
	server.ExecIn(t, dsn, `INSERT INTO clustoversioning (timestamp) VALUES (now())`)
	if v := f.Next().Version; v != 4 {
		t.Errorf("version %d, want 4", v)
	}
	slow.run(t, `COMMIT; SELECT 0`)
	if v := f.Next().Version; v != 3 {
		t.Errorf("version %d, want 3", v)
	}
}

// TestFollowLost follows while the server is away.
func TestFollowLost(t *testing.T) {
	server := testenv.NewMariaDB(t, testenv.Options{})
	dsn := server.NewDatabase(t)
	f := storetest.Follow(t, create(t, dsn, mysql.Options{}), 1)
	f.Next()
	server.Kill(t)
	server.Start(t)
	server.ExecIn(t, dsn, `INSERT INTO clustoversioning (timestamp) VALUES (now())`)
	if v := f.Next().Version; v != 3 {
		t.Errorf("version %d, want 3", v)
	}
}
