package all_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/clusto/clusto"
	"github.com/clusto/clusto/driver/all"
	"github.com/clusto/clusto/internal/classictest"
	"github.com/clusto/clusto/internal/racetest"
)

// TestAnyArguments calls every method of every driver with arguments of every
// kind, fitting or not. It must answer, or say in an error of a kind what it wants.
func TestAnyArguments(t *testing.T) {
	racetest.OneAtATime(t)
	const calls = 40 // of each method
	rnd := rand.New(rand.NewPCG(1, 2))
	_, err := classictest.New(t).Update(t.Context(), clusto.Change{}, func(tx clusto.Tx) error {
		for _, d := range all.Drivers().Drivers() {
			inv := clusto.NewInventory(tx, all.Drivers())
			o, err := inv.Create(t.Context(), d, "the-"+d.Name, nil)
			if err != nil {
				return err
			}
			values := []any{
				nil, clusto.NotGiven, "", "x", "nic-eth", "10.0.0.1", int64(1), int64(-5), int64(1 << 62), true, 1.5,
				time.Unix(0, 0), []any{}, []any{nil}, []any{int64(1), "a"}, []any{o}, map[string]any{"a": nil}, o, d,
			}
			for m := range d.AllMethods {
				if strings.HasPrefix(m.Name, "power_") {
					continue // acts on real devices
				}
				for range calls {
					args := make([]any, len(m.Params))
					for i := range args {
						args[i] = values[rnd.IntN(len(values))]
					}
					if err := callAndUndo(t, tx, o.Entity, m, args); err != nil && clusto.KindOf(err) == nil {
						t.Errorf("%s of a %s with %v: an error of no kind: %v", m.Signature(), d.Class, args, err)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var errUndo = errors.New("undo this")

// callAndUndo calls a method and undoes what it did.
func callAndUndo(t *testing.T, tx clusto.Tx, e clusto.Entity, m *clusto.Method, args []any) error {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s with %v: panic: %v", m.Signature(), args, r)
		}
	}()
	err := tx.Nest(t.Context(), func(tx clusto.Tx) error {
		inv := clusto.NewInventory(tx, all.Drivers())
		arranged, err := m.Arrange(args, nil)
		if err == nil {
			_, err = m.Call(t.Context(), inv, inv.Wrap(e), arranged)
		}
		if err == nil {
			err = errUndo
		}
		return err
	})
	if errors.Is(err, errUndo) {
		return nil
	}
	return err
}
