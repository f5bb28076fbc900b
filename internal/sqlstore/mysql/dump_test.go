package mysql_test

import (
	"testing"

	"github.com/clusto/clusto/internal/sqlstore/mysql"
	"github.com/clusto/clusto/internal/storetest"
	"github.com/clusto/clusto/internal/testenv"
)

func TestDump(t *testing.T) {
	storetest.RunDump(t, create(t, testenv.MariaDB(t).NewDatabase(t), mysql.Options{}))
}
