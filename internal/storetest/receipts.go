package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/clusto/clusto"
)

func testReceipts(t *testing.T, s clusto.Store) {
	ctx := t.Context()
	long := strings.Repeat("ü", clusto.MaxReceiptKeyLen/2)
	receipt := func(tx clusto.Tx, key, want string, there bool) {
		t.Helper()
		if text, found, err := tx.Receipt(ctx, key); text != want || found != there || err != nil {
			t.Errorf("receipt %q: %q, %v, %v, want %q, %v", key, text, found, err, want, there)
		}
	}
	keep := func(v clusto.Version, fn func(tx clusto.Tx) error) {
		t.Helper()
		if made, err := s.Update(ctx, clusto.Change{}, fn); made != v || err != nil {
			t.Errorf("Update made version %d, %v, want %d", made, err, v)
		}
	}
	keep(0, func(tx clusto.Tx) error {
		receipt(tx, "k", "", false)
		err := errors.Join(tx.KeepReceipt(ctx, "k", `{"a": 1}`), tx.KeepReceipt(ctx, long, ""), tx.KeepReceipt(ctx, "K", "large"), tx.KeepReceipt(ctx, "k ", "blank"))
		receipt(tx, "k", `{"a": 1}`, true)
		for key, text := range map[string]string{"": "", long + "xx": "", "a\x00": "", "\xff": "", "n": "\x00", "m": "\xff"} {
			if err := tx.KeepReceipt(ctx, key, text); !errors.Is(err, clusto.ErrInvalid) {
				t.Errorf("KeepReceipt %q, %q: %v, want ErrInvalid", key, text, err)
			}
		}
		failed := tx.Nest(ctx, func(tx clusto.Tx) error { return errors.Join(tx.KeepReceipt(ctx, "nested", "x"), errWanted) })
		if !errors.Is(failed, errWanted) {
			t.Error(failed)
		}
		receipt(tx, "nested", "", false)
		return err
	})
	keep(3, func(tx clusto.Tx) error {
		create(t, tx, "a", "thing", "generic")
		if err := tx.KeepReceipt(ctx, "k", "other"); !errors.Is(err, clusto.ErrExists) {
			t.Errorf("KeepReceipt again: %v, want ErrExists", err)
		}
		receipt(tx, "k", `{"a": 1}`, true)
		receipt(tx, "K", "large", true)
		receipt(tx, "k ", "blank", true)
		receipt(tx, long, "", true)
		receipt(tx, "kk", "", false)
		return tx.KeepReceipt(ctx, "long", strings.Repeat("x", 100_000))
	})
	testReceiptsAtOnce(t, s, "alone", clusto.Change{})
	testReceiptsAtOnce(t, s, "jointly", clusto.Change{Joint: true})
}

// testReceiptsAtOnce has many ask for the same thing at once; one does it.
func testReceiptsAtOnce(t *testing.T, s clusto.Store, key string, change clusto.Change) {
	const callers = 8
	var all sync.WaitGroup
	answers := make([]string, callers)
	for i := range callers {
		all.Go(func() {
			_, err := s.Update(t.Context(), change, func(tx clusto.Tx) error {
				text, found, err := tx.Receipt(t.Context(), key)
				if err == nil && !found {
					text = fmt.Sprint(key, " by ", i)
					if _, err := tx.Create(t.Context(), text, "thing", "generic"); err != nil {
						return err
					}
					err = tx.KeepReceipt(t.Context(), key, text)
				}
				answers[i] = text
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	view(t, s, clusto.Live, func(r clusto.Reader) error {
		var made []string
		for _, name := range find(t, r, clusto.Match{}) {
			if strings.HasPrefix(name, key+" by ") {
				made = append(made, name)
			}
		}
		for i, answer := range answers {
			if len(made) != 1 || answer != made[0] {
				t.Errorf("caller %d was told %q, but there are %q", i, answer, made)
			}
		}
		return nil
	})
}
