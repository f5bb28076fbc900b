package sqlite_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/internal/sqlstore/sqlite"
)

// TestRedactedIsGone looks for redacted values in the bytes of the file.
func TestRedactedIsGone(t *testing.T) {
	ctx := t.Context()
	s, path := createAt(t, sqlite.Options{})
	var of clusto.EntityID
	change := func(fn func(tx clusto.Tx) error) {
		t.Helper()
		if _, err := s.Update(ctx, clusto.Change{}, fn); err != nil {
			t.Fatal(err)
		}
	}
	set := func(key, value string) {
		t.Helper()
		change(func(tx clusto.Tx) error {
			_, err := tx.DelAttrs(ctx, clusto.AttrMatch{Entities: []clusto.EntityID{of}, Key: clusto.Is(key)})
			return errors.Join(err, tx.AddAttrs(ctx, clusto.Attr{Entity: of, Key: key, Value: clusto.String(value)}))
		})
	}
	change(func(tx clusto.Tx) error {
		e, err := tx.Create(ctx, "web", "server", "basicserver")
		of = e.ID
		return err
	})
	// Values that fit into a page and some that do not, so that pages are
	// split and freed, among others that stay.
	for i := range 100 {
		set("password", fmt.Sprintf("hunter%d-", i)+strings.Repeat("x", i*i))
		set(fmt.Sprintf("note%d", i%7), strings.Repeat(fmt.Sprint("note ", i), i))
	}
	set("password", "[vault]")
	if content := closed(t, s, path); !bytes.Contains(content, []byte("hunter42-")) {
		t.Fatal("the old values are not in the file to begin with")
	}
	s = openAt(t, path, sqlite.Options{})
	change(func(tx clusto.Tx) error {
		n, err := tx.Redact(ctx, of, "password", clusto.Cond[string]{})
		if n != 100 {
			t.Errorf("redacted %d values, want 100", n)
		}
		return err
	})
	content := closed(t, s, path)
	if i := bytes.Index(content, []byte("hunter")); i >= 0 {
		t.Errorf("%d old values are in the file still, such as %.20q", bytes.Count(content, []byte("hunter")), content[i:])
	}
	if !bytes.Contains(content, []byte("[vault]")) {
		t.Error("the live value is gone")
	}
}

// closed closes a store and returns the bytes of its file.
func closed(t *testing.T, s interface{ Close() error }, path string) []byte {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
