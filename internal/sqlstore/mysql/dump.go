package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strconv"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore"
)

var _ sqlstore.Dumping = (*dialect)(nil)

// Dump has the server send rows as texts, which the driver does not copy.
func (d *dialect) Dump(ctx context.Context, c driver.Conn, part func() clusto.DumpPart) (done bool, err error) {
	row := sqlstore.DumpRow{To: part()}
	entities, attrs := sqlstore.DumpQueries(d)
	err = stream(ctx, c, entities, row.Entity)
	if err == nil {
		err = stream(ctx, c, attrs, row.Attr)
	}
	return true, err
}

// stream calls row for each row of an answer. What it gets lasts as long as the call.
func stream(ctx context.Context, c driver.Conn, sql string, row func(columns [][]byte)) error {
	rows, err := c.(driver.QueryerContext).QueryContext(ctx, sql, nil)
	if err != nil {
		return err
	}
	values := make([]driver.Value, len(rows.Columns()))
	columns, digits := make([][]byte, len(values)), make([][24]byte, len(values))
	for err == nil {
		if err = rows.Next(values); err != nil {
			break
		}
		for i, v := range values {
			switch v := v.(type) {
			case nil:
				columns[i] = nil
			case []byte:
				columns[i] = v
			case int64:
				columns[i] = strconv.AppendInt(digits[i][:0], v, 10)
			default:
				columns[i] = []byte(text(v))
			}
		}
		row(columns)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, rows.Close())
}
