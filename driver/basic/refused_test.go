package basic_test

import (
	"errors"
	"testing"
	"time"

	"github.com/clusto/clusto"
)

// A set_attr that is refused leaves what was there: a script may catch the error
// and go on.
func TestSetAttrRefused(t *testing.T) {
	inWorld(t, func(w world) {
		d := w.make("basicserver", "web1", "gone")
		web, gone := d[0], d[1]
		w.call(web, "set_attr", "peer", "none yet")
		if err := gone.Delete(w.ctx); err != nil {
			t.Fatal(err)
		}
		if _, err := web.Call(w.ctx, "set_attr", "peer", gone); !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("set_attr to a deleted entity: %v, want ErrNotFound", err)
		}
		v, ok, err := web.Value(w.ctx, clusto.AttrMatch{Key: clusto.Is("peer")})
		if !ok || err != nil || v.Str() != "none yet" {
			t.Errorf("afterwards: %v, %v, %v, want what was there", v, ok, err)
		}
	})
}

// An entity that is refused is not there.
func TestCreateRefused(t *testing.T) {
	inWorld(t, func(w world) {
		gone := w.one("basicserver", "gone")
		if err := gone.Delete(w.ctx); err != nil {
			t.Fatal(err)
		}
		rack, _ := w.inv.Drivers().Driver("basicrack")
		_, err := w.inv.Create(w.ctx, rack, "r1", map[string]clusto.Value{"minu": clusto.RelationTo(gone.ID)})
		if !errors.Is(err, clusto.ErrNotFound) {
			t.Errorf("Create: %v, want ErrNotFound", err)
		}
		if there, err := w.inv.Exists(w.ctx, "r1"); there || err != nil {
			t.Errorf("r1 exists: %v, %v", there, err)
		}
	})
}

// A value that not every database and export can give back is refused, not
// stored: a time without four digits of the year would make the entity unreadable.
func TestValueRefused(t *testing.T) {
	inWorld(t, func(w world) {
		web := w.one("basicserver", "web1")
		for _, value := range []any{
			time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "no\xffUTF-8", "a\x00b",
		} {
			w.refused(clusto.ErrInvalid, "attribute key", web, "set_attr", "key", value)
		}
	})
}
