package sqlstore

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/clusto/clusto"
)

const (
	insertReceipt     = `INSERT INTO clusto_receipt (receipt_key, body, made) VALUES (?, ?, ?)`
	deleteOldReceipts = `DELETE FROM clusto_receipt WHERE made < ?`
)

// Receipt implements clusto.Receipts.
func (t *tx) Receipt(ctx context.Context, key string) (text string, found bool, err error) {
	if err := t.enter(ctx); err != nil {
		return "", false, err
	}
	if has, err := t.has(receiptTable); err != nil || !has {
		return "", false, err
	}
	c := t.where()
	c.andText(`receipt_key`, key)
	err = t.query(context.Background(), `SELECT body FROM clusto_receipt WHERE `+string(c.sql), c.args, func(row row) (bool, error) {
		text, found = row.text(0), true
		return false, nil
	})
	return text, found, err
}

// KeepReceipt implements clusto.Receipts. As writers are serial, a key that has
// none now has none when this is committed.
func (t *tx) KeepReceipt(ctx context.Context, key, text string) error {
	if err := validReceipt(key, text); err != nil {
		return err
	}
	if _, found, err := t.Receipt(ctx, key); err != nil {
		return err
	} else if found {
		return clusto.Errorf(clusto.ErrExists, "there is a receipt for the key %q already", key)
	}
	if err := t.need(receiptTable); err != nil {
		return err
	}
	if err := t.beginWrite(ctx); err != nil {
		return err
	}
	t.effect.aside = true
	if _, err := t.c.exec(deleteOldReceipts, t.stamp.Add(-clusto.ReceiptLife).Format(storedStamp)); err != nil {
		return t.fail(err)
	}
	_, err := t.c.exec(insertReceipt, key, text, t.stamp.Format(storedStamp))
	return t.fail(err)
}

// validReceipt returns ErrInvalid if not every database can hold the two.
func validReceipt(key, text string) error {
	switch {
	case key == "" || len(key) > clusto.MaxReceiptKeyLen:
		return clusto.Errorf(clusto.ErrInvalid, "idempotency key of %d bytes: want 1 to %d", len(key), clusto.MaxReceiptKeyLen)
	case !isText(key):
		return clusto.Errorf(clusto.ErrInvalid, "idempotency key %q is not a text; a text is in UTF-8 and without NUL", key)
	case !isText(text):
		return clusto.Errorf(clusto.ErrInvalid, "the receipt for the key %q is not a text; a text is in UTF-8 and without NUL", key)
	}
	return nil
}

func isText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
