package postgres

import (
	"context"
	"database/sql/driver"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

var _ sqlstore.Dumping = (*dialect)(nil)

// Dump reads rows as they come from the server, without what database/sql and
// the driver's own types would make of them.
func (d *dialect) Dump(ctx context.Context, c driver.Conn, part func() clusto.DumpPart) (done bool, err error) {
	row := sqlstore.DumpRow{To: part()}
	entities, attrs := sqlstore.DumpQueries(d)
	err = stream(ctx, c.(*conn), entities, row.Entity)
	if err == nil {
		err = stream(ctx, c.(*conn), attrs, row.Attr)
	}
	return true, err
}

// stream calls row for each row of an answer. What it gets lasts as long as the call.
func stream(ctx context.Context, c *conn, sql string, row func(columns [][]byte)) error {
	answer := c.Conn.Conn().PgConn().ExecParams(ctx, sql, nil, nil, nil, nil)
	for answer.NextRow() {
		row(answer.Values())
	}
	_, err := answer.Close()
	return err
}
